"""The calendar: which hours of which days are worked, and how much that adds up to."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from core.hours.spans import FOREVER, Wall, join, zone_info

Hours = Sequence[tuple[str, str]]
"""A day's hours as people write them: [("09:00", "12:00"), ("13:00", "24:00")]."""

Shifts = tuple[tuple[timedelta, timedelta], ...]
"""The same, joined, as distances on the wall clock from midnight."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAY = timedelta(days=1)
_DAYS = range(date.max.toordinal())


@dataclass(frozen=True, eq=False)
class Calendar:
    """A week of working hours (0 = Monday), holidays without any, and days with hours of their own.

    `extra_days` win over holidays and weekdays: make-up working days (调休), a short Christmas Eve
    or, given no hours, a day that is closed once. Hours that touch or overlap are joined. Hours
    belong to the date they are worked on, so that a holiday takes away exactly its own date; hours
    over midnight are therefore refused, and written in two parts: ("22:00", "24:00") and, the day
    after, ("00:00", "06:00").

    An instant is worked if the zone's wall clock shows a working hour just then: an hour that the
    clocks skip is not worked, and one that they repeat is worked twice.
    """

    zone: str
    weekly: Mapping[int, Hours]
    holidays: Collection[date] = ()
    extra_days: Mapping[date, Hours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse now what could not be counted with later."""
        zone_info(self.zone)
        if unknown := set(self.weekly) - set(range(7)):
            raise ValueError(f"Weekdays are 0 (Monday) to 6 (Sunday), not {sorted(unknown, key=str)}.")
        if not any(self._week) and not any(self._special.values()):
            raise ValueError("A calendar needs working hours on at least one day.")

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone whose wall clock the hours are read on."""
        return zone_info(self.zone)

    # Days are numbered from Monday, 1 January of the year 1, which is day 0. Working time is a
    # running total from there, so every distance costs the same: the whole weeks, the days of the
    # week begun, and what the special days so far have added or taken away.

    @cached_property
    def _week(self) -> tuple[Shifts, ...]:
        return tuple(_shifts(self.weekly.get(weekday, ())) for weekday in range(7))

    @cached_property
    def _special(self) -> dict[int, Shifts]:
        """Days that differ from their weekday, in order."""
        hours: dict[date, Hours] = dict.fromkeys(self.holidays, ()) | dict(self.extra_days)
        return {day.toordinal() - 1: _shifts(hours[day]) for day in sorted(hours)}

    @cached_property
    def _special_days(self) -> list[int]:
        return list(self._special)

    @cached_property
    def _week_totals(self) -> list[timedelta]:
        return list(accumulate(map(_length, self._week), initial=timedelta()))

    @cached_property
    def _special_totals(self) -> list[timedelta]:
        gains = (_length(shifts) - _length(self._week[day % 7]) for day, shifts in self._special.items())
        return list(accumulate(gains, initial=timedelta()))

    def _worked_before(self, day: int) -> timedelta:
        weeks, weekday = divmod(day, 7)
        special = self._special_totals[bisect_left(self._special_days, day)]
        return weeks * self._week_totals[-1] + self._week_totals[weekday] + special

    def _shifts_on(self, day: int) -> Shifts:
        return self._special.get(day, self._week[day % 7])

    @cached_property
    def last_worked(self) -> datetime:
        """An instant after which no hours are worked any more."""
        if any(self._week):
            return FOREVER
        last_day = max(day for day, hours in self.extra_days.items() if hours)
        return datetime.combine(last_day, time.max, UTC) + _DAY  # as no zone is a day or more behind UTC

    def worked_by(self, wall: Wall) -> timedelta:
        """The running total when the wall clock shows `wall`."""
        day, now = divmod(wall, _DAY)
        today = (min(now, closes) - opens for opens, closes in self._shifts_on(day) if opens < now)
        return self._worked_before(day) + sum(today, timedelta())

    def wall_when(self, total: timedelta) -> Wall:
        """The first wall time at which the running total reaches `total`; the inverse of `worked_by`."""
        day = bisect_left(_DAYS, total, key=self._worked_before) - 1
        rest = total - self._worked_before(day)
        shifts = iter(self._shifts_on(day))
        opens, closes = next(shifts)
        while rest > closes - opens:
            rest -= closes - opens
            opens, closes = next(shifts)
        return day * _DAY + opens + rest

    def shifts_between(self, start: Wall, end: Wall) -> Iterator[tuple[Wall, Wall]]:
        """The working hours between two wall times, day by day."""
        for day in range(start.days, end.days + 1):
            midnight = day * _DAY
            for opens, closes in self._shifts_on(day):
                first, last = max(start, midnight + opens), min(end, midnight + closes)
                if first < last:
                    yield first, last


def _shifts(hours: Hours) -> Shifts:
    for opens, closes in hours:
        for written in (opens, closes):
            if not _TIME.fullmatch(written):
                raise ValueError(f'"{written}" is not a time of day such as "09:30" or "24:00".')
        if closes <= opens:
            raise ValueError(
                f"Hours from {opens} to {closes} do not end on the day they start; "
                f"write {opens} to 24:00, and what is left on the day after."
            )
    return tuple((_since_midnight(opens), _since_midnight(closes)) for opens, closes in join(hours))


def _since_midnight(written: str) -> timedelta:
    hours, minutes = written.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _length(shifts: Shifts) -> timedelta:
    return sum((closes - opens for opens, closes in shifts), timedelta())
