"""Sentences for refusals and events of targets."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, dates
from dashboards.kpis import KPI_BY_SLUG

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]

REFUSALS: dict[str, Words] = {
    "target.in_the_past": gettext_lazy(
        "A target holds from today at the earliest; the past stays what it was judged by."
    ),
    "target.not_a_share": gettext_lazy("A target is a share from 0 to 100 percent."),
}


def _set(facts: Facts) -> str:
    return _("%(actor)s set the target of “%(kpi)s” to %(value)s %% from %(date)s") % {
        **facts,
        "kpi": KPI_BY_SLUG[facts["kpi"]].name,
        "date": dates.day(date.fromisoformat(facts["date"]), clock.now()),
    }


EVENTS: dict[str, Words] = {"target.set": _set}
