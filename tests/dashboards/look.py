"""Looking at figures in tests."""

from datetime import date

from core import clock
from dashboards import figures
from dashboards.kpis import EVERYTHING, Measure, Scope
from dashboards.periods import Period, day_of
from dashboards.rules import Figure


def counted(
    measure: Measure, first: date | None = None, last: date | None = None, scope: Scope = EVERYTHING
) -> Figure:
    """A figure from its rows: of a day or some days, today unless said otherwise."""
    at = clock.now()
    first = first or day_of(at)
    return figures.counted(measure, Period(first, last or first), scope, at)


def ever(measure: Measure, scope: Scope = EVERYTHING) -> Figure:
    """A figure of all days until now."""
    return counted(measure, date(2020, 1, 1), day_of(clock.now()), scope)


def stored(measure: Measure, first: date, last: date, scope: Scope = EVERYTHING) -> Figure:
    """The same from the stored sums."""
    return figures.totals([measure], Period(first, last), scope)[measure.slug]
