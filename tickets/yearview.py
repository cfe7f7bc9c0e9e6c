"""A year of a calendar as people look at it: which days are worked, which are holidays, which are special."""

from calendar import Calendar as MonthWalker
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import bilingual
from tickets.calendars import write_hours
from tickets.models import CalendarVersion

WEEKS = MonthWalker(firstweekday=0)


@dataclass(frozen=True)
class Day:
    """`kind` is work, off, holiday, extra (hours of its own) or closed; `words` say why, "" when ordinary."""

    date: date
    kind: str
    words: str


@dataclass(frozen=True)
class Month:
    """Weeks of seven days, Monday first; None where a day belongs to another month."""

    first: date
    weeks: Sequence[Sequence[Day | None]]


def months(version: CalendarVersion, year: int) -> list[Month]:
    """The twelve months of a year under a version of a calendar."""
    return [
        Month(
            date(year, month, 1),
            [list(_week(version, month, week)) for week in WEEKS.monthdatescalendar(year, month)],
        )
        for month in range(1, 13)
    ]


def counts(shown: Sequence[Month]) -> Mapping[str, int]:
    """How many days of each kind the year has."""
    found: dict[str, int] = {}
    for month in shown:
        for day in (day for week in month.weeks for day in week if day is not None):
            found[day.kind] = found.get(day.kind, 0) + 1
    return found


def _week(version: CalendarVersion, month: int, week: Sequence[date]) -> Iterator[Day | None]:
    for day in week:
        yield _day(version, day) if day.month == month else None


def _day(version: CalendarVersion, day: date) -> Day:
    written = day.isoformat()
    if written in version.extra_days:
        hours: Any = version.extra_days[written]
        return Day(day, "extra" if hours else "closed", write_hours(hours) or _("closed"))
    if written in version.holidays:
        named = version.holidays[written]
        return Day(day, "holiday", named["zh" if bilingual.is_chinese(get_language()) else "en"])
    return Day(day, "work" if version.weekly.get(str(day.weekday())) else "off", "")
