"""What comes in, what gets done, and how old the rest is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dashboards import charts, figures, numerals
from dashboards.charts import Mark
from dashboards.kpis import BACKLOG, LATE, OPENED, SOLVED, Words
from dashboards.periods import Period
from dashboards.readings import trend
from dashboards.selection import Selection
from dashboards.shown.chart import axis
from dashboards.shown.frame import behind_url

BACKLOG_TONES = ("good", "good", "attention", "urgent", "urgent")


@dataclass(frozen=True)
class VolumeStep:
    label: str
    column: Mark
    opened: Mark
    solved: Mark
    opened_count: str
    solved_count: str
    opened_url: str
    solved_url: str
    said: str


@dataclass(frozen=True)
class Volume:
    """Tickets opened and solved, side by side for every step."""

    opened: str
    solved: str
    opened_url: str
    solved_url: str
    steps: Sequence[VolumeStep]
    marks: Sequence[str]
    labels: Sequence[str]
    is_empty: bool

    @property
    def has_label_per_step(self) -> bool:
        return len(self.labels) == len(self.steps)


def volume(selection: Selection) -> Volume:
    """What came in and what was done, in one query."""
    points = trend((OPENED, SOLVED), selection.period, selection.scope)
    opened = [point.figure.denominator for point in points[OPENED.slug]]
    solved = [point.figure.denominator for point in points[SOLVED.slug]]
    ground = charts.scale_of_counts([*opened, *solved])
    periods = [point.period for point in points[OPENED.slug]]
    drawn = zip(
        periods,
        charts.columns(len(periods)),
        charts.bars(opened, ground, 0, 2),
        charts.bars(solved, ground, 1, 2),
        opened,
        solved,
        strict=True,
    )
    return Volume(
        opened=numerals.whole(sum(opened)),
        solved=numerals.whole(sum(solved)),
        opened_url=behind_url(OPENED, selection.query),
        solved_url=behind_url(SOLVED, selection.query),
        steps=[_volume_step(selection, *step) for step in drawn],
        marks=[numerals.target(mark) for mark in reversed(ground.marks)],
        labels=axis(periods),
        is_empty=not any((*opened, *solved)),
    )


def _volume_step(
    selection: Selection, period: Period, column: Mark, left: Mark, right: Mark, opened: int, solved: int
) -> VolumeStep:
    query, label = selection.query_of(period), numerals.span(period)
    said = _("%(when)s: %(opened)s opened, %(solved)s solved") % {
        "when": label,
        "opened": numerals.whole(opened),
        "solved": numerals.whole(solved),
    }
    return VolumeStep(
        label=label,
        column=column,
        opened=left,
        solved=right,
        opened_count=numerals.whole(opened),
        solved_count=numerals.whole(solved),
        opened_url=behind_url(OPENED, query),
        solved_url=behind_url(SOLVED, query),
        said=said,
    )


@dataclass(frozen=True)
class Age:
    name: Words
    count: int
    shown: str
    url: str
    tone: str


@dataclass(frozen=True)
class Backlog:
    """What is open now, by age, and how much of it is past a deadline."""

    ages: Sequence[Age]
    highest: int
    total: str
    late: str
    late_count: int
    late_url: str
    formula: Words


def backlog(selection: Selection) -> Backlog:
    """The open tickets as they were counted last, in one query."""
    counts = figures.snapshot((*BACKLOG, LATE), selection.today, selection.scope)
    query = selection.query
    ages = [
        Age(
            measure.short,
            counts[measure.slug],
            numerals.whole(counts[measure.slug]),
            behind_url(measure, query),
            tone,
        )
        for measure, tone in zip(BACKLOG, BACKLOG_TONES, strict=True)
    ]
    return Backlog(
        ages=ages,
        highest=max(age.count for age in ages),
        total=numerals.whole(sum(age.count for age in ages)),
        late=numerals.whole(counts[LATE.slug]),
        late_count=counts[LATE.slug],
        late_url=behind_url(LATE, query),
        formula=BACKLOG[0].formula,
    )
