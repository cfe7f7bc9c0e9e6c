"""Dates and times as the reader writes them, in the reader's zone."""

from datetime import date, datetime, timedelta

from babel.dates import format_date, format_datetime, format_time, format_timedelta
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _


def locale() -> str:
    """The active language as a CLDR locale name ("zh_Hans", "en")."""
    return to_locale(get_language() or "en")


def exact(moment: datetime) -> str:
    """Everything there is to know: "Sunday, 8 March 2026, 14:05 (Asia/Shanghai)"."""
    here = timezone.localtime(moment)
    text = format_datetime(here, _EXACT_PATTERN.get(locale(), "EEEE, d MMMM y, HH:mm"), locale=locale())
    return f"{text} ({timezone.get_current_timezone_name()})"


_EXACT_PATTERN = {"zh_Hans": "y年M月d日EEEE HH:mm"}
_SHORT_PATTERN = {"zh_Hans": ("M月d日", "y年M月d日"), "en": ("d MMM", "d MMM y")}


def day(when: datetime | date, now: datetime) -> str:
    """ "8 Mar", with the year when it is not this one."""
    here = timezone.localtime(when).date() if isinstance(when, datetime) else when
    short, long = _SHORT_PATTERN.get(locale(), _SHORT_PATTERN["en"])
    same_year = here.year == timezone.localtime(now).year
    return format_date(here, short if same_year else long, locale=locale())


def relative(moment: datetime, now: datetime) -> str:
    """ "just now", "5 min ago", "in 3 hours"; beyond a day the weekday or date with the time."""
    distance = moment - now
    if abs(distance) < timedelta(minutes=1):
        return _("just now")
    if abs(distance) < timedelta(hours=20):
        return format_timedelta(distance, add_direction=True, format="short", threshold=1, locale=locale())
    here = timezone.localtime(moment)
    return f"{_day_word(here.date(), now)} {format_time(here, 'HH:mm', locale=locale())}"


def _day_word(here: date, now: datetime) -> str:
    words = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return words.get((here - timezone.localtime(now).date()).days) or day(here, now)
