"""Worker doors of the foundation."""

from celery import shared_task

from core import dispatch, files, mail


@shared_task(ignore_result=True)
def dispatch_events() -> int:
    return dispatch.drain()


@shared_task(ignore_result=True)
def send_mail() -> int:
    return mail.send_due()


@shared_task(ignore_result=True)
def sweep_drafts() -> int:
    return files.sweep_drafts()
