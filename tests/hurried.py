"""The worker app with a hurried clock, so that a test does not wait for the next tick."""

import os
from typing import Any

from celery.signals import worker_process_init

from aftersales.celery import TICKS, app, schedule

HURRIED = 0.4
"""Seconds between ticks of what comes round every few seconds; what comes once an hour has time."""

app.conf.beat_schedule = schedule(
    {name: HURRIED if seconds <= 20 else seconds for name, seconds in TICKS.items()}
)
app.conf.beat_max_loop_interval = 0.1


@worker_process_init.connect
def take_small_batches(**_facts: Any) -> None:
    """Let a sweep of a few dozen clocks take several transactions, as one of thousands does."""
    from tickets import sweeps

    sweeps.BATCH = int(os.environ.get("TEST_BATCH", sweeps.BATCH))
