"""Importing a file of orders: handed in, looked at, started, watched."""

import csv
import io
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import bilingual, words
from core.dates import locale
from core.errors import Refused
from core.paging import Keyset
from core.views.verbs import perform
from orders.actions import imports
from orders.forms import ReadingForm, UploadForm
from orders.importing import report
from orders.importing.mappings import GENERIC
from orders.importing.opening import Options
from orders.models import ImportRun
from orders.states import IMPORT_FOLLOWS, ImportState

NEWEST_FIRST = Keyset(order=("-created_at", "-pk"), size=20)
PROBLEMS_SHOWN = 100
BYTE_ORDER_MARK = "\ufeff"
"""Lets spreadsheets read Chinese in a CSV file."""


@require_http_methods(["GET", "POST"])
@staff_required(Right.IMPORT_ORDERS)
def order_import(request: StaffRequest) -> HttpResponse:
    """Hand in a file; below it what was imported before."""
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def page(status: int = 200) -> HttpResponse:
        runs = NEWEST_FIRST.page(ImportRun.objects.select_related("shop", "by"), request.GET)
        context = {"form": form, "page": runs, "columns": GENERIC.columns}
        return render(request, "orders/console/import.html", context, status=status)

    if request.method != "POST":
        return page()

    def act() -> ImportRun:
        told = form.cleaned_data
        return imports.upload(told["file"], by=request.user, options=Options(), shop=told["shop"])

    return perform(request, act, to=_address, form=form, page=page)


def _address(run: ImportRun) -> str:
    return reverse("console:order-import-run", args=[run.uuid])


@require_safe
@staff_required(Right.IMPORT_ORDERS)
def run(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """What is in the file, how far its import is, what came of it. The same part answers the poll."""
    row = _found(uuid)
    template = "orders/console/_run.html" if getattr(request, "htmx", False) else "orders/console/run.html"
    return render(request, template, _parts(row))


def _found(uuid: UUID) -> ImportRun:
    return get_object_or_404(ImportRun.objects.select_related("shop", "by"), uuid=uuid)


def _parts(row: ImportRun) -> dict[str, Any]:
    problems = row.problems.all()[:PROBLEMS_SHOWN]
    may_recheck = ImportState.CHECKING in IMPORT_FOLLOWS[row.state] and bool(row.file)
    initial = {**row.options, "shop": row.shop}
    return {
        "run": row,
        "is_working": row.state in {ImportState.CHECKING, ImportState.QUEUED, ImportState.RUNNING},
        "failure": _failure(row),
        "notes": report.notes(row),
        "problems": [(problem, report.sentences(problem)) for problem in problems],
        "problems_shown": PROBLEMS_SHOWN,
        "may_start": ImportState.QUEUED in IMPORT_FOLLOWS[row.state] and row.orders > 0,
        "reading": ReadingForm(initial=initial) if may_recheck else None,
    }


def _failure(row: ImportRun) -> str:
    if not row.failure:
        return ""
    return words.refusal(Refused(row.failure["code"], **row.failure.get("facts", {})))


@require_POST
@staff_required(Right.IMPORT_ORDERS)
def start(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Hand the checked file to a worker."""
    row = _found(uuid)
    return perform(request, lambda: imports.start(row, by=request.user), to=_address(row))


@require_POST
@staff_required(Right.IMPORT_ORDERS)
def recheck(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """Have the file read in another way."""
    row, form = _found(uuid), ReadingForm(request.POST)

    def act() -> ImportRun:
        return imports.recheck(row, by=request.user, options=form.options(), shop=form.cleaned_data["shop"])

    return perform(request, act, to=_address(row), form=form)


@require_safe
@staff_required(Right.IMPORT_ORDERS)
def order_import_report(request: StaffRequest, uuid: UUID) -> HttpResponse:
    """The rows that were not imported, in the reader's language."""
    row = _found(uuid)
    out = io.StringIO()
    report.write(row.problems.all(), out)
    return _csv(out.getvalue(), f"{row.name.rpartition('.')[0] or row.name}-report.csv")


@require_safe
@staff_required(Right.IMPORT_ORDERS)
def order_import_template(request: StaffRequest) -> HttpResponse:
    """An example file of the general list, with headers in the reader's language."""
    chinese = bilingual.is_chinese(locale())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((column.zh if chinese else column.en)[0] for column in GENERIC.columns)
    writer.writerow(column.example for column in GENERIC.columns)
    return _csv(out.getvalue(), _("orders-template.csv"))


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(BYTE_ORDER_MARK + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response
