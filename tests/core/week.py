"""A week of a calendar, counted in the plainest possible way: minute by minute on the wall clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import groupby
from operator import itemgetter
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core.hours import Calendar, Hours, Pause

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DAY_LONG = 24 * 60
WEEK = 7 * DAY_LONG

# Zones, each with an instant around which its clocks do something: nothing, an hour, half an hour, at
# midnight, leave out a whole date, are a quarter of an hour off, change twice within a week.
PLACES = [
    ("Asia/Shanghai", datetime(2026, 10, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 12, 31, 18, 15, tzinfo=UTC)),
    ("Asia/Gaza", datetime(2040, 10, 23, tzinfo=UTC)),
]

minutes = st.integers(0, DAY_LONG)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.sets(minutes, max_size=6)))
    return [(clock(opens), clock(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]


@cache
def wall(zone: str, first: datetime) -> list[tuple[date, int]]:
    """What the wall clock shows in each minute of a week from `first`: date and minute of the day."""
    shown = [(first + minute * MINUTE).astimezone(ZoneInfo(zone)) for minute in range(WEEK)]
    return [(time.date(), time.hour * 60 + time.minute) for time in shown]


@cache
def wall_by_day(zone: str, first: datetime) -> list[tuple[date, list[int]]]:
    """The same, day by day."""
    days = groupby(wall(zone, first), key=itemgetter(0))
    return [(day, [minute for _day, minute in shown]) for day, shown in days]


@dataclass(frozen=True)
class Walk:
    """A calendar with pauses, and a week of it counted by walking from `first`."""

    first: datetime
    calendar: Calendar
    pauses: list[Pause]

    def at(self, minute: int) -> datetime:
        return self.first + minute * MINUTE

    @cached_property
    def worked(self) -> list[bool]:
        """For each minute, whether it is worked."""
        walked: list[bool] = []
        for day, minutes in wall_by_day(self.calendar.zone, self.first):
            walked.extend(map(self._minutes_on(day).__getitem__, minutes))
        for stop, resume in self.pauses:
            since, until = self._minute(stop), WEEK if resume is None else self._minute(resume)
            walked[since:until] = [False] * (until - since)
        return walked

    def _minute(self, instant: datetime) -> int:
        return min(max((instant - self.first) // MINUTE, 0), WEEK)

    def _minutes_on(self, day: date) -> list[bool]:
        """For each minute of a day, whether a working hour is shown."""
        minutes = [False] * DAY_LONG
        for opens, closes in self._hours_on(day):
            minutes[minute_of(opens) : minute_of(closes)] = [True] * (minute_of(closes) - minute_of(opens))
        return minutes

    def _hours_on(self, day: date) -> Hours:
        if day in self.calendar.extra_days:
            return self.calendar.extra_days[day]
        return () if day in self.calendar.holidays else self.calendar.weekly.get(day.weekday(), ())


@st.composite
def walks(draw: st.DrawFn, pausing: bool = True) -> Walk:
    zone, middle = draw(st.sampled_from(PLACES))
    days = st.integers(-4, 6).map(lambda offset: (middle + offset * DAY).date())
    weekly = draw(st.dictionaries(st.integers(0, 6), hours(), min_size=3))
    weekly[draw(st.integers(0, 6))] = [("09:00", "17:30")]
    instants = st.integers(-WEEK, WEEK).map(lambda minute: middle + minute * MINUTE)
    calendar = Calendar(
        zone, weekly, draw(st.sets(days, max_size=4)), draw(st.dictionaries(days, hours(), max_size=4))
    )
    pauses = draw(st.lists(st.tuples(instants, instants), max_size=3 if pausing else 0))
    return Walk(middle - 3 * DAY, calendar, [(min(pause), max(pause)) for pause in pauses])


def random_walk(seed: int) -> Walk:
    """A walk of any kind, hours up to 24:00 and days on which the clocks change among them.

    Many times cheaper to make than one drawn piece by piece, so that thousands can be walked; it does not
    shrink.
    """
    chance = Random(seed)
    zone, middle = chance.choice(PLACES)
    days = [(middle + offset * DAY).date() for offset in range(-4, 7)]
    calendar = Calendar(
        zone,
        {chance.randrange(7): [("09:00", "17:30")]}
        | {day: _random_hours(chance) for day in chance.sample(range(7), chance.randint(3, 7))}
        | {chance.randrange(7): [("08:15", "24:00")]},
        chance.sample(days, chance.randint(0, 4)),
        {day: _random_hours(chance) for day in chance.sample(days, chance.randint(0, 4))},
    )
    pauses = [sorted(chance.randint(-WEEK, WEEK) for _ in "ab") for _ in range(chance.randint(0, 3))]
    return Walk(
        middle - 3 * DAY,
        calendar,
        [(middle + stop * MINUTE, middle + resume * MINUTE) for stop, resume in pauses],
    )


def _random_hours(chance: Random) -> Hours:
    edges = chance.sample(range(DAY_LONG + 1), 2 * chance.randint(0, 3))
    if edges and chance.random() < 0.3:
        edges[:2] = [0, DAY_LONG]
    edges = sorted(set(edges))
    return [(clock(opens), clock(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]


random_walks = st.integers(0, 2**64).map(random_walk)
walked_minutes = st.integers(0, WEEK - 1)
budgets = st.integers(0, 20 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
moments = st.timedeltas(timedelta(), 115 * 365 * DAY).map(
    lambda since: datetime(1975, 1, 1, tzinfo=UTC) + since
)
