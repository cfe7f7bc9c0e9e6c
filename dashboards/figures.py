"""Reading figures: from the stored sums for pages, and from the rows themselves to make the sums."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from dashboards import rules
from dashboards.kpis import SPLIT_NAMES, Measure, Rows, Scope
from dashboards.models import DailyFigure, RolledDay
from dashboards.periods import Period, day_of, zone
from dashboards.rules import NO_DATA, Cell, Figure
from dashboards.states import Split

LONGEST_SPAN = 1000

# --- from the rows --------------------------------------------------------------------------------------


def rows_in(measure: Measure, period: Period, scope: Scope, at: datetime) -> Rows:
    """The very rows behind a figure: what `measure` counts by `at` in the period and scope."""
    rows = measure.population(at, scope)
    if measure.snapshot:
        return rows
    return rows.filter(counts_at__gte=period.start, counts_at__lt=period.end)


def counted(measure: Measure, period: Period, scope: Scope, at: datetime) -> Figure:
    """A figure straight from its rows."""
    sums = rows_in(measure, period, scope, at).aggregate(hits_sum=Sum("hits"), counts_sum=Sum("counts"))
    return Figure(sums["hits_sum"] or 0, sums["counts_sum"] or 0)


def counted_cells(measure: Measure, period: Period, at: datetime) -> dict[Cell, Figure]:
    """A measure straight from its rows, by day and by everything it can be split by.

    A snapshot stands on the day of `at`.
    """
    everything = Scope()
    by = {f"by_{SPLIT_NAMES[split]}": F(path) for split, path in measure.paths.items()}
    day: dict[str, Any] = {} if measure.snapshot else {"by_day": TruncDate("counts_at", tzinfo=zone())}
    found = (
        rows_in(measure, period, everything, at)
        .order_by()
        .values(**day, **by)
        .annotate(hits_sum=Sum("hits"), counts_sum=Sum("counts"))
    )
    return {_cell(row, measure, at): Figure(row["hits_sum"], row["counts_sum"]) for row in found}


def _cell(row: Mapping[str, Any], measure: Measure, at: datetime) -> Cell:
    return Cell(
        row.get("by_day") or day_of(at),
        measure.splits,
        row.get("by_team"),
        row.get("by_channel") or "",
        row.get("by_shop"),
    )


def days_of(rows: Rows, days: Iterable[date]) -> Rows:
    """Those of some rows that count on some days."""
    wanted = Q(pk__in=[])
    for first, last in rules.runs(days, LONGEST_SPAN):
        span = Period(first, last)
        wanted |= Q(counts_at__gte=span.start, counts_at__lt=span.end)
    return rows.filter(wanted)


# --- from the stored sums -------------------------------------------------------------------------------


def by_day(measures: Iterable[Measure], period: Period, scope: Scope) -> dict[str, dict[date, Figure]]:
    """Stored figures by measure and day, in one query; days without any are left out."""
    found: dict[str, dict[date, Figure]] = {measure.slug: {} for measure in measures}
    rows = (
        _stored(measures, period, scope)
        .values_list("measure", "day")
        .annotate(Sum("numerator"), Sum("denominator"))
    )
    for slug, day, numerator, denominator in rows:
        found[slug][day] = Figure(numerator, denominator)
    return found


def totals(measures: Iterable[Measure], period: Period, scope: Scope) -> dict[str, Figure]:
    """Stored figures of a whole period by measure, in one query."""
    found = {measure.slug: NO_DATA for measure in measures}
    rows = (
        _stored(measures, period, scope).values_list("measure").annotate(Sum("numerator"), Sum("denominator"))
    )
    return found | {slug: Figure(numerator, denominator) for slug, numerator, denominator in rows}


def split_by(measure: Measure, split: Split, period: Period, scope: Scope) -> dict[Any, Figure]:
    """Stored figures of one measure by the values of one split: keys or channels; None for "of none"."""
    name = SPLIT_NAMES[split]
    rows = (
        DailyFigure.objects.filter(
            _matching([measure], measure.within(scope), scope, also=split),
            day__range=(period.first, period.last),
        )
        .values_list(name)
        .annotate(Sum("numerator"), Sum("denominator"))
        .order_by(name)
    )
    return {value: Figure(numerator, denominator) for value, numerator, denominator in rows}


def _stored(measures: Iterable[Measure], period: Period, scope: Scope) -> QuerySet[DailyFigure]:
    """The rows that hold measures for a scope, each filtered by what it can be split by."""
    alike: dict[Split, list[Measure]] = {}
    for measure in measures:
        alike.setdefault(measure.within(scope), []).append(measure)
    wanted = Q()
    for filtered, group in alike.items():
        wanted |= _matching(group, filtered, scope)
    return DailyFigure.objects.filter(wanted, day__range=(period.first, period.last)).order_by()


def _matching(measures: Iterable[Measure], filtered: Split, scope: Scope, also: Split = Split.NOTHING) -> Q:
    found = Q(measure__in=[measure.slug for measure in measures], split=filtered | also)
    if Split.TEAM in filtered:
        found &= Q(team=scope.team)
    if Split.CHANNEL in filtered:
        found &= Q(channel=scope.channel)
    if Split.SHOP in filtered:
        found &= Q(shop__in=scope.shops)
    return found


# --- how fresh ------------------------------------------------------------------------------------------


def as_of() -> datetime | None:
    """When figures were last added up; None before the first time."""
    newest = RolledDay.objects.filter(added_up_at__isnull=False).order_by("-day").first()
    return newest.added_up_at if newest else None


def snapshot(measures: Sequence[Measure], today: date, scope: Scope) -> dict[str, int]:
    """The latest stored counts of what is a matter of now."""
    found = totals(measures, Period(today, today), scope)
    return {slug: figure.denominator for slug, figure in found.items()}
