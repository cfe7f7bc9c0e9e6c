"""Worker doors of the returns desk."""

from celery import shared_task

from returns import notices, payments
from returns.actions import timing, vouchers


@shared_task(ignore_result=True)
def sweep_timers() -> int:
    return timing.sweep() + vouchers.sweep()


@shared_task(ignore_result=True)
def submit_refunds() -> int:
    notices.take_due()
    return payments.submit_due()
