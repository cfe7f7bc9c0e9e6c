"""The worker app with a hurried clock, so that a test does not wait for the next tick."""

from aftersales.celery import TICKS, app, schedule

app.conf.beat_schedule = schedule(dict.fromkeys(TICKS, 0.3))
app.conf.beat_max_loop_interval = 0.1
