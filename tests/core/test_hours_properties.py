"""Working time against the plainest possible count: look at the wall clock, minute by minute."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.hours import StillPaused, calendar_deadline, deadline, explain, month_add, working_time
from tests.core.week import (
    DAY,
    MINUTE,
    PLACES,
    WEEK,
    Walk,
    budgets,
    moments,
    random_walks,
    walked_minutes,
    walks,
    wall,
)


def still_paused(walk: Walk, since: int) -> Walk:
    """The same walk, standing still from a minute of it on, nobody knows until when."""
    return replace(walk, pauses=[*walk.pauses, (walk.at(since), None)])


thousands = settings(max_examples=1500)


@thousands
@given(random_walks, walked_minutes, walked_minutes)
def test_working_time_is_what_a_walk_counts(walk: Walk, one: int, other: int) -> None:
    start, end = sorted((one, other))
    counted = sum(walk.worked[start:end]) * MINUTE
    assert working_time(walk.at(start), walk.at(end), walk.calendar, walk.pauses) == counted


@thousands
@given(random_walks, walked_minutes, st.data())
def test_a_deadline_is_where_a_walk_has_counted_the_budget(
    walk: Walk, start: int, data: st.DataObject
) -> None:
    available = [minute for minute in range(start, WEEK) if walk.worked[minute]]
    count = data.draw(st.integers(0, len(available)))
    due = walk.at(available[count - 1] + 1 if count else start)
    assert deadline(walk.at(start), count * MINUTE, walk.calendar, walk.pauses) == due


@thousands
@given(random_walks, walked_minutes, walked_minutes)
def test_a_clock_that_stands_still_keeps_what_a_walk_has_not_counted(
    walk: Walk, start: int, since: int
) -> None:
    standing = still_paused(walk, since)
    counted = sum(standing.worked[start:]) * MINUTE
    explained = explain(walk.at(start), counted + MINUTE, walk.calendar, standing.pauses)
    assert (explained.due, explained.left) == (None, MINUTE)
    assert working_time(walk.at(start), walk.at(WEEK), walk.calendar, standing.pauses) == counted
    with pytest.raises(StillPaused):
        deadline(walk.at(start), counted + MINUTE, walk.calendar, standing.pauses)


@thousands
@given(random_walks, walked_minutes)
def test_the_segments_of_an_explanation_are_those_of_a_walk(walk: Walk, start: int) -> None:
    worked = [*walk.worked[start:], False]
    edges = [start + place for place, now in enumerate(worked) if now != (place > 0 and worked[place - 1])]
    walked = [
        (walk.at(opens), walk.at(closes)) for opens, closes in zip(edges[::2], edges[1::2], strict=True)
    ]
    explained = explain(walk.at(start), sum(worked) * MINUTE, walk.calendar, walk.pauses)
    assert [(segment.start, segment.end) for segment in explained.segments] == walked


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


@thousands
@given(st.sampled_from(PLACES), walked_minutes, st.integers(0, 4))
def test_a_period_of_days_ends_where_a_walk_leaves_its_last_day(
    place: tuple[str, datetime], anchor: int, days: int
) -> None:
    zone, first = place[0], place[1] - 4 * DAY
    shown = wall(zone, first)
    last_day = shown[anchor][0] + days * DAY
    end = next((minute for minute in range(anchor, WEEK) if shown[minute][0] > last_day), None)
    due = calendar_deadline(first + anchor * MINUTE, days, "cn_next_day", zone)
    assert due == first + end * MINUTE if end is not None else due >= first + WEEK * MINUTE


@given(moments, st.integers(0, 400), st.sampled_from([zone for zone, _ in PLACES]), st.data())
def test_a_european_period_ends_with_the_next_day_that_is_worked(
    anchor: datetime, days: int, zone: str, data: st.DataObject
) -> None:
    day = last_day = anchor.astimezone(ZoneInfo(zone)).date() + days * DAY
    off = data.draw(st.sets(st.integers(0, 12).map(lambda later: last_day + later * DAY)))
    while day.weekday() in (5, 6) or day in off:
        day += DAY
    due = calendar_deadline(anchor, days, "eu", zone, off)
    assert due == calendar_deadline(anchor, days + (day - last_day).days, "cn_next_day", zone)


@thousands
@given(moments, st.integers(0, 400), st.sampled_from([zone for zone, _ in PLACES]))
def test_a_day_ends_where_the_next_one_begins(anchor: datetime, days: int, zone: str) -> None:
    due = calendar_deadline(anchor, days, "cn_next_day", zone)
    last_day = anchor.astimezone(ZoneInfo(zone)).date() + days * DAY
    assert due.astimezone(ZoneInfo(zone)).date() > last_day
    assert (due - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date() <= last_day


@thousands
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
def test_months_move_to_the_right_month(day: date, months: int) -> None:
    moved = month_add(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + DAY).day == 1)
