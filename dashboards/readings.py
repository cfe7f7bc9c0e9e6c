"""What a page, an export or the API says about a figure: value, target, change, trend."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dashboards import figures, rules
from dashboards.kpis import Kpi, Measure, Scope
from dashboards.models import KpiTarget
from dashboards.periods import Period
from dashboards.rules import NO_DATA, Figure
from dashboards.states import Better


class Targets:
    """Which target holds on which day: the latest that was set for it, else the one of the definition."""

    def __init__(self, kpis: Iterable[Kpi]) -> None:
        self._set: dict[str, list[KpiTarget]] = {kpi.slug: [] for kpi in kpis}
        for target in (
            KpiTarget.objects.filter(kpi__in=self._set).select_related("set_by").order_by("-valid_from")
        ):
            self._set[target.kpi].append(target)

    def on(self, kpi: Kpi, day: date) -> Decimal:
        """The target of a day, in percent."""
        held = (target.value for target in self._set[kpi.slug] if target.valid_from <= day)
        return next(held, kpi.target)

    def to_come(self, kpi: Kpi, day: date) -> list[KpiTarget]:
        """Targets that are set but do not hold yet on a day, the next one first."""
        return [target for target in reversed(self._set[kpi.slug]) if target.valid_from > day]

    def so_far(self, kpi: Kpi, day: date) -> list[KpiTarget]:
        """Targets that were set to hold by a day, the newest first."""
        return [target for target in self._set[kpi.slug] if target.valid_from <= day]


@dataclass(frozen=True)
class Point:
    """One step of a trend, with the target that held at its end."""

    period: Period
    figure: Figure
    target: Decimal | None = None


@dataclass(frozen=True)
class Reading:
    """A figure of a period beside its target, the period before, and the steps it is made of."""

    kpi: Kpi
    period: Period
    figure: Figure
    before: Figure
    target: Decimal
    points: Sequence[Point]
    unsplit: bool = False

    @property
    def share(self) -> Decimal | None:
        return self.figure.share

    @property
    def is_met(self) -> bool | None:
        """Whether the target is kept; None without data."""
        return None if self.share is None else rules.is_met(self.share, self.target, self.kpi.better)

    @property
    def tone(self) -> str:
        return rules.tone(self.share, self.target, self.kpi.better)

    @property
    def last_tone(self) -> str:
        """How the last step with data stands, by the target of its own day."""
        known = [point for point in self.points if point.figure.denominator]
        if not known or known[-1].target is None:
            return "neutral"
        return rules.tone(known[-1].figure.share, known[-1].target, self.kpi.better)

    @property
    def change(self) -> Decimal | None:
        """Points since the period before; None when one of the two has no data."""
        return rules.change(self.figure, self.before)

    @property
    def is_better(self) -> bool | None:
        """Whether the change is a good one; None when there is none."""
        if not self.change:
            return None
        return (self.change > 0) == (self.kpi.better == Better.HIGHER)


def readings(kpis: Sequence[Kpi], period: Period, scope: Scope) -> list[Reading]:
    """The readings of some figures for one period, in three queries."""
    daily = figures.by_day(kpis, period, scope)
    before = figures.totals(kpis, period.previous, scope)
    targets = Targets(kpis)
    return [
        Reading(
            kpi=kpi,
            period=period,
            figure=rules.total(daily[kpi.slug].values()),
            before=before[kpi.slug],
            target=targets.on(kpi, period.last),
            points=[
                Point(step, _sum(daily[kpi.slug], step), targets.on(kpi, step.last))
                for step in period.steps()
            ],
            unsplit=kpi.within(scope) != scope.splits,
        )
        for kpi in kpis
    ]


def trend(measures: Sequence[Measure], period: Period, scope: Scope) -> dict[str, list[Point]]:
    """The steps of measures without a target."""
    daily = figures.by_day(measures, period, scope)
    return {
        measure.slug: [Point(step, _sum(daily[measure.slug], step)) for step in period.steps()]
        for measure in measures
    }


def _sum(daily: dict[date, Figure], period: Period) -> Figure:
    return rules.total(daily.get(day, NO_DATA) for day in period.each_day())
