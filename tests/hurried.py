"""The worker app with a hurried clock, so that a test does not wait for the next tick."""

from aftersales.celery import TICKS, app, schedule

HURRIED = 0.4
"""Seconds between ticks of what comes round every few seconds; what comes once an hour has time."""

app.conf.beat_schedule = schedule(
    {name: HURRIED if seconds <= 20 else seconds for name, seconds in TICKS.items()}
)
app.conf.beat_max_loop_interval = 0.1
