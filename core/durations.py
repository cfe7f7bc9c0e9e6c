"""How long, in words: one way of rounding for pages, and the same one in static/js/deadlines.js."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FINE_UNTIL = 4 * HOUR
"""Up to here hours are told with their minutes."""

HOURS_UNTIL = 48 * HOUR
"""Up to here hours are told, afterwards days."""


@dataclass(frozen=True)
class Span:
    """A rounded length: whole days, or hours with minutes, or minutes. Never less than one minute."""

    days: int = 0
    hours: int = 0
    minutes: int = 0


def rounded(length: timedelta) -> Span:
    """The length as people say it: 38 min, 1 h 20 min, 26 h, 5 days. Always rounded down."""
    seconds = abs(int(length.total_seconds()))
    if seconds >= HOURS_UNTIL:
        return Span(days=seconds // DAY)
    if seconds >= FINE_UNTIL:
        return Span(hours=seconds // HOUR)
    if seconds >= HOUR:
        return Span(hours=seconds // HOUR, minutes=seconds % HOUR // MINUTE)
    return Span(minutes=max(1, seconds // MINUTE))


def day_pattern(count: int) -> str:
    """ "%(count)s days" in the active language, with the form for `count`."""
    return ngettext("%(count)s day", "%(count)s days", count)


def words(length: timedelta) -> str:
    """The rounded length in the active language."""
    return said(rounded(length))


def said(span: Span) -> str:
    """A rounded length in the active language."""
    if span.days:
        return day_pattern(span.days) % {"count": span.days}
    if span.hours and span.minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": span.hours, "minutes": span.minutes}
    if span.hours:
        return _("%(hours)s h") % {"hours": span.hours}
    return _("%(minutes)s min") % {"minutes": span.minutes}


def until(due_at: datetime, now: datetime) -> str:
    """ "due in 38 min" or "2 h late"."""
    return _until(rounded(due_at - now), due_at > now, get_language())


@lru_cache(maxsize=4096)
def _until(span: Span, is_ahead: bool, _language: str | None) -> str:
    pattern = _("due in %(time)s") if is_ahead else _("%(time)s late")
    return pattern % {"time": said(span)}
