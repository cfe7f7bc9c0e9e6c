"""Worker doors of the dashboards."""

from celery import shared_task

from dashboards import actions


@shared_task(ignore_result=True)
def roll_up() -> int:
    return actions.roll_up_due()
