"""A figure over time, large, and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards import charts, numerals, rules
from dashboards.charts import Line, Mark
from dashboards.kpis import Kpi, Words
from dashboards.periods import Period
from dashboards.readings import Point, Reading
from dashboards.selection import Selection
from dashboards.shown.card import STANDING, fraction, target_words, targets_of
from dashboards.shown.frame import behind_url


@dataclass(frozen=True)
class Step:
    """One step of a trend: in the chart what a pointer hits, in the table a row."""

    period: Period
    label: str
    url: str
    column: Mark
    bar: Mark
    value: str
    hits: str
    counts: str
    target: str
    tone: str
    standing: Words
    said: str


@dataclass(frozen=True)
class Chart:
    """A share over its steps above the counts it is taken from."""

    line: Line
    marks: Sequence[str]
    most: str
    steps: Sequence[Step]
    labels: Sequence[str]

    @property
    def has_label_per_step(self) -> bool:
        return len(self.labels) == len(self.steps)


def chart(reading: Reading, selection: Selection) -> Chart:
    """The large chart of a reading and the table beside it."""
    drawn = charts.line([point.figure.share for point in reading.points], targets_of(reading))
    counts = [point.figure.denominator for point in reading.points]
    ground = charts.scale_of_counts(counts)
    columns, bars = charts.columns(len(counts)), charts.bars(counts, ground)
    steps = [
        _step(reading.kpi, point, selection, column, bar)
        for point, column, bar in zip(reading.points, columns, bars, strict=True)
    ]
    marks = [f"{numerals.target(mark)} %" for mark in reversed(drawn.scale.marks)]
    return Chart(
        drawn,
        marks,
        numerals.whole(max(counts, default=0)),
        steps,
        axis([point.period for point in reading.points]),
    )


def _step(kpi: Kpi, point: Point, selection: Selection, column: Mark, bar: Mark) -> Step:
    label = numerals.span(point.period)
    value = numerals.share(point.figure.share, kpi.better)
    target = target_words(point.target, kpi.better) if point.target is not None else ""
    tone = rules.tone(point.figure.share, point.target or kpi.target, kpi.better)
    shown = f"{value} % ({fraction(point.figure)})" if value else str(STANDING["neutral"])
    return Step(
        period=point.period,
        label=label,
        url=behind_url(kpi, selection.query_of(point.period)),
        column=column,
        bar=bar,
        value=value,
        hits=numerals.whole(point.figure.numerator),
        counts=numerals.whole(point.figure.denominator),
        target=target,
        tone=tone,
        standing=STANDING[tone],
        said=f"{label}: {shown}",
    )


def axis(periods: Sequence[Period]) -> list[str]:
    """The days to write below a chart: first, last and some between, evenly spaced."""
    if len(periods) <= 7:
        return [numerals.day(period.first) for period in periods]
    parts = next((parts for parts in (6, 5, 4, 3) if (len(periods) - 1) % parts == 0), 4)
    spots = [round((len(periods) - 1) * part / parts) for part in range(parts + 1)]
    return [numerals.day(periods[spot].first) for spot in spots]
