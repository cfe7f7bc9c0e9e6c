"""What if: past weeks replayed under a draft, to see which deadlines would have been missed then.

Nothing is changed. Clocks keep what really happened to them (start, pauses, end); only the promise is
another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core import hours
from core.hours import Calendar, Pause
from tickets import conditions, targets
from tickets.calendars import calendar_of
from tickets.clocks.reading import pauses_of_many
from tickets.conditions import Condition
from tickets.models import CalendarVersion, Clock, ExternalPromise, PolicyVersion
from tickets.states import PROMISED, ClockKind, ClockState

MOST_CLOCKS = 4000
"""So many of the latest clocks are replayed at once; more would keep a reader waiting."""

Promise = tuple[timedelta, Calendar]
Promising = Callable[[Clock], Promise | None]


@dataclass
class Tally:
    """One kind of clock: how many were replayed, how many were missed as it was and as it would have been."""

    kind: ClockKind
    counted: int = 0
    missed: int = 0
    would_miss: int = 0


@dataclass
class Replay:
    """`changed` are clocks that would have ended differently, with the deadline they would have had."""

    since: datetime
    tallies: Sequence[Tally] = ()
    changed: list[tuple[Clock, datetime]] = field(default_factory=list)
    cut: bool = False


def under_policy(version: PolicyVersion, *, since: datetime, at: datetime) -> Replay:
    """Clocks started since then of tickets to which the version applies, under its targets and calendar."""
    condition = conditions.parse(version.conditions)
    calendar = calendar_of(version.calendar.published)

    def promise(clock: Clock) -> Promise | None:
        budget = targets.budget(version.targets, clock.kind, clock.ticket.priority)
        return (budget, calendar) if budget and conditions.matches(condition, clock.ticket, at) else None

    return _replayed(promise, since, at)


def under_calendar(version: CalendarVersion, *, since: datetime, at: datetime) -> Replay:
    """Clocks started since then that count in any version of the calendar, under this one."""
    calendar = calendar_of(version)

    def promise(clock: Clock) -> Promise | None:
        return (clock.budget, calendar) if clock.calendar.calendar_id == version.calendar_id else None

    return _replayed(promise, since, at)


def under_deadline(
    promise: ExternalPromise,
    condition: Condition,
    budget: timedelta,
    version: CalendarVersion,
    *,
    since: datetime,
    at: datetime,
) -> Replay:
    """Clocks of an external deadline started since then, under other conditions, length or hours."""
    calendar = calendar_of(version)

    def promised(clock: Clock) -> Promise | None:
        fits = clock.external_id == promise.pk and conditions.matches(condition, clock.ticket, at)
        return (budget, calendar) if fits else None

    return _replayed(promised, since, at, (ClockKind.EXTERNAL,))


def _replayed(
    promise: Promising, since: datetime, at: datetime, kinds: Sequence[ClockKind] = PROMISED
) -> Replay:
    started = Clock.objects.filter(started_at__gte=since, started_at__lte=at, kind__in=kinds)
    started = started.exclude(state__in=(ClockState.CANCELLED, ClockState.MERGED)).order_by(
        "-started_at", "-pk"
    )
    related = (
        "calendar",
        "ticket__customer__tier",
        "ticket__order__shop",
        "ticket__team",
        "ticket__assignee",
    )
    clocks = list(started.select_related(*related).defer("ticket__search")[: MOST_CLOCKS + 1])
    replay = Replay(since, cut=len(clocks) > MOST_CLOCKS)
    tallies = {kind: Tally(kind) for kind in kinds}
    pauses = pauses_of_many(clock.pk for clock in clocks)
    for clock in clocks[:MOST_CLOCKS]:
        if (promised := promise(clock)) is not None:
            _count(clock, promised, pauses.get(clock.pk, ()), at, tallies[ClockKind(clock.kind)], replay)
    replay.tallies = [tally for tally in tallies.values() if tally.counted]
    return replay


def _count(
    clock: Clock, promised: Promise, pauses: Sequence[Pause], at: datetime, tally: Tally, replay: Replay
) -> None:
    budget, calendar = promised
    ended = clock.fulfilled_at or at
    try:
        due = hours.deadline(clock.started_at, budget, calendar, pauses)
    except hours.StillPaused:
        due = None
    would_miss = due is not None and due <= ended
    tally.counted += 1
    tally.missed += clock.is_missed
    tally.would_miss += would_miss
    if would_miss != clock.is_missed:
        replay.changed.append((clock, due or clock.due_at))
