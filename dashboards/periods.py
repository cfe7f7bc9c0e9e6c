"""Days and periods. A day begins and ends at midnight of the one service zone, whoever reads the figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

ONE_DAY = timedelta(days=1)
DAILY_UNTIL = 31
WEEKLY_UNTIL = 190


def zone() -> ZoneInfo:
    """The service zone: the same for every reader, so that all read the same figures."""
    return ZoneInfo(settings.SERVICE_ZONE)


def day_of(moment: datetime) -> date:
    """The service day a moment falls on."""
    return moment.astimezone(zone()).date()


def start_of(day: date) -> datetime:
    """The instant at which a service day begins."""
    return datetime.combine(day, time.min, tzinfo=zone()).astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """Whole service days, first and last included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> "Period":
        """So many days up to and with `last`."""
        return cls(last - timedelta(days=days - 1), last)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> "Period":
        """As many days just before."""
        return Period.ending(self.first - ONE_DAY, self.days)

    @property
    def start(self) -> datetime:
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The instant after the last day."""
        return start_of(self.last + ONE_DAY)

    def each_day(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))

    def steps(self) -> list["Period"]:
        """The points of a trend: days, from a month on calendar weeks, from half a year on months."""
        if self.days <= DAILY_UNTIL:
            return [Period(day, day) for day in self.each_day()]
        ends = _is_sunday if self.days <= WEEKLY_UNTIL else _ends_month
        return self._cut(ends)

    def _cut(self, ends: Callable[[date], bool]) -> list["Period"]:
        steps, first = [], self.first
        for day in self.each_day():
            if ends(day) or day == self.last:
                steps.append(Period(first, day))
                first = day + ONE_DAY
        return steps


def _is_sunday(day: date) -> bool:
    return day.weekday() == 6


def _ends_month(day: date) -> bool:
    return (day + ONE_DAY).day == 1
