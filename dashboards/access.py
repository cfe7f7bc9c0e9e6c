"""Which rows behind a figure a member of staff may see."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from core.paging import Keyset
from dashboards.figures import rows_in
from dashboards.kpis import Measure, Scope
from dashboards.periods import Period
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
    return rows.select_related(*measure.related).defer(*measure.hidden)


def newest_first(measure: Measure) -> Keyset:
    """The order in which rows behind a figure are walked."""
    return Keyset((f"-{measure.moment}", "-pk"), size=PAGE)
