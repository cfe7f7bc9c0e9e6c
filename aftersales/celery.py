"""The worker, and the clock that wakes it.

Every task asks the database what is due, so a tick that is lost costs nothing, and a tick that comes
late finds the same work. Ticks expire before the next one, so a stopped worker finds no pile of them.
"""

import os
import signal
from types import FrameType
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

app = Celery("aftersales")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for all threads; otherwise only the importing thread would know the broker

TICKS = {
    "core.tasks.dispatch_events": 2.0,
    "core.tasks.send_mail": 5.0,
    "core.tasks.sweep_drafts": 3600.0,
    "accounts.tasks.send_pushes": 2.0,
    "accounts.tasks.sweep_pushes": 3600.0,
    "customers.tasks.sweep_codes": 3600.0,
    "tickets.tasks.send_held_replies": 1.0,
    "tickets.tasks.work_bulk_runs": 2.0,
    "tickets.tasks.sweep_clocks": 5.0,
    "tickets.tasks.assign_waiting": 20.0,
    "tickets.tasks.close_old_tickets": 600.0,
    "tickets.tasks.run_timed_rules": 60.0,
    "channels.tasks.sweep_chats": 10.0,
    "channels.tasks.give_chats": 1.0,
    "orders.tasks.work_imports": 2.0,
    "orders.tasks.forget_import_files": 3600.0,
    "channels.tasks.work_inbound": 2.0,
    "channels.tasks.send_answers": 2.0,
    "channels.tasks.look_after_channels": 300.0,
    "channels.tasks.forget_bodies": 3600.0,
    "channels.tasks.work_mail": 10.0,
    "channels.tasks.fetch_mail": 15.0,
    "channels.tasks.delete_originals": 3600.0,
    "returns.tasks.sweep_timers": 10.0,
    "returns.tasks.submit_refunds": 5.0,
    "dashboards.tasks.roll_up": 20.0,
}


def schedule(ticks: dict[str, float]) -> dict[str, dict[str, Any]]:
    """A beat schedule: task name -> every so many seconds, forgotten when nobody took it by then."""
    return {
        name: {"task": name, "schedule": seconds, "options": {"expires": seconds}}
        for name, seconds in ticks.items()
    }


app.conf.beat_schedule = schedule(TICKS)


@beat_init.connect
def leave_between_ticks(sender: Service, **_facts: Any) -> None:
    """Let beat end when it is asked to, at the latest with its next tick.

    Celery ends it by an exception out of the signal handler. Where that hits a destructor (the Redis
    transport makes and drops a client for every message) Python prints it and beat ticks for ever.
    """

    def leave(_number: int, _frame: FrameType | None) -> None:
        sender.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)
