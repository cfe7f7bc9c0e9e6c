"""Orders for staff: the list, one order on one page, the panels other pages show."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import StaffRequest, staff_required
from accounts.rights import Right
from core import events
from core.paging import Keyset
from core.views.found import SHOWN, Found, found_panel, searched
from core.views.panels import panel
from customers.access import customers_for
from orders import queries
from orders.access import orders_for
from orders.forms import FilterForm
from orders.models import Order, OrderQuerySet

LATEST_FIRST = Keyset(order=("-placed_at", "-pk"))
EVENTS_SHOWN = 30
ORDERS_SHOWN = 8


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def orders(request: StaffRequest) -> HttpResponse:
    """The list, latest first, narrowed by the filters in the address."""
    form = FilterForm(request.GET)
    rows = orders_for(request.user).select_related("customer", "shop")
    if form.is_valid():
        rows = _filtered(rows, form)
    page = LATEST_FIRST.page(rows, request.GET)
    context = {"form": form, "page": page, "may_import": request.user.may(Right.IMPORT_ORDERS)}
    return render(request, "orders/console/list.html", context)


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def found_orders(request: StaffRequest) -> HttpResponse:
    """Orders a search means, beside the tickets it finds."""
    rows = queries.matching(orders_for(request.user).select_related("customer"), searched(request))
    found = [
        Found(reverse("console:order", args=[row.reference]), row.number, row.customer.display_name)
        for row in rows.order_by("-placed_at", "-pk")[: SHOWN + 1]
    ]
    return found_panel(request, found, title=_("Orders"), everything="console:orders")


def _filtered(rows: OrderQuerySet, form: FilterForm) -> OrderQuerySet:
    told = form.cleaned_data
    if told["q"]:
        rows = queries.matching(rows, told["q"])
    if told["shop"]:
        rows = rows.filter(shop=told["shop"])
    if told["status"]:
        rows = rows.filter(status=told["status"])
    if told["show"] == "returned":
        rows = rows.with_returned_goods()
    return rows.filter(incomplete=True) if told["show"] == "incomplete" else rows


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def order(request: StaffRequest, reference: str) -> HttpResponse:
    """Everything about one order on one page; other rooms fill their slots."""
    row = _found(request, reference)
    told_by_parcels = events.timeline(row).exclude(kind="shipment.tracked")
    newest = list(told_by_parcels.order_by("-pk")[:EVENTS_SHOWN])
    context = {**_parts(row), "events": newest[::-1], "contact_points": row.customer.contact_points.all()}
    return render(request, "orders/console/order.html", context)


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def ticket_order(request: StaffRequest, reference: str) -> HttpResponse:
    """The order as a panel beside a ticket."""
    row = _found(request, reference)
    return panel(request, "orders/console/_panel.html", _parts(row), title=row.number)


@require_safe
@staff_required(Right.READ_CUSTOMERS)
def customer_orders(request: StaffRequest, number: str) -> HttpResponse:
    """The latest orders of a customer as a panel."""
    customer = get_object_or_404(customers_for(request.user), number=number)
    rows = orders_for(request.user).filter(customer=customer).order_by("-placed_at")
    context = {"customer": customer, "orders": rows[:ORDERS_SHOWN], "count": rows.count()}
    return panel(request, "orders/console/_of_customer.html", context, title=_("Orders"))


def _found(request: StaffRequest, reference: str) -> Order:
    rows = orders_for(request.user).select_related("customer__tier", "shop")
    return get_object_or_404(rows, reference=reference)


def _parts(row: Order) -> dict[str, object]:
    parcels = row.shipments.prefetch_related("lines__line", "tracking_events")
    return {
        "order": row,
        "lines": row.lines.prefetch_related("discount_allocations"),
        "payments": row.payments.all(),
        "parcels": parcels,
    }
