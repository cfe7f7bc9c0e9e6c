"""The returns desk: its queues, one case with everything needed to decide, the panel beside a ticket."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import clock, events
from core.models import Attachment, Event, key_of
from core.views.panels import panel
from customers.access import customers_for
from orders.access import orders_for
from returns import queues, steps
from returns.access import cases_for
from returns.actions.inspection import suggested_deduction, value_of
from returns.actions.outbound import may_choose
from returns.actions.receivables import amount_owed
from returns.addresses import address_lines
from returns.buttons import Button, buttons_for
from returns.exchanges import expected_difference
from returns.filters import DeskFilter
from returns.models import (
    Case,
    CaseLine,
    CaseRisk,
    CompensationVoucher,
    Inspection,
    Refund,
    RepairOrder,
)
from returns.models.cases import CaseQuerySet
from returns.quotes import shop_bears
from returns.repairs import REPAIRS_BEFORE_EXCHANGE, earlier_repairs
from returns.states import CaseKind, CaseStatus
from tickets import merged
from tickets.access import tickets_for
from tickets.states import TicketStatus

LATEST = 10


@require_safe
@staff_required(Right.READ_CASES)
def cases(request: StaffRequest) -> HttpResponse:
    """One queue of cases, narrowed by filters; a number that means one case leads straight to it."""
    at, seen = clock.now(), cases_for(request.user)
    searched = request.GET.get("q", "").strip()
    narrowed = DeskFilter(request.GET, queryset=seen)
    if searched and (only := _only(narrowed)):
        return redirect("console:case", only)
    queue = queues.named(queues.DESK, request.GET.get("queue", ""))
    rows = narrowed.qs if searched else queue.narrow(narrowed.qs, at)
    keyset = queues.NEWEST if searched or request.GET.get("sort") == "newest" else queue.keyset
    page = keyset.page(rows.select_related("customer", "order", "reason", "ticket"), request.GET)
    counts = queues.counts(queues.DESK, seen, at)
    context = {
        "page": page,
        "queue": queue,
        "queues": [(each, counts[each.code]) for each in queues.DESK],
        "counted": queues.COUNTED,
        "filter": narrowed,
        "is_filtered": any(request.GET.get(name) for name in ("reason", "fault")),
        "searched": searched,
        "newest": request.GET.get("sort") == "newest",
    }
    return render(request, "returns/console/cases.html", context)


def _only(narrowed: DeskFilter) -> str:
    """The number of the one case a search found, or ""."""
    found = list(narrowed.qs.values_list("number", flat=True)[:2])
    return found[0] if len(found) == 1 else ""


@require_safe
@staff_required(Right.READ_CASES)
def case(request: StaffRequest, number: str) -> HttpResponse:
    """Everything about one case on one page."""
    return render(request, "returns/console/case.html", overview(request, found(request, number)))


def found(request: StaffRequest, number: str) -> Case:
    """The case, if this member of staff may see it."""
    rows = cases_for(request.user).select_related(
        "customer__tier",
        "order__shop",
        "order__customer",
        "reason",
        "ticket",
        "service_centre",
        "converted_from",
    )
    return get_object_or_404(rows, number=number)


def overview(request: StaffRequest, row: Case) -> dict[str, Any]:
    """What the page of a case shows."""
    lines = list(row.lines.select_related("order_line", "reason", "replacement"))
    refunds = _refunds(row)
    inspections = Inspection.objects.filter(case_line__case=row, superseded_by=None).select_related(
        "inspector", "case_line__order_line"
    )
    bench = list(inspections.prefetch_related("dispositions"))
    return {
        "case": row,
        "lines": lines,
        "worth": worth(row, lines),
        "steps": steps.steps_of(row),
        "buttons": buttons_for(row, request.user, refunds),
        "evidence": Attachment.objects.filter(subject=key_of(row)),
        "inspections": _with_photos(bench),
        "refunds": refunds if request.user.may(Right.READ_REFUNDS) else [],
        "payments": row.order.payments.all(),
        "parcels": [parcel.shipment for parcel in row.parcels.select_related("shipment")],
        "risks": CaseRisk.objects.filter(case=row),
        "timers": row.timers.order_by("pk"),
        "events": _timeline(row),
        "shop_pays": shop_bears(row.fault, row.terms),
        "address": address_lines(row.service_centre) if row.service_centre else [],
        "suggested": suggested_deduction(row) if row.status == CaseStatus.INSPECTION_DISPUTE else None,
        "may_see_customer": request.user.may(Right.READ_CUSTOMERS),
        "may_see_ticket": tickets_for(request.user).filter(pk=row.ticket_id).exists(),
        "repair": RepairOrder.objects.filter(case=row).prefetch_related("parts").first(),
        "repaired_before": earlier_repairs(row) if row.kind == CaseKind.REPAIR else 0,
        "may_have_another": REPAIRS_BEFORE_EXCHANGE,
        "voucher": CompensationVoucher.objects.filter(case=row).first(),
        "owed": amount_owed(row),
        "difference": expected_difference(row) if row.kind == CaseKind.EXCHANGE else None,
        "may_choose": may_choose(row) and request.user.may(Right.DECIDE_CASES),
        "others": row.customer.cases.exclude(pk=row.pk).order_by("-pk")[:5],
    }


def worth(row: Case, lines: Sequence[CaseLine]) -> Any:
    """What the case comes to under its terms, for the units it stands at now."""
    counts = [_present_units(row, line) for line in lines]
    if row.refund_amount is not None or not row.pays_back or row.kind == CaseKind.COMPENSATION:
        return None
    return value_of(row, lines, counts).breakdown


def _present_units(row: Case, line: CaseLine) -> int:
    if row.inspected_at:
        return line.quantity_received
    return line.quantity_approved if row.approved_at else line.quantity_requested


def _refunds(row: Case) -> list[Refund]:
    return list(row.refunds.select_related("payment", "created_by", "confirmed_by").order_by("pk"))


def _with_photos(bench: Sequence[Inspection]) -> list[dict[str, Any]]:
    photos: dict[str, list[Attachment]] = {}
    for photo in Attachment.objects.filter(subject__in=[key_of(lot) for lot in bench]):
        photos.setdefault(photo.subject, []).append(photo)
    return [{"lot": lot, "photos": photos.get(key_of(lot), [])} for lot in bench]


def _timeline(row: Case) -> list[Event]:
    """What happened to the case and its refunds, oldest first."""
    subjects = [key_of(row), *(f"refund:{pk}" for pk in row.refunds.values_list("pk", flat=True))]
    return list(events.timeline(row.ticket).filter(subject__in=subjects))


@require_safe
@staff_required(Right.READ_CASES)
def ticket_cases(request: StaffRequest, number: str) -> HttpResponse:
    """The cases of a ticket: a panel beside it."""
    ticket = get_object_or_404(tickets_for(request.user), number=number)
    rows = (
        cases_for(request.user)
        .filter(ticket__in=merged.family(ticket))
        .select_related("reason", "order", "ticket")
        .order_by("pk")
    )
    may_request = ticket.order_id is not None and request.user.may(Right.DECIDE_CASES)
    context = {
        "found": [_entry(request, row) for row in rows],
        "ticket": ticket,
        "may_request": may_request and ticket.status != TicketStatus.CLOSED,
    }
    return panel(request, "returns/console/_ticket_cases.html", context, title=pgettext("returns", "Cases"))


@require_safe
@staff_required(Right.READ_CASES)
def order_cases(request: StaffRequest, reference: str) -> HttpResponse:
    """The cases of an order: a panel beside it."""
    order = get_object_or_404(orders_for(request.user), reference=reference)
    found = cases_for(request.user).filter(order=order)
    return _list_panel(request, found, order=order, may_ask=request.user.may(Right.READ_CUSTOMERS))


@require_safe
@staff_required(Right.READ_CASES)
def customer_cases(request: StaffRequest, number: str) -> HttpResponse:
    """The latest cases of a customer: a panel beside them."""
    customer = get_object_or_404(customers_for(request.user), number=number)
    return _list_panel(request, cases_for(request.user).filter(customer=customer))


def _list_panel(request: StaffRequest, rows: CaseQuerySet, **more: Any) -> HttpResponse:
    latest = rows.select_related("reason", "order").order_by("-pk")[:LATEST]
    context = {"cases": latest, **more}
    return panel(request, "returns/console/_case_list.html", context, title=pgettext("returns", "Cases"))


def _entry(request: StaffRequest, row: Case) -> dict[str, Any]:
    buttons: list[Button] = buttons_for(row, request.user, _refunds(row))
    return {
        "case": row,
        "lines": list(row.lines.select_related("order_line", "reason")),
        "steps": steps.steps_of(row),
        "buttons": buttons,
        "evidence": Attachment.objects.filter(subject=key_of(row)),
        "shop_pays": shop_bears(row.fault, row.terms),
    }
