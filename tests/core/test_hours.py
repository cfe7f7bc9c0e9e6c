"""Working time, deadlines and their explanations: worked examples."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from core.hours import (
    Calendar,
    Hours,
    Mode,
    Pause,
    Segment,
    StillPaused,
    calendar_deadline,
    day_add,
    deadline,
    explain,
    month_add,
    working_time,
)

SHANGHAI = "Asia/Shanghai"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MONDAY, THURSDAY, FRIDAY, SATURDAY = (date(2026, 3, day) for day in (2, 5, 6, 7))
NEXT_MONDAY = date(2026, 3, 9)


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def on(day: date, time: str) -> datetime:
    return at(f"{day} {time}")


def office(opens: str, closes: str, zone: str = SHANGHAI, **days: object) -> Calendar:
    return Calendar(zone, {weekday: [(opens, closes)] for weekday in range(5)}, **days)  # type: ignore[arg-type]


def around_the_clock(zone: str) -> Calendar:
    return Calendar(zone, {weekday: [("00:00", "24:00")] for weekday in range(7)})


# --- the promises of the service clocks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calendar", "start", "budget", "due"),
    [
        (office("10:00", "18:00"), on(MONDAY, "20:00"), 30 * MINUTE, at("2026-03-03 10:30")),
        (office("10:00", "18:00"), on(MONDAY, "20:00"), 2 * HOUR, at("2026-03-03 12:00")),
        (office("10:00", "18:00"), on(FRIDAY, "17:00"), 30 * MINUTE, on(FRIDAY, "17:30")),
        (office("10:00", "18:00"), on(FRIDAY, "17:00"), 2 * HOUR, on(NEXT_MONDAY, "11:00")),
        (
            office("10:00", "18:00", holidays=[THURSDAY, FRIDAY]),
            on(THURSDAY, "15:00"),
            30 * MINUTE,
            on(NEXT_MONDAY, "10:30"),
        ),
        (
            office("10:00", "18:00", holidays=[THURSDAY, FRIDAY]),
            on(THURSDAY, "15:00"),
            2 * HOUR,
            on(NEXT_MONDAY, "12:00"),
        ),
        (
            Calendar(SHANGHAI, {4: [("09:00", "17:00")], 5: [("10:00", "14:00")], 0: [("09:00", "17:00")]}),
            on(FRIDAY, "18:00"),
            6 * HOUR,
            on(NEXT_MONDAY, "11:00"),
        ),
        (office("09:00", "17:00"), on(FRIDAY, "16:30"), HOUR, on(NEXT_MONDAY, "09:30")),
    ],
)
def test_a_deadline_counts_working_hours_only(
    calendar: Calendar, start: datetime, budget: timedelta, due: datetime
) -> None:
    assert deadline(start, budget, calendar) == due


def test_a_pause_over_a_holiday_weekend_counts_its_160_working_minutes() -> None:
    calendar = office("10:00", "18:00", holidays=[FRIDAY])
    created, pause = on(THURSDAY, "17:30"), (on(THURSDAY, "17:50"), on(NEXT_MONDAY, "12:30"))

    assert working_time(*pause, calendar) == 160 * MINUTE
    assert working_time(created, on(NEXT_MONDAY, "14:00"), calendar, [pause]) == 110 * MINUTE
    assert deadline(created, 30 * MINUTE, calendar, [pause]) == on(NEXT_MONDAY, "12:40")


def test_a_span_counted_from_the_latest_message_waits_for_the_pause_to_end() -> None:
    created = at("2026-03-02 08:00")
    pause = (created + 90 * MINUTE, created + 120 * MINUTE)

    due = deadline(created + 75 * MINUTE, 30 * MINUTE, around_the_clock(SHANGHAI), [pause])

    assert due == created + 135 * MINUTE


@pytest.mark.parametrize(
    ("pauses", "due"),
    [((), "15:00"), ([(at("2026-11-23 10:00"), at("2026-11-23 11:00"))], "16:00")],
)
def test_eight_business_hours_from_friday_afternoon(pauses: Sequence[Pause], due: str) -> None:
    calendar = office("09:00", "18:00")
    assert deadline(at("2026-11-20 16:00"), 8 * HOUR, calendar, pauses) == at(f"2026-11-23 {due}")


@pytest.mark.parametrize(
    ("start", "due"),
    [("2026-09-30 17:00", "2026-10-08 12:00"), ("2026-10-09 17:00", "2026-10-10 12:00")],
)
def test_national_day_and_its_make_up_saturday(start: str, due: str) -> None:
    calendar = office(
        "09:00",
        "18:00",
        holidays=[date(2026, 10, day) for day in range(1, 8)],
        extra_days={date(2026, 10, 10): [("09:00", "18:00")]},
    )
    assert deadline(at(start), 4 * HOUR, calendar) == at(due)


def test_evidence_is_due_within_four_hours_of_the_day_desk() -> None:
    """The dispute desk works from 09:00 to 18:00 every day; what is over continues the next morning."""
    calendar = Calendar(SHANGHAI, {weekday: [("09:00", "18:00")] for weekday in range(7)})
    assert deadline(on(SATURDAY, "16:00"), 4 * HOUR, calendar) == at("2026-03-08 11:00")
    assert deadline(on(SATURDAY, "20:00"), 4 * HOUR, calendar) == at("2026-03-08 13:00")
    assert deadline(on(SATURDAY, "03:00"), 4 * HOUR, calendar) == on(SATURDAY, "13:00")


# --- what a calendar means ----------------------------------------------------------------------------------


def test_lunch_is_not_worked() -> None:
    calendar = Calendar(SHANGHAI, {0: [("13:30", "18:00"), ("09:00", "12:00")]})
    assert deadline(on(MONDAY, "11:00"), 2 * HOUR, calendar) == on(MONDAY, "14:30")
    assert working_time(on(MONDAY, "00:00"), on(MONDAY, "23:59"), calendar) == 7.5 * HOUR


@pytest.mark.parametrize(
    "hours",
    [
        [("09:00", "12:00"), ("12:00", "18:00")],
        [("11:00", "18:00"), ("09:00", "13:00")],
        [("09:00", "18:00"), ("10:00", "11:00")],
        [("09:00", "18:00"), ("09:00", "18:00")],
    ],
)
def test_hours_that_touch_or_overlap_are_one(hours: Hours) -> None:
    calendar = Calendar(SHANGHAI, {0: hours})
    explained = explain(on(MONDAY, "08:00"), 9 * HOUR, calendar)
    assert explained.segments == (Segment(on(MONDAY, "09:00"), on(MONDAY, "18:00")),)


def test_hours_until_midnight_join_those_after_it() -> None:
    calendar = Calendar(SHANGHAI, {0: [("22:00", "24:00")], 1: [("00:00", "06:00")]})
    explained = explain(on(MONDAY, "08:00"), 8 * HOUR, calendar)
    assert explained.segments == (Segment(on(MONDAY, "22:00"), at("2026-03-03 06:00")),)


def test_an_extra_day_wins_over_holiday_and_weekday() -> None:
    calendar = office(
        "09:00",
        "18:00",
        holidays=[FRIDAY, THURSDAY],
        extra_days={FRIDAY: [("10:00", "12:00")], SATURDAY: [("09:00", "10:00")], NEXT_MONDAY: []},
    )
    worked = explain(on(THURSDAY, "00:00"), 4 * HOUR, calendar).segments
    assert worked == (
        Segment(on(FRIDAY, "10:00"), on(FRIDAY, "12:00")),
        Segment(on(SATURDAY, "09:00"), on(SATURDAY, "10:00")),
        Segment(at("2026-03-10 09:00"), at("2026-03-10 10:00")),
    )


@pytest.mark.parametrize(
    ("weekly", "complaint"),
    [
        ({}, "at least one day"),
        ({0: []}, "at least one day"),
        ({7: [("09:00", "18:00")]}, "0 .Monday. to 6"),
        ({0: [("9:00", "18:00")]}, '"9:00" is not a time of day'),
        ({0: [("09:00", "24:01")]}, '"24:01" is not a time of day'),
        ({0: [("09:00", "18:60")]}, '"18:60" is not a time of day'),
        ({0: [("22:00", "06:00")]}, "write 22:00 to 24:00, and what is left on the day after"),
        ({0: [("09:00", "09:00")]}, "do not end on the day they start"),
    ],
)
def test_a_calendar_that_cannot_be_counted_with_is_refused(weekly: dict[int, Hours], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Calendar(SHANGHAI, weekly)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is not a known time zone"):
        Calendar(zone, {0: [("09:00", "18:00")]})
    with pytest.raises(ValueError, match="is not a known time zone"):
        calendar_deadline(on(MONDAY, "09:00"), 7, "elapsed", zone)


def test_extra_days_alone_make_a_calendar_until_they_are_used_up() -> None:
    calendar = Calendar(SHANGHAI, {}, extra_days={SATURDAY: [("09:00", "12:00")]})
    assert deadline(on(MONDAY, "09:00"), 3 * HOUR, calendar) == on(SATURDAY, "12:00")
    with pytest.raises(ValueError, match="not enough working time"):
        deadline(on(MONDAY, "09:00"), 3 * HOUR + MINUTE, calendar)


# --- edges of a deadline ------------------------------------------------------------------------------------


def test_a_deadline_is_the_close_of_work_rather_than_the_next_opening() -> None:
    assert deadline(on(FRIDAY, "17:00"), HOUR, office("10:00", "18:00")) == on(FRIDAY, "18:00")


@pytest.mark.parametrize("time", ["12:00", "18:00", "23:00"])
def test_a_budget_of_zero_is_due_at_once(time: str) -> None:
    explained = explain(on(FRIDAY, time), timedelta(), office("10:00", "18:00"))
    assert (explained.due, explained.segments) == (on(FRIDAY, time), ())


def test_seconds_and_their_fractions_are_kept() -> None:
    calendar = office("10:00", "18:00")
    due = deadline(on(FRIDAY, "17:59:59.250000"), timedelta(seconds=2), calendar)
    assert due == on(NEXT_MONDAY, "10:00:01.250000")


def test_deadlines_come_in_utc() -> None:
    assert deadline(on(FRIDAY, "17:00"), HOUR, office("10:00", "18:00")).tzinfo is UTC


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        deadline(on(FRIDAY, "17:00"), -HOUR, office("10:00", "18:00"))


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="is before the start"):
        working_time(on(FRIDAY, "17:00"), on(FRIDAY, "16:00"), office("10:00", "18:00"))


def test_a_datetime_without_a_zone_is_refused() -> None:
    calendar, known, naive = (
        office("10:00", "18:00"),
        on(FRIDAY, "17:00"),
        datetime.fromisoformat("2026-03-06 17:00"),
    )
    for ask in (
        lambda: deadline(naive, HOUR, calendar),
        lambda: explain(naive, HOUR, calendar),
        lambda: working_time(known, naive, calendar),
        lambda: deadline(known, HOUR, calendar, [(naive, None)]),
        lambda: calendar_deadline(naive, 7, "eu", SHANGHAI),
        lambda: day_add(naive, 7, SHANGHAI),
    ):
        with pytest.raises(ValueError, match="has no time zone"):
            ask()


# --- pauses -------------------------------------------------------------------------------------------------


def test_pauses_may_come_in_any_order_overlap_and_lie_outside() -> None:
    calendar = office("10:00", "18:00")
    pauses = [
        (on(MONDAY, "15:00"), on(MONDAY, "16:00")),
        (on(MONDAY, "11:00"), on(MONDAY, "12:00")),
        (on(MONDAY, "11:30"), on(MONDAY, "13:00")),
        (on(MONDAY, "08:00"), on(MONDAY, "10:30")),
        (on(MONDAY, "14:00"), on(MONDAY, "14:00")),
        (on(FRIDAY, "10:00"), on(FRIDAY, "18:00")),
    ]
    explained = explain(on(MONDAY, "10:15"), 3 * HOUR, calendar, pauses)

    assert explained.due == on(MONDAY, "16:30")
    assert explained.segments == (
        Segment(on(MONDAY, "10:30"), on(MONDAY, "11:00")),
        Segment(on(MONDAY, "13:00"), on(MONDAY, "15:00")),
        Segment(on(MONDAY, "16:00"), on(MONDAY, "16:30")),
    )
    assert [segment.seconds for segment in explained.segments] == [1800, 7200, 1800]
    assert explained.pauses == (
        (on(MONDAY, "10:15"), on(MONDAY, "10:30")),
        (on(MONDAY, "11:00"), on(MONDAY, "13:00")),
        (on(MONDAY, "15:00"), on(MONDAY, "16:00")),
    )


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end before"):
        deadline(
            on(MONDAY, "10:00"),
            HOUR,
            office("10:00", "18:00"),
            [(on(MONDAY, "12:00"), on(MONDAY, "11:00"))],
        )


@pytest.mark.parametrize("stopped", ["11:30", "10:00", "09:00"])
def test_a_paused_clock_has_no_deadline(stopped: str) -> None:
    with pytest.raises(StillPaused):
        deadline(on(MONDAY, "10:00"), 2 * HOUR, office("10:00", "18:00"), [(on(MONDAY, stopped), None)])


def test_a_deadline_that_came_before_the_pause_stands() -> None:
    pauses = [(on(MONDAY, "12:00"), None)]
    explained = explain(on(MONDAY, "10:00"), 2 * HOUR, office("10:00", "18:00"), pauses)
    assert (explained.due, explained.pauses) == (on(MONDAY, "12:00"), ())


def test_a_paused_clock_tells_what_is_left() -> None:
    pauses = [(on(MONDAY, "10:30"), on(MONDAY, "11:00")), (on(MONDAY, "12:00"), None)]
    explained = explain(on(MONDAY, "10:00"), 2 * HOUR, office("10:00", "18:00"), pauses)

    assert (explained.due, explained.left) == (None, 30 * MINUTE)
    assert sum(segment.seconds for segment in explained.segments) == 90 * 60
    assert explained.pauses == tuple(pauses)


def test_working_time_stops_where_an_open_pause_begins() -> None:
    calendar, start = office("10:00", "18:00"), on(MONDAY, "10:00")
    pauses = [(on(MONDAY, "12:00"), None)]
    assert working_time(start, on(MONDAY, "11:00"), calendar, pauses) == HOUR
    assert working_time(start, on(FRIDAY, "18:00"), calendar, pauses) == 2 * HOUR


# --- clocks that change -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # the day begins at 01:00
        ("America/Havana", date(2026, 11, 1), 25),  # 00:00 comes twice
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a date that never was
        (SHANGHAI, date(2026, 3, 8), 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: float) -> None:
    calendar = Calendar(zone, {}, extra_days={day: [("00:00", "24:00")]})
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert working_time(noon - 2 * DAY, noon + 2 * DAY, calendar) == hours * HOUR


def test_hours_that_the_clocks_skip_are_not_worked() -> None:
    calendar = Calendar("Europe/Berlin", {6: [("01:00", "04:00")]})
    start = at("2026-03-29 00:00", "Europe/Berlin")
    assert deadline(start, 2 * HOUR, calendar) == datetime(2026, 3, 29, 2, tzinfo=UTC)
    assert explain(start, 2 * HOUR, calendar).segments == (
        Segment(datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC)),
    )


def test_hours_that_the_clocks_repeat_are_worked_twice() -> None:
    calendar = Calendar("Europe/Berlin", {6: [("02:00", "02:30")]})
    start = at("2026-10-25 00:00", "Europe/Berlin")
    assert explain(start, HOUR, calendar).segments == (
        Segment(datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        Segment(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    )


def test_office_hours_keep_their_time_of_day_all_year() -> None:
    calendar = office("09:00", "17:00", "America/New_York")
    before = at("2026-03-06 16:00", "America/New_York")
    assert deadline(before, 2 * HOUR, calendar) == at("2026-03-09 10:00", "America/New_York")


def test_ramadan_clocks_a_month_apart_are_seen() -> None:
    calendar = around_the_clock("Africa/Casablanca")
    start = at("2026-01-01 00:00", "Africa/Casablanca")
    assert working_time(start, at("2027-01-01 00:00", "Africa/Casablanca"), calendar) == 365 * DAY


# --- years ahead --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [SHANGHAI, "America/New_York"])
def test_a_budget_of_ten_years_takes_no_time(zone: str) -> None:
    """Ten years of round-the-clock time are some forty of office hours."""
    calendar = office("09:00", "18:00", zone, holidays=[date(year, 12, 25) for year in range(2020, 2080)])
    start, budget = at("2026-03-02 09:00", zone), 3652 * DAY

    began = process_time()
    due = deadline(start, budget, calendar)
    worked = working_time(start, due, calendar)
    took = process_time() - began

    assert due.year > 2060
    assert worked == budget
    assert took < 0.05


def test_a_budget_beyond_all_years_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough working time"):
        deadline(at("9990-01-01 09:00"), 3652 * DAY, office("09:00", "18:00"))


# --- calendar days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "zone", "days", "mode", "due"),
    [
        # signed for, seven days of no-reason return
        ("2026-03-01 10:00", SHANGHAI, 7, "cn_next_day", "2026-03-08T16:00:00+00:00"),
        # possession, fourteen days of withdrawal, the clocks go back in between
        ("2026-10-20 12:00", "Europe/Berlin", 14, "eu", "2026-11-03T23:00:00+00:00"),
        # seven times 24 hours, the clocks go back in between
        ("2026-11-01 00:30", "America/New_York", 7, "elapsed", "2026-11-07T23:30:00-05:00"),
        ("2026-02-10 09:00", SHANGHAI, 10, "elapsed", "2026-02-20T09:00:00+08:00"),
        # goods back: refund by the 13th, punishable after the 21st
        ("2026-05-06 15:00", SHANGHAI, 7, "cn_next_day", "2026-05-14T00:00:00+08:00"),
        ("2026-05-06 15:00", SHANGHAI, 15, "cn_next_day", "2026-05-22T00:00:00+08:00"),
        # notice of withdrawal: refund by the 20th
        ("2026-05-06 15:00", "Europe/Berlin", 14, "eu", "2026-05-21T00:00:00+02:00"),
        # the very day
        ("2026-05-06 23:59", SHANGHAI, 0, "cn_next_day", "2026-05-07T00:00:00+08:00"),
        # the local date counts, not the one in UTC
        ("2026-05-06 01:00", SHANGHAI, 1, "cn_next_day", "2026-05-08T00:00:00+08:00"),
        # a day that begins at 01:00
        ("2018-11-02 12:00", "America/Sao_Paulo", 1, "cn_next_day", "2018-11-04T03:00:00+00:00"),
        # a midnight that comes twice: the day ends at the first
        ("2026-10-30 12:00", "America/Havana", 1, "cn_next_day", "2026-11-01T04:00:00+00:00"),
    ],
    ids=[
        *("E19", "E21", "E24", "E25", "E31 refund", "E31 punishable", "E32"),
        *("the very day", "local date", "day from 01:00", "midnight twice"),
    ],
)
def test_a_period_of_days_ends(anchor: str, zone: str, days: int, mode: Mode, due: str) -> None:
    assert calendar_deadline(at(anchor, zone), days, mode, zone) == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("anchor", "last_day"),
    [
        ("2026-12-04", "2026-12-18"),  # a Friday stays
        ("2026-12-05", "2026-12-21"),  # Saturday gives way to Monday
        ("2026-12-06", "2026-12-21"),  # and so does Sunday
        ("2026-12-11", "2026-12-28"),  # Christmas on Friday and Saturday
        ("2026-12-18", "2027-01-04"),  # New Year on Friday
    ],
)
def test_a_european_period_never_ends_on_a_day_off(anchor: str, last_day: str) -> None:
    holidays = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}
    due = calendar_deadline(at(f"{anchor} 10:00", "Europe/Berlin"), 14, "eu", "Europe/Berlin", holidays)
    assert due == at(f"{last_day} 00:00", "Europe/Berlin") + DAY


@pytest.mark.parametrize("mode", ["cn_next_day", "elapsed"])
def test_other_periods_end_on_holidays_too(mode: Mode) -> None:
    holidays = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)]
    anchor = at("2026-03-01 10:00")
    assert calendar_deadline(anchor, 7, mode, SHANGHAI, holidays) == calendar_deadline(
        anchor, 7, mode, SHANGHAI
    )


def test_a_negative_period_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        calendar_deadline(at("2026-03-01 10:00"), -1, "elapsed", SHANGHAI)


def test_days_on_the_wall_clock_keep_the_time_of_day() -> None:
    new_york = "America/New_York"
    assert day_add(at("2026-11-01 00:30", new_york), 7, new_york) == at("2026-11-08 00:30", new_york)


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_are_clamped_to_their_last_day(day: date, months: int, result: date) -> None:
    assert month_add(day, months) == result
