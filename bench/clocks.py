"""The sweep of clocks: ten thousand due ones among few and among many open tickets.

Measured twice: clocks whose deadline has come, and clocks left alone for so long that all of their ladder
has come as well: a warning, the deadline, two escalations.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection

from aftersales.demo import load
from bench.figures import WARM_UP
from core import clock
from core.models import Event
from tickets import sweeps
from tickets.ladder import MOST_STEPS
from tickets.models import Clock, Ticket
from tickets.states import ClockKind, ClockState

DUE = 10_000
IDLE = 20

RESET = """
UPDATE tickets_clock SET next_at = now() + interval '300 days', breached_at = NULL, taken = %(taken)s,
    calendar_id = office.current_id, budget = interval '27 hours'
FROM tickets_servicecalendar AS office
WHERE state = 'running' AND kind = 'resolution' AND office.code = 'office'
"""
MAKE_DUE = """
UPDATE tickets_clock SET started_at = %(at)s - interval '40 days', due_at = %(at)s - interval '1 minute',
    next_at = %(at)s - interval '1 minute'
WHERE id IN (
    SELECT id FROM tickets_clock WHERE state = 'running' AND kind = 'resolution'
    ORDER BY random() LIMIT %(due)s
)
"""


def run(sizes: Sequence[int]) -> None:
    """Measure at each number of open tickets and print the figures."""
    print(f"\n{f'seconds for {DUE:,} due clocks':<30}{'deadline':>10}{'ladder':>10}{'idle sweep':>14}")
    for size in sizes:
        load.fill(size - Ticket.objects.count(), progress=lambda done, known: None, open_share=1.0)
        deadline, whole = _sweep(taken=MOST_STEPS), _sweep(taken=0)
        print(f"{f'{size:,} open tickets':<30}{deadline:>10.2f}{whole:>10.2f}{_idle():>11.2f} ms", flush=True)


def _sweep(*, taken: int) -> float:
    """Seconds for the due clocks, of whose ladders so many steps were taken before."""
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(RESET, {"taken": taken})
        cursor.execute(MAKE_DUE, {"at": at, "due": DUE})
        cursor.execute("ANALYZE tickets_clock")
    before = Event.objects.filter(kind="clock.breached").count()
    begun = time.perf_counter()
    handled = sweeps.sweep_clocks(at)
    seconds = time.perf_counter() - begun
    missed = Event.objects.filter(kind="clock.breached").count() - before
    assert handled == missed, (handled, missed)
    assert handled == DUE, handled
    return seconds


def _idle() -> float:
    """Milliseconds of a sweep that finds nothing."""
    at = clock.now() - timedelta(days=900)
    for _ in range(WARM_UP):
        sweeps.sweep_clocks(at)
    begun = time.perf_counter()
    for _ in range(IDLE):
        sweeps.sweep_clocks(at)
    waiting = Clock.objects.filter(kind=ClockKind.RESOLUTION, state=ClockState.RUNNING)
    assert waiting.exists()
    return (time.perf_counter() - begun) / IDLE * 1000
