"""The targets of a figure: what holds, since when, what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dashboards import numerals
from dashboards.kpis import Kpi
from dashboards.readings import Targets
from dashboards.shown.card import target_words


@dataclass(frozen=True)
class TargetRow:
    """A figure with the target that holds, who set it and what is to come."""

    kpi: Kpi
    target: str
    since: str
    set_by: str
    to_come: Sequence[str]


def target_row(kpi: Kpi, held: Targets, today: date) -> TargetRow:
    """The targets of one figure as they stand today."""
    now = next(iter(held.so_far(kpi, today)), None)
    to_come = [
        _("%(target)s from %(date)s")
        % {"target": target_words(target.value, kpi.better), "date": numerals.day(target.valid_from)}
        for target in held.to_come(kpi, today)
    ]
    return TargetRow(
        kpi=kpi,
        target=target_words(held.on(kpi, today), kpi.better),
        since=numerals.day(now.valid_from) if now else _("from the beginning"),
        set_by=now.set_by.display_name if now and now.set_by else "",
        to_come=to_come,
    )
