"""Worker doors of channels."""

from celery import shared_task

from channels import health, sweeps
from channels.actions import chat_giving, delivering, taking_in
from channels.chat import sweeps as chat_sweeps
from core import clock


@shared_task(ignore_result=True)
def sweep_chats() -> int:
    return chat_sweeps.sweep_chats(clock.now())


@shared_task(ignore_result=True)
def give_chats() -> int:
    return chat_giving.look_after(clock.now())


@shared_task(ignore_result=True)
def work_inbound() -> int:
    return taking_in.work_due()


@shared_task(ignore_result=True)
def send_answers() -> int:
    return delivering.send_due()


@shared_task(ignore_result=True)
def look_after_channels() -> int:
    return health.raise_alarms(clock.now())


@shared_task(ignore_result=True)
def forget_bodies() -> int:
    return taking_in.forget_bodies(clock.now())


@shared_task(ignore_result=True)
def work_mail() -> int:
    return sweeps.work_mail(clock.now())


@shared_task(ignore_result=True)
def fetch_mail() -> int:
    return sweeps.fetch_mail(clock.now())


@shared_task(ignore_result=True)
def delete_originals() -> int:
    return sweeps.delete_originals(clock.now())
