"""The bench, made for a phone: scan a number, count what came, say what it looks like, photograph, done."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import words
from core.errors import Refused
from core.views.verbs import CONFLICT, UNREADABLE, onward, perform
from returns import actions, queries
from returns.access import cases_for
from returns.actions import Lot
from returns.forms import LotForm, ReceiveForm
from returns.models import Case, CaseLine
from returns.states import CaseStatus, Verb, verbs_for
from returns.views.console.cases import found

ON_THE_BENCH = (CaseStatus.RECEIVED, CaseStatus.INSPECTING)
MOST_LOTS = 20


@require_safe
@staff_required(Right.RECEIVE_PARCELS)
def warehouse(request: StaffRequest) -> HttpResponse:
    """The box for a number, and what lies on the bench. A number that means one case leads straight to it."""
    seen = cases_for(request.user)
    searched = request.GET.get("q", "").strip()
    hits = list(queries.matching(seen, searched).order_by("-pk")[:20]) if searched else []
    if len(hits) == 1:
        return redirect("console:warehouse-case", hits[0].number)
    context = {
        "searched": searched,
        "hits": hits,
        "bench": seen.filter(status__in=ON_THE_BENCH)
        .select_related("customer")
        .order_by("queue_at", "pk")[:30],
        "arrived": seen.filter(status=CaseStatus.RETURN_IN_TRANSIT)
        .exclude(due_at=None)
        .select_related("customer")
        .order_by("queue_at", "pk")[:30],
    }
    return render(request, "returns/console/warehouse.html", context)


@require_safe
@staff_required(Right.RECEIVE_PARCELS)
def warehouse_case(request: StaffRequest, number: str) -> HttpResponse:
    """What there is to do with one return on the bench."""
    return _page(request, found(request, number))


def _page(
    request: StaffRequest,
    case: Case,
    *,
    receive_form: ReceiveForm | None = None,
    lots: Sequence[LotForm] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = list(case.lines.select_related("order_line", "reason"))
    verbs = verbs_for(case.machine, case.status, request.user)
    context = {
        "case": case,
        "lines": lines,
        "problem": problem,
        "receive_form": receive_form or (ReceiveForm(lines=lines) if Verb.RECEIVE in verbs else None),
        "may_start": Verb.START_INSPECTION in verbs,
        "lots": lots or (_first_lots(lines) if Verb.INSPECT in verbs else []),
        "parcels": [parcel.shipment for parcel in case.parcels.select_related("shipment")],
    }
    return render(request, "returns/console/warehouse_case.html", context, status=status)


@require_POST
@staff_required(Right.RECEIVE_PARCELS)
def receive(request: StaffRequest, number: str) -> HttpResponse:
    """Count what came, and go on to look at it unless that is left for later."""
    case = found(request, number)
    form = ReceiveForm(request.POST, lines=list(case.lines.select_related("order_line")))

    @transaction.atomic
    def act() -> Case:
        got = actions.receive(case, counts=form.counts(), note=form.cleaned_data["note"], by=request.user)
        return got if "later" in request.POST else actions.start_inspection(got, by=request.user)

    return perform(
        request,
        act,
        to=_next,
        said=_("Received."),
        form=form,
        page=lambda status: _page(request, found(request, number), receive_form=form, status=status),
    )


def _next(case: Case) -> str:
    if case.status == CaseStatus.INSPECTING:
        return reverse("console:warehouse-case", args=[case.number])
    return reverse("console:warehouse")


@require_POST
@staff_required(Right.RECEIVE_PARCELS)
def start_inspection(request: StaffRequest, number: str) -> HttpResponse:
    """Begin to look at what was received before."""
    case = found(request, number)
    return perform(
        request,
        lambda: actions.start_inspection(case, by=request.user),
        to=reverse("console:warehouse-case", args=[number]),
    )


# --- inspecting --------------------------------------------------------------------------------------


def _first_lots(lines: Sequence[CaseLine]) -> list[LotForm]:
    received = [line for line in lines if line.quantity_received]
    return [
        LotForm(line=line, units=line.quantity_received, prefix=f"lot{index}")
        for index, line in enumerate(received)
    ]


def _given_lots(request: StaffRequest, lines: Sequence[CaseLine]) -> list[LotForm]:
    """The lots of the sent form: `lots` names the line of each, in order."""
    by_pk = {str(line.pk): line for line in lines if line.quantity_received}
    named = [by_pk[pk] for pk in request.POST.getlist("lots")[:MOST_LOTS] if pk in by_pk]
    return [
        LotForm(request.POST, request.FILES, line=line, units=1, prefix=f"lot{index}")
        for index, line in enumerate(named)
    ]


@require_POST
@staff_required(Right.RECEIVE_PARCELS)
def inspect(request: StaffRequest, number: str) -> HttpResponse:
    """Record what was found; or draw the page again with one lot more, for units that look different."""
    case = found(request, number)
    lines = list(case.lines.select_related("order_line"))
    lots = _given_lots(request, lines)
    if "split" in request.POST:
        return _with_another(request, case, lines, lots)
    if [form for form in lots if not form.is_valid()]:
        return _page(
            request, case, lots=lots, problem=_("Please complete what is marked."), status=UNREADABLE
        )
    try:
        done = actions.inspect(case, lots=[_lot(request, form) for form in lots], by=request.user)
    except Refused as refused:
        return _page(
            request, found(request, number), lots=lots, problem=words.refusal(refused), status=CONFLICT
        )
    return _said(request, done)


def _lot(request: StaffRequest, form: LotForm) -> Lot:
    given = form.cleaned_data
    return Lot(
        line=form.line,
        quantity=given["quantity"],
        grade=given["grade"],
        accepted=given["accepted"],
        value_loss_percent=given["value_loss_percent"] or 0,
        note=given["note"],
        dispositions=form.dispositions(),
        attachments=form.keep_files(request.session, by=request.user),
    )


def _said(request: StaffRequest, done: Case) -> HttpResponse:
    passed = done.status != CaseStatus.INSPECTION_DISPUTE
    text = _("%(number)s is done.") if passed else _("%(number)s is with the desk now.")
    messages.success(request, text % {"number": done.number})
    return onward(request, "console:warehouse")


def _with_another(
    request: StaffRequest, case: Case, lines: Sequence[CaseLine], lots: Sequence[LotForm]
) -> HttpResponse:
    """The page with what was filled in so far and one more lot of the line that is split."""
    pk = request.POST["split"]
    line = next((line for line in lines if str(line.pk) == pk and line.quantity_received > 1), None)
    kept: list[LotForm] = [
        LotForm(line=form.line, units=1, prefix=form.prefix, initial=_typed(form)) for form in lots
    ]
    if line is not None and len(kept) < MOST_LOTS:
        kept.append(LotForm(line=line, units=1, prefix=f"lot{len(kept)}"))
    return _page(request, case, lots=kept)


def _typed(form: LotForm) -> dict[str, Any]:
    return {name: form[name].value() for name in form.fields if name != "attachments"}
