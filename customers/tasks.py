"""Worker doors of the customers app."""

from celery import shared_task

from customers.actions.sign_in import sweep_codes as forget_codes


@shared_task(ignore_result=True)
def sweep_codes() -> int:
    return forget_codes()
