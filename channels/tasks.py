"""Worker doors of channels."""

from celery import shared_task

from channels.chat import sweeps
from core import clock


@shared_task(ignore_result=True)
def sweep_chats() -> int:
    return sweeps.sweep_chats(clock.now())
