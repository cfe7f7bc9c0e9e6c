"""What a clock says: its pauses, how its deadline came about, and when something happens on it next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from core import hours
from tickets.calendars import calendar_of
from tickets.ladder import Step, steps_of
from tickets.models import Clock, ClockEvent, Ticket

Kind = ClockEvent.Kind
STANDSTILL = (Kind.PAUSED, Kind.RESUMED)


def pauses_of(clock: Clock) -> list[hours.Pause]:
    """When the clock stood still, from its event log; the last pause may be open."""
    return paired(clock.events.filter(kind__in=STANDSTILL).order_by("pk"))


def pauses_of_many(clocks: Iterable[int]) -> Mapping[int, Sequence[hours.Pause]]:
    """The pauses of many clocks, by key, in one statement; a clock that never stood still is not in it."""
    logged: dict[int, list[ClockEvent]] = defaultdict(list)
    for event in ClockEvent.objects.filter(clock__in=list(clocks), kind__in=STANDSTILL).order_by("pk"):
        logged[event.clock_id].append(event)
    return {pk: paired(log) for pk, log in logged.items()}


def paired(events: Iterable[ClockEvent]) -> list[hours.Pause]:
    """Pauses from the events that began and ended them, in order."""
    pauses: list[hours.Pause] = []
    for event in events:
        if event.kind == Kind.PAUSED:
            pauses.append((event.at, None))
        elif event.kind == Kind.RESUMED and pauses:
            pauses[-1] = pauses[-1][0], event.at
    return pauses


def explain(clock: Clock) -> hours.Explanation:
    """How the clock's deadline came about: working segments, pauses, what is left."""
    return hours.explain(clock.started_at, clock.budget, calendar_of(clock.calendar), pauses_of(clock))


def ladder_of(clock: Clock) -> tuple[Step, ...]:
    """The steps that belong to the clock, in the order in which they come."""
    if clock.policy_version is None:
        return steps_of(clock.ladder, clock.kind)
    return steps_of(clock.policy_version.ladder, clock.kind)


def moment(clock: Clock, offset: timedelta, pauses: Sequence[hours.Pause]) -> datetime:
    """The instant `offset` of working time before (negative) or after the deadline; not before the start."""
    budget = max(clock.budget + offset, timedelta())
    return hours.deadline(clock.started_at, budget, calendar_of(clock.calendar), pauses)


def next_moment(
    clock: Clock, pauses: Sequence[hours.Pause] | None = None, ladder: Sequence[Step] | None = None
) -> datetime | None:
    """When something happens next on a running clock, a step or its deadline; None for nothing.

    Whoever asks again and again brings the clock's pauses and ladder along.
    """
    steps = (ladder_of(clock) if ladder is None else ladder)[clock.taken :]
    if not steps:
        return None if clock.breached_at else clock.due_at
    first = moment(clock, steps[0].offset, pauses_of(clock) if pauses is None else pauses)
    return first if clock.breached_at else min(first, clock.due_at)


def timetable(clock: Clock) -> list[tuple[Step, datetime | None]]:
    """Every step of the clock's ladder and when it comes; None while an open pause keeps that unknown."""
    pauses = pauses_of(clock)
    return [(step, _moment_if_known(clock, step.offset, pauses)) for step in ladder_of(clock)]


def shown(ticket: Ticket) -> list[Clock]:
    """The clocks of the ticket's present cycle that people look at: of each promise the latest."""
    rows = ticket.clocks.filter(cycle=ticket.cycle).prefetch_related("external").order_by("pk")
    latest = {(clock.kind, clock.external_id, clock.about): clock for clock in rows}
    return list(latest.values())


def _moment_if_known(clock: Clock, offset: timedelta, pauses: Sequence[hours.Pause]) -> datetime | None:
    try:
        return moment(clock, offset, pauses)
    except hours.StillPaused:
        return None
