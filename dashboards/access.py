"""Which rows behind a figure a member of staff may see."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from core.paging import Keyset
from dashboards.figures import by_day, days_of, rows_in
from dashboards.kpis import Kpi, Measure, Scope
from dashboards.periods import ONE_DAY, Period, day_of
from dashboards.rules import NO_DATA
from dashboards.states import Behind

PAGE = 50


def rows_behind(
    user: User, measure: Measure, period: Period, scope: Scope, which: str, at: datetime
) -> QuerySet[Any]:
    """The rows of the same query that makes the figure, as far as this member may see what they belong to."""
    rows = measure.visible.among(rows_in(measure, period, scope, at), user)
    if which == Behind.HITS:
        rows = rows.filter(hits__gt=0)
    elif which == Behind.REST:
        rows = rows.filter(hits__lt=F("counts"))
    if which != Behind.ALL and isinstance(measure, Kpi):
        rows = days_of(rows, _days_with(which, measure, period, scope, at))
    return rows.select_related(*measure.related).defer(*measure.hidden)


def _days_with(which: str, measure: Measure, period: Period, scope: Scope, at: datetime) -> list[date]:
    """The days on which there is anything to find: by their sums, and those still in motion.

    Few rows in a long period would else be looked for among all the others.
    """
    sums = by_day([measure], period, scope)[measure.slug]
    moving = {day_of(at), day_of(at) - ONE_DAY}
    return [
        day
        for day in period.each_day()
        if day in moving
        or (sums.get(day, NO_DATA).numerator if which == Behind.HITS else sums.get(day, NO_DATA).rest)
    ]


def newest_first(measure: Measure) -> Keyset:
    """The order in which rows behind a figure are walked."""
    return Keyset((f"-{measure.moment}", "-pk"), size=PAGE)
