"""Worker doors of channels."""

from celery import shared_task

from channels import sweeps
from core import clock


@shared_task(ignore_result=True)
def work_mail() -> int:
    return sweeps.work_mail(clock.now())


@shared_task(ignore_result=True)
def fetch_mail() -> int:
    return sweeps.fetch_mail(clock.now())
