"""Figures as the reader writes them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import gettext as _

from core import clock, dates
from dashboards import rules
from dashboards.periods import Period
from dashboards.states import Better

MINUS = "\u2212"


def share(value: Decimal | None, better: Better) -> str:
    """ "95.2", never rounded in our own favour; "" without data."""
    if value is None:
        return ""
    return _plain(rules.rounded(value, better), "#,##0.0")


def target(value: Decimal) -> str:
    """ "95" or "97.5"."""
    return _plain(value, "#,##0.##")


def points(change: Decimal) -> str:
    """ "1.2": the size of a change; its direction is drawn."""
    return _plain(abs(change).quantize(rules.TENTH), "#,##0.0")


def whole(number: int) -> str:
    """ "12,345"."""
    return _plain(Decimal(number), "#,##0")


def _plain(value: Decimal, pattern: str) -> str:
    return _written(value, pattern, dates.locale())


@lru_cache(maxsize=4096)
def _written(value: Decimal, pattern: str, name: str) -> str:
    """A page of figures has hundreds of numbers, many of them small and the same."""
    return str(format_decimal(value, pattern, locale=name))


def span(period: Period) -> str:
    """ "1 Mar" or "1 Mar – 7 Mar"."""
    if period.first == period.last:
        return day(period.first)
    return _("%(first)s – %(last)s") % {"first": day(period.first), "last": day(period.last)}


def day(value: date) -> str:
    """ "8 Mar", with the year when it is not this one."""
    return dates.day(value, clock.now())


def weekday(value: date) -> str:
    """ "Mon, 8 Mar"."""
    return f"{format_date(value, 'EEE', locale=dates.locale())} {day(value)}"
