"""A figure by team, channel and shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboards import figures, numerals, rules
from dashboards.kpis import SPLIT_NAMES, Kpi, Words
from dashboards.readings import Reading
from dashboards.rules import Figure
from dashboards.selection import Selection
from dashboards.shown.card import fraction
from dashboards.states import Better, Split
from tickets.states import Channel


@dataclass(frozen=True)
class Slice:
    """A figure of one team, channel or shop."""

    label: str
    url: str
    value: str
    fraction: str
    share: Decimal
    tone: str


@dataclass(frozen=True)
class Slices:
    """A figure split one way. `reach` is how much a full bar stands for."""

    title: Words
    rows: Sequence[Slice]
    reach: Decimal


def slices(reading: Reading, selection: Selection) -> list[Slices]:
    """The figure by everything it can be split by and that has more than one value."""
    kpi = reading.kpi
    titles = {Split.TEAM: _("By team"), Split.CHANNEL: _("By channel"), Split.SHOP: _("By shop")}
    found = []
    for split in kpi.paths:
        values = figures.split_by(kpi, split, selection.period, selection.scope)
        if len(values) > 1:
            rows = [_slice(reading, selection, split, value, figure) for value, figure in values.items()]
            found.append(Slices(titles[split], sorted(rows, key=lambda row: row.label), _reach(kpi, rows)))
    return found


def _reach(kpi: Kpi, rows: Sequence[Slice]) -> Decimal:
    """Everything, or where less is better and little the rule, the largest."""
    if kpi.better == Better.HIGHER:
        return Decimal(100)
    return max(row.share for row in rows) or Decimal(1)


def _slice(reading: Reading, selection: Selection, split: Split, value: Any, figure: Figure) -> Slice:
    code, label = _named(selection, split, value)
    kpi = reading.kpi
    query = selection.query_with(**{SPLIT_NAMES[split]: code}) if code else ""
    return Slice(
        label=label,
        url=reverse("dashboards:kpi", args=[kpi.slug]) + query if code else "",
        value=numerals.share(figure.share, kpi.better),
        fraction=fraction(figure),
        share=figure.share or Decimal(0),
        tone=rules.tone(figure.share, reading.target, kpi.better),
    )


def _named(selection: Selection, split: Split, value: Any) -> tuple[str, str]:
    """Code and name of a team, channel or shop; no code for "of none"."""
    if split == Split.CHANNEL:
        return str(value), str(Channel(value).label) if value else _("No channel")
    rows: Sequence[Any] = selection.teams if split == Split.TEAM else selection.shops
    nobody = _("No team") if split == Split.TEAM else _("No shop")
    return next(((row.code, str(row)) for row in rows if row.pk == value), ("", nobody))
