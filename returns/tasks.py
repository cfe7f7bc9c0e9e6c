"""Worker doors of the returns desk."""

from celery import shared_task

from returns import payments
from returns.actions import timing


@shared_task(ignore_result=True)
def sweep_timers() -> int:
    return timing.sweep()


@shared_task(ignore_result=True)
def submit_refunds() -> int:
    return payments.submit_due()
