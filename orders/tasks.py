"""Worker doors of orders."""

from celery import shared_task

from core import clock
from orders.actions import imports


@shared_task(ignore_result=True)
def work_imports() -> bool:
    return imports.work_next()


@shared_task(ignore_result=True)
def forget_import_files() -> int:
    return imports.forget_old_files(clock.now())
