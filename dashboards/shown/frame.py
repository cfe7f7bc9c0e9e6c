"""What stands around figures: the periods to choose from, how fresh they are, ways to the rows behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.dates import get_timezone_location
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates
from dashboards import figures, numerals
from dashboards.forms import CUSTOM, PRESETS, USUAL
from dashboards.kpis import Kpi, Measure
from dashboards.periods import zone
from dashboards.rules import Figure
from dashboards.selection import Selection
from dashboards.states import Behind

STALE_AFTER = timedelta(minutes=5)


def behind_url(measure: Measure, query: str) -> str:
    """Where the rows behind a measure are."""
    return reverse("dashboards:behind", args=[measure.slug]) + query


def periods(selection: Selection, **kept: str) -> list[dict[str, Any]]:
    """The periods to choose from, as links that keep the other filters and whatever else is `kept`."""
    found = [
        {
            "label": ngettext("%(count)s day", "%(count)s days", days) % {"count": days},
            "url": selection.query_with(period=_preset(days), since="", until="", **kept) or "?",
            "active": selection.preset == str(days),
        }
        for days in PRESETS
    ]
    own = {
        "label": _("Own period"),
        "url": selection.query_of(selection.period, **kept),
        "active": selection.preset == CUSTOM,
    }
    return [*found, own]


def _preset(days: int) -> str:
    """A period as it stands in an address: the usual one is left out."""
    return "" if str(days) == USUAL else str(days)


@dataclass(frozen=True)
class Freshness:
    """When figures were added up, as a time of the service zone. `is_stale`: the worker stands still."""

    time: str
    zone: str
    is_stale: bool


def freshness(now: datetime) -> Freshness:
    """How old the figures are, in one query."""
    added_up_at = figures.as_of()
    city = get_timezone_location(zone(), locale=dates.locale(), return_city=True)
    if added_up_at is None:
        return Freshness("", str(city), is_stale=True)
    here = added_up_at.astimezone(zone())
    clock = f"{here:%H:%M}"
    same_day = here.date() == now.astimezone(zone()).date()
    time = clock if same_day else f"{numerals.day(here.date())} {clock}"
    return Freshness(time, str(city), is_stale=now - added_up_at > STALE_AFTER)


def tabs(measure: Measure, figure: Figure | None, selection: Selection, chosen: str) -> list[dict[str, Any]]:
    """Which rows behind a figure to look at: all, those above the line, the others."""
    if not isinstance(measure, Kpi):
        return []
    names = {Behind.ALL: Behind.ALL.label, Behind.HITS: measure.hit, Behind.REST: measure.rest}
    counts = _row_counts(figure)
    return [
        {
            "label": names[which],
            "url": behind_url(
                measure, selection.query_with(which="" if which == Behind.ALL else which.value)
            ),
            "count": counts.get(which, ""),
            "active": which == chosen,
        }
        for which in Behind
    ]


def _row_counts(figure: Figure | None) -> dict[Behind, str]:
    """How many rows, where each row is one; a row of several units has no count here."""
    if figure is None:
        return {}
    counts = {Behind.ALL: figure.denominator, Behind.HITS: figure.numerator, Behind.REST: figure.rest}
    return {which: numerals.whole(count) for which, count in counts.items()}
