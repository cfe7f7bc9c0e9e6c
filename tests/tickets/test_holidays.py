"""Public holidays and extra working days, against another collection and where two years meet."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from core.hours import working_time
from tickets import calendars
from tickets.defaults import OFFICE, OFFICE_DAY, chinese_days
from tickets.holiday_names import NAMES, chinese_name
from tickets.holidays import COUNTRIES, public_holidays

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)

MISSING_THERE = {date(2005, 12, 31)}
"""A Saturday, worked for 3 January 2006 (国办发明电〔2005〕35号); only the day off is known there."""


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


@pytest.mark.parametrize("year", YEARS)
def test_the_working_days_of_china_are_those_of_another_collection(year: int) -> None:
    """Every date it knows, in a calendar as a fresh installation gets it."""
    office = calendars.build(str(OFFICE["zone"]), OFFICE["weekly"], **chinese_days(year))
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    days = [first + number * DAY for number in range((end - first).days)]
    worked = {day for day in days if working_time(midnight(day), midnight(day + DAY), office)}
    theirs = {day for day in days if chinese_calendar.is_workday(day)}
    assert worked == theirs | MISSING_THERE.intersection(days)


def test_a_december_day_that_is_worked_for_the_next_new_year_belongs_to_its_own_year() -> None:
    assert date(2006, 12, 30) in public_holidays("CN", [2006]).make_up_days
    assert date(2006, 12, 30) not in public_holidays("CN", [2007]).make_up_days


def test_a_day_that_is_worked_has_the_hours_of_the_office() -> None:
    assert chinese_days(2026)["extra_days"]["2026-10-10"] == OFFICE_DAY


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("country", COUNTRIES)
def test_holidays_of_every_country_offered_have_chinese_names(country: str) -> None:
    for day, name in public_holidays(country, range(2024, 2030)).days.items():
        assert re.search(r"[\u4e00-\u9fff]", name["zh"]), (day, name)
        assert not re.search(r"[a-zA-Z]", name["zh"]), (day, name)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Christmas Day", "圣诞节"),
        ("Christmas Day (observed)", "圣诞节（补休）"),
        ("Eid al-Fitr (Second Day) (estimated)", "开斋节次日（预计）"),
        ("Alternative holiday for Hangul Day", "韩文日补休"),
        ("Day off (substituted from 05/04/2024)", "调休（2024年5月4日补班）"),
        ("Ascension Day; Labor Day", "耶稣升天节、劳动节"),
        ("Labor Day; Day of the Unknown", None),
    ],
)
def test_a_holiday_has_its_usual_chinese_name(english: str, chinese: str | None) -> None:
    assert chinese_name(english) == chinese


def test_a_name_that_nobody_knows_stays_as_its_country_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(NAMES, "German Unity Day")
    assert public_holidays("DE", [2026]).days["2026-10-03"]["zh"] == "Tag der Deutschen Einheit"
