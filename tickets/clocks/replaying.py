"""A clock rebuilt from its event log alone, to prove the log complete and to mend a row that is not."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core import hours
from tickets.calendars import calendar_of
from tickets.clocks.reading import ladder_of, moment, next_moment, paired
from tickets.models import Clock, ClockEvent
from tickets.states import ClockState

Kind = ClockEvent.Kind
Log = Sequence[ClockEvent]

REBUILT = (
    "state",
    "policy_version_id",
    "budget",
    "calendar_id",
    "started_at",
    "due_at",
    "paused_at",
    "left",
    "fulfilled_at",
    "breached_at",
    "next_at",
    "taken",
)
"""The fields of a clock that follow from its log."""


def replay(clock: Clock, log: Log) -> Clock:
    """The clock as its log says it is, not stored; `clock` only says which one it is.

    A log that does not begin with a start raises ValueError: nothing can be rebuilt from it.
    """
    if not log or log[0].kind != Kind.ACTIVATED:
        raise ValueError(f"The log of clock {clock.pk} does not begin with its start.")
    rebuilt = Clock(
        pk=clock.pk, ticket_id=clock.ticket_id, kind=clock.kind, cycle=clock.cycle, external=clock.external
    )
    for place, event in enumerate(log):
        _HAPPENS[event.kind](rebuilt, event, log[: place + 1])
    if rebuilt.state == ClockState.RUNNING:
        rebuilt.next_at = next_moment(rebuilt, paired(log))
    return rebuilt


def differences(clock: Clock, log: Log) -> Mapping[str, tuple[Any, Any]]:
    """Fields in which a row differs from its log: name -> (row, log)."""
    rebuilt = replay(clock, log)
    pairs = {name: (getattr(clock, name), getattr(rebuilt, name)) for name in REBUILT}
    return {name: (stored, logged) for name, (stored, logged) in pairs.items() if stored != logged}


def _activated(clock: Clock, event: ClockEvent, _log: Log) -> None:
    clock.state, clock.started_at = ClockState.RUNNING, event.at
    _promise(clock, event)
    clock.due_at = hours.deadline(event.at, clock.budget, calendar_of(clock.calendar))


def _promise(clock: Clock, event: ClockEvent) -> None:
    if event.budget is None or event.calendar is None:
        raise ValueError(f"Event {event.pk} of clock {clock.pk} does not say what was promised.")
    clock.budget, clock.calendar, clock.policy_version = event.budget, event.calendar, event.policy_version


def _paused(clock: Clock, event: ClockEvent, _log: Log) -> None:
    missed = clock.due_at <= event.at
    counted = calendar_of(clock.calendar)
    clock.left = timedelta() if missed else hours.working_time(event.at, clock.due_at, counted)
    clock.state, clock.paused_at = ClockState.PAUSED, event.at


def _resumed(clock: Clock, event: ClockEvent, _log: Log) -> None:
    if clock.breached_at is None:
        left = clock.left or timedelta()
        clock.due_at = hours.deadline(event.at, left, calendar_of(clock.calendar))
    clock.state, clock.paused_at, clock.left = ClockState.RUNNING, None, None


def _changed(clock: Clock, event: ClockEvent, log: Log) -> None:
    _promise(clock, event)
    pauses, runs = paired(log), clock.state == ClockState.RUNNING
    counted = hours.explain(clock.started_at, clock.budget, calendar_of(clock.calendar), pauses)
    clock.due_at = counted.due or clock.due_at
    clock.left = None if runs else counted.left
    if runs:
        clock.taken = sum(moment(clock, step.offset, pauses) <= event.at for step in ladder_of(clock))


def _breached(clock: Clock, event: ClockEvent, _log: Log) -> None:
    clock.breached_at = event.at


def _stepped(clock: Clock, event: ClockEvent, _log: Log) -> None:
    clock.taken = (event.step or 0) + 1


def _fulfilled(clock: Clock, event: ClockEvent, _log: Log) -> None:
    clock.state, clock.fulfilled_at = ClockState.FULFILLED, event.at


def _cancelled(clock: Clock, _event: ClockEvent, _log: Log) -> None:
    clock.state = ClockState.CANCELLED


def _merged(clock: Clock, _event: ClockEvent, _log: Log) -> None:
    clock.state = ClockState.MERGED


def _parted(clock: Clock, _event: ClockEvent, _log: Log) -> None:
    clock.state = ClockState.PAUSED if clock.paused_at else ClockState.RUNNING


_HAPPENS: Mapping[str, Callable[[Clock, ClockEvent, Log], None]] = {
    Kind.ACTIVATED: _activated,
    Kind.PAUSED: _paused,
    Kind.RESUMED: _resumed,
    Kind.CHANGED: _changed,
    Kind.BREACHED: _breached,
    Kind.STEPPED: _stepped,
    Kind.FULFILLED: _fulfilled,
    Kind.CANCELLED: _cancelled,
    Kind.MERGED: _merged,
    Kind.PARTED: _parted,
}
