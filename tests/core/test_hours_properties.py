"""Working time against the plainest possible count: look at the wall clock, minute by minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.hours import Calendar, Hours, Pause, calendar_deadline, deadline, explain, month_add, working_time

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = 7 * 24 * 60

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

minutes = st.integers(0, 24 * 60)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    edges = sorted(draw(st.sets(minutes, max_size=6)))
    return [(clock(opens), clock(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]


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
        return [self._is_worked(self.at(minute)) for minute in range(WEEK)]

    def _is_worked(self, instant: datetime) -> bool:
        if any(stop <= instant and (resume is None or instant < resume) for stop, resume in self.pauses):
            return False
        wall = instant.astimezone(ZoneInfo(self.calendar.zone))
        time = clock(wall.hour * 60 + wall.minute)
        return any(opens <= time < closes for opens, closes in self._hours_on(wall.date()))

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


walked_minutes = st.integers(0, WEEK - 1)
budgets = st.integers(0, 20 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))
moments = st.timedeltas(timedelta(), 115 * 365 * DAY).map(
    lambda since: datetime(1975, 1, 1, tzinfo=UTC) + since
)


@given(walks(), walked_minutes, walked_minutes)
def test_working_time_is_what_a_walk_counts(walk: Walk, one: int, other: int) -> None:
    start, end = sorted((one, other))
    counted = sum(walk.worked[start:end]) * MINUTE
    assert working_time(walk.at(start), walk.at(end), walk.calendar, walk.pauses) == counted


@given(walks(), walked_minutes, st.data())
def test_a_deadline_is_where_a_walk_has_counted_the_budget(
    walk: Walk, start: int, data: st.DataObject
) -> None:
    available = [minute for minute in range(start, WEEK) if walk.worked[minute]]
    count = data.draw(st.integers(0, len(available)))
    due = walk.at(available[count - 1] + 1 if count else start)
    assert deadline(walk.at(start), count * MINUTE, walk.calendar, walk.pauses) == due


@given(walks(), walked_minutes, budgets)
def test_an_explanation_adds_up(walk: Walk, start: int, budget: timedelta) -> None:
    explained = explain(walk.at(start), budget, walk.calendar, walk.pauses)
    segments = explained.segments

    assert explained.due == deadline(walk.at(start), budget, walk.calendar, walk.pauses)
    assert sum((segment.end - segment.start for segment in segments), timedelta()) == budget
    assert explained.left == timedelta()
    assert [segment.end for segment in segments[-1:]] == [explained.due] * bool(budget)
    for segment in segments:
        assert working_time(segment.start, segment.end, walk.calendar) == segment.end - segment.start
    for earlier, later in pairwise(segments):
        assert earlier.end < later.start
    for stop, resume in explained.pauses:
        assert resume is not None
        assert stop < resume
        assert not any(segment.start < resume and stop < segment.end for segment in segments)


@given(walks(), moments, budgets)
def test_the_time_worked_until_a_deadline_is_its_budget(
    walk: Walk, start: datetime, budget: timedelta
) -> None:
    due = deadline(start, budget, walk.calendar, walk.pauses)
    assert working_time(start, due, walk.calendar, walk.pauses) == budget
    if budget:
        a_moment_before = due - timedelta(microseconds=1)
        assert working_time(start, a_moment_before, walk.calendar, walk.pauses) < budget


@given(walks(), moments, budgets, budgets)
def test_more_budget_is_never_due_earlier(
    walk: Walk, start: datetime, budget: timedelta, more: timedelta
) -> None:
    due = deadline(start, budget, walk.calendar, walk.pauses)
    later = deadline(start, budget + more, walk.calendar, walk.pauses)
    assert due <= later
    assert later == (deadline(due, more, walk.calendar, walk.pauses) if more else due)


@given(walks(), moments, st.timedeltas(timedelta(), 30 * DAY), budgets)
def test_a_later_start_is_never_due_earlier(
    walk: Walk, start: datetime, wait: timedelta, budget: timedelta
) -> None:
    due = deadline(start, budget, walk.calendar, walk.pauses)
    assert due <= deadline(start + wait, budget, walk.calendar, walk.pauses)


@given(walks(pausing=False), st.lists(moments, min_size=4, max_size=4).map(sorted))
def test_a_pause_takes_away_the_working_time_in_it(walk: Walk, instants: list[datetime]) -> None:
    start, stop, resume, end = instants
    running = working_time(start, end, walk.calendar, [(stop, resume)])
    assert running == working_time(start, end, walk.calendar) - working_time(stop, resume, walk.calendar)


@given(walks(), st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up(walk: Walk, instants: list[datetime]) -> None:
    start, between, end = instants
    first = working_time(start, between, walk.calendar, walk.pauses)
    rest = working_time(between, end, walk.calendar, walk.pauses)
    assert first + rest == working_time(start, end, walk.calendar, walk.pauses)


@given(moments, st.integers(0, 400), st.sampled_from([zone for zone, _ in PLACES]))
def test_a_day_ends_where_the_next_one_begins(anchor: datetime, days: int, zone: str) -> None:
    due = calendar_deadline(anchor, days, "cn_next_day", zone)
    last_day = anchor.astimezone(ZoneInfo(zone)).date() + days * DAY
    assert due.astimezone(ZoneInfo(zone)).date() > last_day
    assert (due - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() <= last_day


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_move_to_the_right_month(day: date, months: int) -> None:
    moved = month_add(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + DAY).day == 1)
