"""Worker doors of orders."""

from celery import shared_task

from orders.actions import imports


@shared_task(ignore_result=True)
def work_imports() -> bool:
    return imports.work_next()
