"""From a stored service calendar to the one that counts: `core.hours.Calendar`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.hours import Calendar, Hours
from tickets.models import CalendarVersion

_WEEKDAYS = {str(weekday): weekday for weekday in range(7)}


def calendar_of(stored: CalendarVersion) -> Calendar:
    """The calendar of a version; equal ones share what is already added up."""
    if stored.published_at is None:
        return _of(stored)
    if stored.counted is None:  # a published version never changes
        stored.counted = _of(stored)
    return stored.counted


def _of(stored: CalendarVersion) -> Calendar:
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
    """{"2026-10-01": {"en": "National Day", "zh": "国庆节"}} as dates; the names are for people."""
    if not isinstance(value, Mapping) or not all(_is_name(name) for name in value.values()):
        raise ValueError(_('Holidays have a name by date, as {"2026-10-01": {"en": "…", "zh": "…"}}.'))
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


def _is_name(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(part), str) for part in ("en", "zh"))


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(time, str) for time in value)


# --- as people write them ----------------------------------------------------------------------------

_DASHES = re.compile(r"\s*[-–—~～]\s*")


def read_hours(text: str) -> list[list[str]]:
    """Hours such as 09:00–12:00, 13:00–18:00 as stored; nothing, or "closed" in any language, is none."""
    if text.strip().casefold() in _closed_words():
        return []
    hours = [_DASHES.split(span.strip()) for span in re.split(r"[,，;；]", text) if span.strip()]
    if bad := [span for span in hours if len(span) != 2]:
        raise ValueError(_("“%s” is not a span of hours such as 09:00–18:00.") % "-".join(bad[0]))
    Calendar("UTC", {0: [(opens, closes) for opens, closes in hours]})  # refuses what is no time of day
    return hours


def _closed_words() -> set[str]:
    """What stands for a day without hours, whatever language it was written in."""
    words = {""}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words.add(_("closed").casefold())
    return words


def write_hours(hours: Iterable[Iterable[str]]) -> str:
    """The same back again."""
    return ", ".join("–".join(span) for span in hours)


def read_holidays(text: str) -> dict[str, dict[str, str]]:
    """Lines of "2026-10-01 National Day | 国庆节" as stored; one name stands for both languages."""
    found: dict[str, dict[str, str]] = {}
    for day, rest in _lines(text):
        english, _bar, chinese = (part.strip() for part in rest.partition("|"))
        found[day] = {"en": english or chinese or day, "zh": chinese or english or day}
    return dict(sorted(found.items()))


def write_holidays(holidays: Mapping[str, Mapping[str, str]]) -> str:
    """The same back again."""
    return "\n".join(f"{day} {name['en']} | {name['zh']}" for day, name in sorted(holidays.items()))


def read_extra_days(text: str) -> dict[str, list[list[str]]]:
    """Lines of "2026-10-10 09:00–18:00" or "2026-12-24 closed" as a calendar stores them."""
    return dict(sorted((day, read_hours(rest)) for day, rest in _lines(text)))


def write_extra_days(extra_days: Mapping[str, Iterable[Iterable[str]]]) -> str:
    """The same back again."""
    closed = _("closed")
    return "\n".join(f"{day} {write_hours(hours) or closed}" for day, hours in sorted(extra_days.items()))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _space, rest = line.partition(" ")
        yield _date(day).isoformat(), rest.strip()
