"""The dashboards: all figures, one figure, the rows behind it, exports."""

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock
from dashboards import exports, figures, numerals, rules
from dashboards.access import newest_first, rows_behind
from dashboards.kpis import BY_SLUG, KPI_BY_SLUG, KPIS, OPENED, SOLVED, Kpi, Measure
from dashboards.periods import Period, zone
from dashboards.readings import Targets, readings
from dashboards.selection import Selection, selected
from dashboards.shown.card import card
from dashboards.shown.chart import chart
from dashboards.shown.frame import freshness, periods, tabs
from dashboards.shown.slices import slices
from dashboards.shown.volume import backlog, volume
from dashboards.states import Behind
from dashboards.traces import trace

EXPORT_BATCH = 500


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def overview(request: StaffRequest) -> HttpResponse:
    """Every promise beside what was kept, then volume and backlog. `?wall=1`: for a screen on the wall."""
    selection = selected(request.GET, clock.now())
    found = readings(KPIS, selection.period, selection.scope)
    context = {
        **_frame(selection),
        "cards": [card(reading, selection) for reading in found],
        "volume": volume(selection),
        "backlog": backlog(selection),
        "span": numerals.span(selection.period),
        "opened": OPENED,
        "solved": SOLVED,
    }
    template = "dashboards/wall.html" if request.GET.get("wall") else "dashboards/overview.html"
    return render(request, template, context)


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def kpi(request: StaffRequest, slug: str) -> HttpResponse:
    """One figure: chart, table, definition, and what it is made of."""
    found = _kpi(slug)
    selection = selected(request.GET, clock.now())
    (reading,) = readings([found], selection.period, selection.scope)
    context = {
        **_frame(selection),
        "kpi": found,
        "card": card(reading, selection),
        "chart": chart(reading, selection),
        "slices": slices(reading, selection),
        "behind": tabs(found, reading.figure, selection, ""),
    }
    return render(request, "dashboards/kpi.html", context)


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def behind(request: StaffRequest, slug: str) -> HttpResponse:
    """The very rows behind a figure, newest first; `?which=hits` or `rest` for one side of the line."""
    measure = _measure(slug)
    selection, which = selected(request.GET, clock.now()), _which(request)
    rows = rows_behind(request.user, measure, selection.period, selection.scope, which, selection.at)
    page = newest_first(measure).page(rows, request.GET)
    figure = figures.totals([measure], _stored_period(measure, selection), selection.scope)[slug]
    context = {
        **_frame(selection, which="" if which == Behind.ALL else which),
        "measure": measure,
        "kpi": measure if isinstance(measure, Kpi) else None,
        "page": page,
        "traces": [trace(measure, row, selection.at) for row in page],
        "tabs": tabs(measure, figure, selection, which),
        "count": numerals.whole(figure.denominator),
        "which": which,
    }
    return render(request, "dashboards/behind.html", context)


def _stored_period(measure: Measure, selection: Selection) -> Period:
    """A snapshot is stored on the present day, whatever period is looked at."""
    return Period(selection.today, selection.today) if measure.snapshot else selection.period


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def export(request: StaffRequest, slug: str) -> StreamingHttpResponse:
    """One figure day by day, as a table for spreadsheets."""
    found = _kpi(slug)
    selection = selected(request.GET, clock.now())
    daily = figures.by_day([found], selection.period, selection.scope)[slug]
    targets = Targets([found])
    header = [exports.DAY, found.hit, found.of, found.name, exports.TARGET]
    rows = (
        [
            day.isoformat(),
            figure.numerator,
            figure.denominator,
            "" if figure.share is None else rules.rounded(figure.share, found.better),
            targets.on(found, day),
        ]
        for day, figure in sorted(daily.items())
    )
    return exports.csv_response(_file_name(slug, selection), header, rows)


@require_GET
@staff_required(Right.READ_DASHBOARDS)
def export_behind(request: StaffRequest, slug: str) -> StreamingHttpResponse:
    """The rows behind a figure, as a table for spreadsheets."""
    measure = _measure(slug)
    selection, which = selected(request.GET, clock.now()), _which(request)
    rows = rows_behind(request.user, measure, selection.period, selection.scope, which, selection.at)
    rows = rows.order_by(*newest_first(measure).order)
    found = (trace(measure, row, selection.at) for row in rows.iterator(chunk_size=EXPORT_BATCH))
    lines = (
        [
            it.number,
            it.title,
            it.customer,
            it.team,
            it.channel,
            f"{it.at.astimezone(zone()):%Y-%m-%d %H:%M}",
            it.outcome,
        ]
        for it in found
    )
    return exports.csv_response(_file_name(f"{slug}-{which}", selection), exports.COLUMNS, lines)


def _frame(selection: Selection, **kept: str) -> dict[str, Any]:
    """What stands around every page: filters, freshness, zone. `kept` stays in the addresses besides."""
    return {
        "selection": selection,
        "freshness": freshness(selection.at),
        "periods": periods(selection, **kept),
    }


def _kpi(slug: str) -> Kpi:
    if slug not in KPI_BY_SLUG:
        raise Http404
    return KPI_BY_SLUG[slug]


def _measure(slug: str) -> Measure:
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


def _which(request: StaffRequest) -> str:
    which = request.GET.get("which", Behind.ALL.value)
    return which if which in Behind.values else Behind.ALL.value


def _file_name(what: str, selection: Selection) -> str:
    return f"{what}_{selection.period.first}_{selection.period.last}.csv"
