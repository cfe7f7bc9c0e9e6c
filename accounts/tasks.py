"""Worker doors of the staff app."""

from celery import shared_task

from accounts import pushing


@shared_task(ignore_result=True)
def send_pushes() -> int:
    return pushing.send_due()


@shared_task(ignore_result=True)
def sweep_pushes() -> int:
    return pushing.sweep()
