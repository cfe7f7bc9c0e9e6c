"""Deadlines in calendar days, and dates moved by days and months."""

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, assert_never

from core.hours.spans import utc, zone_info

Mode = Literal["cn_next_day", "eu", "elapsed"]

_DAY = timedelta(days=1)
_SATURDAY = 5


def calendar_deadline(
    anchor: datetime, days: int, mode: Mode, zone: str, holidays: Collection[date] = ()
) -> datetime:
    """The instant at which a period of `days` after `anchor` ends.

    - cn_next_day: the day of the event is not counted; the last day is, to its end, whatever day it
      is (七日无理由退货: seven days, from the day after signing).
    - eu: the same, but a last day that is a Saturday, a Sunday or a public holiday gives way to the
      next working day (Regulation 1182/71, art. 3(1), (2)(b) and (4)).
    - elapsed: `days` times 24 hours; zone and holidays play no part.
    """
    if days < 0:
        raise ValueError(f"A period cannot be negative: {days} days.")
    last_day = utc(anchor).astimezone(zone_info(zone)).date() + days * _DAY
    match mode:
        case "elapsed":
            return utc(anchor) + days * _DAY
        case "cn_next_day":
            return _end_of(last_day, zone)
        case "eu":
            while last_day.weekday() >= _SATURDAY or last_day in holidays:
                last_day += _DAY
            return _end_of(last_day, zone)
        case _:
            assert_never(mode)


def day_add(anchor: datetime, days: int, zone: str) -> datetime:
    """The instant at which the zone's clocks show the same time of day, `days` days on.

    Unlike `days` times 24 hours, this keeps the time of day when the clocks change in between. A
    time that they skip is read as if they had not yet changed; of a time that comes twice, the
    first is meant.
    """
    return (utc(anchor).astimezone(zone_info(zone)) + days * _DAY).astimezone(UTC)


def month_add(day: date, months: int) -> date:
    """The same day of the month, `months` later, or the last of that month: 31 January + 1 is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + _DAY, time(), zone_info(zone)).astimezone(UTC)
