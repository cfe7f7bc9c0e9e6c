"""What time does to running clocks: steps of the ladder and missed deadlines, each once, in order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core import events, hours
from core.actors import SYSTEM
from core.models import Event
from tickets.clocks.reading import ladder_of, moment, next_moment, pauses_of, pauses_of_many
from tickets.models import Clock, ClockEvent, Ticket
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

Happened = tuple[ClockEvent, Event]


def advance(clocks: Iterable[Clock], at: datetime) -> int:
    """Note on locked clocks everything that was due by `at`, and tell the house; returns on how many."""
    due = [clock for clock in clocks if _is_due(clock, at)]
    if not due:
        return 0
    paused = _pauses_of_all(due)
    happened = [one for clock in due for one in _advanced(clock, paused.get(clock.pk, ()), at)]
    _store(due)
    ClockEvent.objects.bulk_create([event for event, _told in happened])
    events.record_all([told for _event, told in happened])
    return len(due)


def _store(clocks: Sequence[Clock]) -> None:
    rows = [(clock.pk, clock.breached_at, clock.taken, clock.next_at) for clock in clocks]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [list(column) for column in zip(*rows, strict=True)])


def miss(clock: Clock, at: datetime) -> None:
    """Note that a clock which stands still has missed its deadline, as the promise was changed meanwhile."""
    noted, told = _breached(clock, at)
    clock.save(update_fields=["breached_at"])
    noted.save(force_insert=True)
    events.record_all([told])


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


def _advanced(clock: Clock, pauses: Sequence[hours.Pause], at: datetime) -> list[Happened]:
    """Change the clock as time has, step by step; what happened, oldest first."""
    steps, happened = ladder_of(clock), []
    while clock.next_at is not None and clock.next_at <= at:
        if clock.breached_at is None and clock.due_at <= clock.next_at:
            happened.append(_breached(clock, at))
        else:
            happened.append(_stepped(clock, clock.next_at, at, warns=steps[clock.taken].is_warning))
        clock.next_at = next_moment(clock, pauses)
    clock.failures, clock.failing_since, clock.last_error = 0, None, ""
    return happened


def _breached(clock: Clock, at: datetime) -> Happened:
    clock.breached_at = clock.due_at
    noted = ClockEvent(clock=clock, kind=Kind.BREACHED, at=clock.due_at, due_at=clock.due_at)
    return noted, _told("clock.breached", clock, at)


def _stepped(clock: Clock, moment_of_step: datetime, at: datetime, *, warns: bool) -> Happened:
    number = clock.taken
    clock.taken += 1
    noted = ClockEvent(clock=clock, kind=Kind.STEPPED, at=moment_of_step, due_at=clock.due_at, step=number)
    return noted, _told("clock.warned" if warns else "clock.escalated", clock, at, step=number)


def _told(kind: str, clock: Clock, at: datetime, **facts: Any) -> Event:
    return events.build(
        kind,
        clock,
        by=SYSTEM,
        thread=Ticket(pk=clock.ticket_id),
        at=at,
        clock=clock.kind,
        cycle=clock.cycle,
        due_at=clock.due_at.isoformat(),
        **clock.names,
        **facts,
    )
