"""What time does to running clocks: steps of the ladder and missed deadlines, each once, in order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from core import events, hours
from core.actors import SYSTEM
from tickets.clocks.reading import ladder_of, moment, next_moment, pauses_of, pauses_of_many
from tickets.models import Clock, ClockEvent
from tickets.states import ClockState

Kind = ClockEvent.Kind
STORE = """
UPDATE tickets_clock SET breached_at = new.breached_at, taken = new.taken, next_at = new.next_at,
    failures = 0, failing_since = NULL, last_error = ''
FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[], %s::timestamptz[])
    AS new (id, breached_at, taken, next_at)
WHERE tickets_clock.id = new.id
"""
"""One statement for a whole batch; Django's own update of many rows takes as long as all the rest."""

LOG = """
INSERT INTO tickets_clockevent (clock_id, kind, at, due_at, step)
SELECT new.clock_id, new.kind, new.at, new.due_at, new.step
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::smallint[])
    WITH ORDINALITY AS new (clock_id, kind, at, due_at, step, place)
ORDER BY new.place
"""


class Noted(NamedTuple):
    """A line of a clock's log, and the event that tells the house of it."""

    clock: Clock
    kind: ClockEvent.Kind
    at: datetime
    step: int | None
    told: events.Happened


def advance(clocks: Iterable[Clock], at: datetime) -> int:
    """Note on locked clocks everything that was due by `at`, and tell the house; returns on how many."""
    due = [clock for clock in clocks if _is_due(clock, at)]
    if not due:
        return 0
    paused = _pauses_of_all(due)
    noted = [one for clock in due for one in _advanced(clock, paused.get(clock.pk, ()), at)]
    _store(due)
    _write(noted, at)
    return len(due)


def _store(clocks: Sequence[Clock]) -> None:
    rows = [(clock.pk, clock.breached_at, clock.taken, clock.next_at) for clock in clocks]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [list(column) for column in zip(*rows, strict=True)])


def _write(noted: Sequence[Noted], at: datetime) -> None:
    """Add to the logs and tell the house; ten thousand ladders are told in some seconds this way."""
    rows = [(one.clock.pk, one.kind, one.at, one.clock.due_at, one.step) for one in noted]
    with connection.cursor() as cursor:
        cursor.execute(LOG, [list(column) for column in zip(*rows, strict=True)])
    events.record_many([one.told for one in noted], by=SYSTEM, at=at)


def miss(clock: Clock, at: datetime) -> None:
    """Note that a clock which stands still has missed its deadline, as the promise was changed meanwhile."""
    noted = _breached(clock)
    clock.save(update_fields=["breached_at"])
    _write([noted], at)


def taken_by(clock: Clock, at: datetime) -> int:
    """How many steps of the ladder lie before `at`; with an open pause, how many were taken before it."""
    if clock.state == ClockState.PAUSED:
        return clock.taken
    pauses = pauses_of(clock)
    return sum(moment(clock, step.offset, pauses) <= at for step in ladder_of(clock))


def _is_due(clock: Clock, at: datetime) -> bool:
    return clock.state == ClockState.RUNNING and clock.next_at is not None and clock.next_at <= at


def _pauses_of_all(clocks: Sequence[Clock]) -> Mapping[int, Sequence[hours.Pause]]:
    """The pauses of many clocks in one statement; only a ladder needs them."""
    stepping = [clock.pk for clock in clocks if ladder_of(clock)[clock.taken :]]
    return pauses_of_many(stepping) if stepping else {}


def _advanced(clock: Clock, pauses: Sequence[hours.Pause], at: datetime) -> list[Noted]:
    """Change the clock as time has, step by step; what happened, oldest first."""
    steps, noted = ladder_of(clock), []
    while clock.next_at is not None and clock.next_at <= at:
        if clock.breached_at is None and clock.due_at <= clock.next_at:
            noted.append(_breached(clock))
        else:
            noted.append(_stepped(clock, clock.next_at, warns=steps[clock.taken].is_warning))
        clock.next_at = next_moment(clock, pauses, steps)
    clock.failures, clock.failing_since, clock.last_error = 0, None, ""
    return noted


def _breached(clock: Clock) -> Noted:
    clock.breached_at = clock.due_at
    return Noted(clock, Kind.BREACHED, clock.due_at, None, _told("clock.breached", clock))


def _stepped(clock: Clock, moment_of_step: datetime, *, warns: bool) -> Noted:
    number = clock.taken
    clock.taken += 1
    told = _told("clock.warned" if warns else "clock.escalated", clock, step=number)
    return Noted(clock, Kind.STEPPED, moment_of_step, number, told)


def _told(kind: str, clock: Clock, **facts: Any) -> events.Happened:
    due = clock.due_at.isoformat()
    data = {"clock": clock.kind, "cycle": clock.cycle, "due_at": due, **clock.names, **facts}
    return events.Happened(kind, f"clock:{clock.pk}", f"ticket:{clock.ticket_id}", data)
