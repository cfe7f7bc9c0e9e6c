"""Working time between two instants, and the instant at which a budget of it is used up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.hours.spans import FOREVER, Pause, Span, Stretch, join, running, standstills, stretches, utc
from core.hours.timetable import Calendar


class StillPaused(ValueError):
    """A deadline was asked of a clock that stands still: nobody knows it before the clock runs again."""


@dataclass(frozen=True)
class Segment:
    """Working time in one piece."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()


@dataclass(frozen=True)
class Explanation:
    """How a deadline came about: what was worked, what was paused, what is left while a pause is open."""

    start: datetime
    budget: timedelta
    segments: tuple[Segment, ...]
    pauses: tuple[Pause, ...]
    left: timedelta
    due: datetime | None


def deadline(
    start: datetime, budget: timedelta, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """The first instant by which `budget` of working time has passed since `start`, pauses left out.

    The first: one hour from Friday 17:00, closing at 18:00, is due on Friday at 18:00, not on
    Monday morning; and a budget of zero is due at `start`, in working hours or not. While a pause
    is open (its end is None), a budget not used up before it has no deadline: `StillPaused`.
    """
    due = _due(utc(start), budget, calendar, standstills(pauses))
    if due is None:
        raise StillPaused("The clock is paused; its deadline is known once it runs again.")
    return due


def working_time(
    start: datetime, end: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> timedelta:
    """The working time between `start` and `end`, pauses left out; an open pause lasts up to `end`."""
    start, end = utc(start), utc(end)
    if end < start:
        raise ValueError(f"{end.isoformat()} is before the start, {start.isoformat()}.")
    worked = (
        calendar.worked_by(stretch.end) - calendar.worked_by(stretch.start)
        for stretch in _running(start, end, calendar, standstills(pauses))
    )
    return sum(worked, timedelta())


def explain(
    start: datetime, budget: timedelta, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Explanation:
    """The working segments and the pauses behind a deadline.

    The segments add up to the budget and end at `due`. While a pause is open they end where it
    began, `due` is None and `left` tells how much of the budget remains.
    """
    start, paused = utc(start), standstills(pauses)
    due = _due(start, budget, calendar, paused)
    end = max(start, paused[-1][0]) if due is None else due
    worked = tuple(Segment(*span) for span in _worked(start, end, calendar, paused))
    return Explanation(
        start=start,
        budget=budget,
        segments=worked,
        pauses=tuple(_applied(start, due, paused)),
        left=budget - sum((segment.end - segment.start for segment in worked), timedelta()),
        due=due,
    )


def _due(start: datetime, budget: timedelta, calendar: Calendar, paused: Sequence[Span]) -> datetime | None:
    """When the budget is used up; None if a pause that is still open keeps it from that."""
    if budget < timedelta():
        raise ValueError(f"A budget cannot be negative: {budget}.")
    if not budget:
        return start
    left = budget
    for stretch in _running(start, calendar.last_worked, calendar, paused):
        before, after = calendar.worked_by(stretch.start), calendar.worked_by(stretch.end)
        if left <= after - before:
            return stretch.instant(calendar.wall_when(before + left))
        left -= after - before
    if paused and paused[-1][1] == FOREVER:
        return None
    raise ValueError(f"The calendar has not enough working time after {start.isoformat()} for {budget}.")


def _running(start: datetime, end: datetime, calendar: Calendar, paused: Sequence[Span]) -> Iterator[Stretch]:
    for span in running(start, end, paused):
        yield from stretches(calendar.tzinfo, *span)


def _worked(start: datetime, end: datetime, calendar: Calendar, paused: Sequence[Span]) -> list[Span]:
    return join(
        (stretch.instant(opens), stretch.instant(closes))
        for stretch in _running(start, end, calendar, paused)
        for opens, closes in calendar.shifts_between(stretch.start, stretch.end)
    )


def _applied(start: datetime, due: datetime | None, paused: Sequence[Span]) -> Iterator[Pause]:
    """The pauses as they counted: from the start on and up to the deadline."""
    for stop, resume in paused:
        since = max(start, stop)
        if since < resume and (due is None or since < due):
            yield since, None if resume == FOREVER else resume
