"""The workshop: what is on it, diagnosis, repair, test."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core.views.panels import panel
from core.views.verbs import perform
from returns import actions, warranties
from returns.access import cases_for
from returns.forms.kinds import DiagnosisForm, RepairTestForm, WorkDoneForm
from returns.models import Case, RepairOrder
from returns.states import CaseKind, CaseStatus, Verb
from returns.views.console.asking import GET_OR_POST, ask, back, press, typed
from returns.views.console.cases import found

ON_THE_BENCH = (CaseStatus.RECEIVED, CaseStatus.DIAGNOSING, CaseStatus.REPAIRING, CaseStatus.TESTING)
MOST = 50


@require_safe
@staff_required(Right.REPAIR_GOODS)
def workshop(request: StaffRequest) -> HttpResponse:
    """What waits for a technician, the most urgent first, by what is to be done with it."""
    rows = (
        cases_for(request.user)
        .filter(kind=CaseKind.REPAIR, status__in=ON_THE_BENCH)
        .select_related("customer", "repair_order__technician", "reason")
        .prefetch_related("lines__order_line")
        .order_by("queue_at", "pk")[:MOST]
    )
    by_status = {status: [row for row in rows if row.status == status] for status in ON_THE_BENCH}
    benches = [(CaseStatus(status).label, found_rows) for status, found_rows in by_status.items()]
    return render(request, "returns/console/workshop.html", {"benches": benches, "total": len(rows)})


@require_POST
@staff_required(Right.REPAIR_GOODS)
def start_diagnosis(request: StaffRequest, number: str) -> HttpResponse:
    """Take the goods to the bench."""
    return press(
        request,
        number,
        lambda case: actions.start_diagnosis(case, by=request.user),
        said=_("It is on your bench."),
    )


@GET_OR_POST
@staff_required(Right.REPAIR_GOODS)
def diagnose(request: StaffRequest, number: str) -> HttpResponse:
    """Say what is wrong and what it costs."""
    case = found(request, number)
    repair = RepairOrder.objects.filter(case=case).first()
    typed_before = DiagnosisForm.initial_of(repair) if repair and repair.diagnosis else {}
    initial = {**_cover(case), **typed_before, "version": case.version}
    form = DiagnosisForm(typed(request), currency=case.currency, initial=initial)
    title = f"{Verb.DIAGNOSE.label} · {case.number}"
    context = {"form": form, "action": request.get_full_path(), "back": back(request, case), "case": case}

    def page(status: int) -> HttpResponse:
        return panel(request, "returns/console/_diagnosis.html", context, title=title, status=status)

    if request.method == "GET":
        return page(200)
    return perform(
        request,
        lambda: actions.diagnose(
            case, found=form.found(), by=request.user, version=form.cleaned_data["version"]
        ),
        to=back(request, case),
        said=_("The diagnosis is on record."),
        form=form,
        page=page,
    )


def _cover(case: Case) -> dict[str, Any]:
    """What is known of the warranty of the goods, for the form to begin with."""
    line = case.lines.select_related("order_line__order").first()
    if line is None:
        return {}
    found = warranties.covering(line.order_line, "", case.requested_at)
    if found.why != "covered" or found.warranty is None:
        return {"under_warranty": False}
    given = found.warranty
    return {"under_warranty": True, "warranty": given.number or given.get_kind_display()}


@GET_OR_POST
@staff_required(Right.REPAIR_GOODS)
def finish_repair(request: StaffRequest, number: str) -> HttpResponse:
    """The work is done."""
    case = found(request, number)
    form = WorkDoneForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.FINISH_REPAIR,
        form,
        lambda: actions.finish_repair(case, by=request.user, **form.cleaned_data),
        said=_("Now it is to be tested."),
    )


@GET_OR_POST
@staff_required(Right.REPAIR_GOODS)
def record_test(request: StaffRequest, number: str) -> HttpResponse:
    """How the test went."""
    case = found(request, number)
    form = RepairTestForm(typed(request), initial={"version": case.version})
    return ask(
        request,
        case,
        Verb.RECORD_TEST,
        form,
        lambda: actions.record_test(case, by=request.user, **form.cleaned_data),
        said=_("The test is on record."),
    )
