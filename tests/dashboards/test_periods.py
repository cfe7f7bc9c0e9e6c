"""Service days, periods and the steps of a trend."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dashboards.periods import Period, day_of, start_of

NOV_23 = date(2026, 11, 23)


def test_a_day_begins_at_midnight_of_the_service_zone() -> None:
    assert start_of(NOV_23) == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 22, 16, tzinfo=UTC)) == NOV_23


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)]
)
def test_days_are_as_long_as_they_are(settings: Any, day: date, hours: int) -> None:
    settings.SERVICE_ZONE = "Europe/Berlin"
    period = Period(day, day)
    assert period.end - period.start == timedelta(hours=hours)


def test_the_period_before_is_as_long_and_touches() -> None:
    period = Period.ending(NOV_23, 7)
    assert (period.first, period.days) == (date(2026, 11, 17), 7)
    assert period.previous == Period(date(2026, 11, 10), date(2026, 11, 16))
    assert period.previous.end == period.start


@pytest.mark.parametrize(("days", "steps"), [(1, 1), (31, 31), (32, 6), (90, 14), (365, 13)])
def test_steps_are_days_weeks_or_months(days: int, steps: int) -> None:
    period = Period.ending(NOV_23, days)
    found = period.steps()
    assert len(found) == steps
    assert [day for step in found for day in step.each_day()] == list(period.each_day())


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    assert {step.first.weekday() for step in Period.ending(NOV_23, 90).steps()[1:]} == {0}
    assert {step.first.day for step in Period.ending(NOV_23, 365).steps()[1:]} == {1}
