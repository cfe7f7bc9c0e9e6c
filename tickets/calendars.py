"""From a stored service calendar to the one that counts: `core.hours.Calendar`."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from core.hours import Calendar, Hours
from tickets.models import ServiceCalendar

_WEEKDAYS = {str(weekday): weekday for weekday in range(7)}


def calendar_of(stored: ServiceCalendar) -> Calendar:
    """The calendar behind a row; equal rows share one, with what it has already added up."""
    return _built(stored.zone, _key(stored.weekly), _key(stored.holidays), _key(stored.extra_days))


def build(zone: str, weekly: Any, holidays: Any, extra_days: Any) -> Calendar:
    """A calendar from plain JSON values; what it cannot count with raises ValueError with a sentence."""
    return Calendar(
        zone=zone,
        weekly=weekly_hours(weekly),
        holidays=holiday_dates(holidays),
        extra_days=hours_by_date(extra_days),
    )


def weekly_hours(value: Any) -> dict[int, Hours]:
    """{"0": [["09:00", "18:00"]]} as hours by weekday, 0 = Monday."""
    return {_weekday(day): _hours(hours) for day, hours in _mapping(value).items()}


def holiday_dates(value: Any) -> frozenset[date]:
    """["2026-10-01"] as dates."""
    if not isinstance(value, list):
        raise ValueError(_('Holidays are a list of dates such as ["2026-10-01"].'))  # noqa: TRY004
    return frozenset(_date(day) for day in value)


def hours_by_date(value: Any) -> dict[date, Hours]:
    """{"2026-10-10": [["09:00", "18:00"]]} as hours by date."""
    return {_date(day): _hours(hours) for day, hours in _mapping(value).items()}


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(_('Hours by day are written as {"0": [["09:00", "18:00"]]}.'))  # noqa: TRY004
    return value


@lru_cache(maxsize=64)
def _built(zone: str, weekly: str, holidays: str, extra_days: str) -> Calendar:
    return build(zone, json.loads(weekly), json.loads(holidays), json.loads(extra_days))


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _weekday(text: Any) -> int:
    try:
        return _WEEKDAYS[text]
    except (KeyError, TypeError) as error:
        raise ValueError(_("“%s” is not a weekday; they are 0 (Monday) to 6 (Sunday).") % text) from error


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ValueError(_("“%s” is not a date such as 2026-10-01.") % text) from error


def _hours(value: Any) -> Hours:
    if not isinstance(value, list) or not all(_is_pair(pair) for pair in value):
        written = json.dumps(value, ensure_ascii=False)
        raise ValueError(_('Hours are pairs such as [["09:00", "18:00"]], not %s.') % written)
    return [(opens, closes) for opens, closes in value]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(time, str) for time in value)
