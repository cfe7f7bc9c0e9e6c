"""Dates and times as the reader writes them, in the reader's zone."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime, format_timedelta, get_month_names
from django.utils import timezone
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _


def locale() -> str:
    """The active language as a CLDR locale name ("zh_Hans", "en")."""
    return _locale(get_language() or "en")


_locale = lru_cache(maxsize=8)(to_locale)


def exact(moment: datetime) -> str:
    """Everything there is to know: "Sunday, 8 March 2026, 14:05 (Asia/Shanghai)"."""
    return _exact(moment, timezone.get_current_timezone_name(), locale())


@lru_cache(maxsize=4096)
def _exact(moment: datetime, zone: str, name: str) -> str:
    """Lists show the same moments again and again, and patterns take their time."""
    pattern = pgettext("date pattern", "EEEE, d MMMM y, HH:mm")
    return f"{format_datetime(timezone.localtime(moment), pattern, locale=name)} ({zone})"


@lru_cache(maxsize=1024)
def _formatted_day(here: date, pattern: str, name: str) -> str:
    return format_date(here, pattern, locale=name)


def day(when: datetime | date, now: datetime) -> str:
    """ "8 Mar", with the year when it is not this one."""
    here = timezone.localtime(when).date() if isinstance(when, datetime) else when
    same_year = here.year == timezone.localtime(now).year
    pattern = pgettext("date pattern", "d MMM") if same_year else pgettext("date pattern", "d MMM y")
    return _formatted_day(here, pattern, locale())


def relative(moment: datetime, now: datetime) -> str:
    """ "just now", "5 min ago", "in 3 hours"; beyond a day the weekday or date with the time."""
    distance = moment - now
    if abs(distance) < timedelta(minutes=1):
        return _("just now")
    if abs(distance) < timedelta(hours=20):
        return _distance(round(distance.total_seconds() / 60), locale())
    here = timezone.localtime(moment)
    return f"{_day_word(here.date(), now)} {here:%H:%M}"


@lru_cache(maxsize=8192)
def _distance(minutes: int, name: str) -> str:
    return format_timedelta(
        timedelta(minutes=minutes), add_direction=True, format="short", threshold=1, locale=name
    )


def _day_word(here: date, now: datetime) -> str:
    match (here - timezone.localtime(now).date()).days:
        case 0:
            return _("today")
        case -1:
            return _("yesterday")
        case 1:
            return _("tomorrow")
    return day(here, now)


MONTHS = {name: number for number, name in get_month_names("wide", locale="en").items()}
CLOCK = r"(?P<time>\d{2}:\d{2}) \((?P<zone>\S+)\)"
WRITTEN = (
    re.compile(r"(?P<y>\d{4})\u5e74(?P<m>\d{1,2})\u6708(?P<d>\d{1,2})\u65e5\S* " + CLOCK),
    re.compile(r"\w+, (?P<d>\d{1,2}) (?P<m>\w+) (?P<y>\d{4}), " + CLOCK),
)


def written(text: str) -> datetime | None:
    """The moment that `exact` wrote, in its zone; None for any other text."""
    found = next((match for one in WRITTEN if (match := one.fullmatch(text))), None)
    if found is None:
        return None
    month = int(found["m"]) if found["m"].isdecimal() else MONTHS.get(found["m"], 0)
    hour, minute = found["time"].split(":")
    try:
        zone = ZoneInfo(found["zone"])
        return datetime(int(found["y"]), month, int(found["d"]), int(hour), int(minute), tzinfo=zone)
    except (ValueError, ZoneInfoNotFoundError):
        return None
