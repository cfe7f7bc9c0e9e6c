"""One figure as it stands on a page: value, target, change, a small line."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards import charts, numerals
from dashboards.charts import Line
from dashboards.kpis import Kpi, Words
from dashboards.readings import Reading
from dashboards.rules import Figure
from dashboards.selection import Selection
from dashboards.states import Better

STANDING: dict[str, Promise] = {
    "good": gettext_lazy("On target"),
    "attention": gettext_lazy("Just off target"),
    "urgent": gettext_lazy("Off target"),
    "neutral": gettext_lazy("No data"),
}


@dataclass(frozen=True)
class Change:
    """How a figure moved since the period before. `way` is up, down or flat, `tone` better, worse or ""."""

    way: str
    tone: str
    points: str


@dataclass(frozen=True)
class Card:
    """A figure as it stands on a page."""

    reading: Reading
    url: str
    value: str
    target: str
    tone: str
    standing: Words
    change: Change | None
    fraction: str
    line: Line
    said: str

    @property
    def kpi(self) -> Kpi:
        return self.reading.kpi


def card(reading: Reading, selection: Selection) -> Card:
    """The card of a reading."""
    kpi = reading.kpi
    return Card(
        reading=reading,
        url=reverse("dashboards:kpi", args=[kpi.slug]) + selection.query,
        value=numerals.share(reading.share, kpi.better),
        target=target_words(reading.target, kpi.better),
        tone=reading.tone,
        standing=STANDING[reading.tone],
        change=_change(reading),
        fraction=fraction(reading.figure),
        line=charts.line([point.figure.share for point in reading.points], targets_of(reading)),
        said=_said(reading),
    )


def target_words(target: Decimal, better: Better) -> str:
    """ "≥ 95 %" or "≤ 3 %"."""
    return f"{'≥' if better == Better.HIGHER else '≤'} {numerals.target(target)} %"


def fraction(figure: Figure) -> str:
    """ "47 / 50"."""
    return f"{numerals.whole(figure.numerator)} / {numerals.whole(figure.denominator)}"


def _change(reading: Reading) -> Change | None:
    if reading.change is None:
        return None
    size = reading.change.quantize(Decimal("0.1"))
    way = "flat" if not size else "up" if size > 0 else "down"
    tone = "" if not size else "better" if reading.is_better else "worse"
    return Change(way, tone, numerals.points(reading.change))


def targets_of(reading: Reading) -> list[Decimal]:
    return [point.target for point in reading.points if point.target is not None]


def _said(reading: Reading) -> str:
    """The drawing in words, for those who cannot see it."""
    known = [point for point in reading.points if point.figure.denominator]
    if not known:
        return _("No data in this period.")
    shares = [share for point in known if (share := point.figure.share) is not None]
    better = reading.kpi.better
    return _("Trend: lowest %(low)s %%, highest %(high)s %%, last %(last)s %% (%(when)s).") % {
        "low": numerals.share(min(shares), better),
        "high": numerals.share(max(shares), better),
        "last": numerals.share(shares[-1], better),
        "when": numerals.span(known[-1].period),
    }
