"""Orders for customers: the list of one's own, one order with its parcels and what can be done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.paging import Keyset
from customers.access import PortalRequest, portal_required
from orders.access import orders_of
from orders.states import Direction
from orders.steps import steps_of

LATEST_FIRST = Keyset(order=("-placed_at", "-pk"), size=20)


@never_cache
@require_safe
@portal_required
def orders(request: PortalRequest) -> HttpResponse:
    """One's own orders, latest first; for a guest those that were opened on this device."""
    rows = orders_of(request.portal).prefetch_related("lines")
    page = LATEST_FIRST.page(rows, request.GET)
    return render(request, "orders/portal/list.html", {"page": page})


@never_cache
@require_safe
@portal_required
def order(request: PortalRequest, reference: str) -> HttpResponse:
    """Items, parcels and what is possible for each; somebody else's order is not there."""
    rows = orders_of(request.portal).select_related("shop", "customer")
    row = get_object_or_404(rows.prefetch_related("lines", "shipments"), reference=reference)
    parcels = row.shipments.exclude(direction=Direction.RETURN).prefetch_related(
        "lines__line", "tracking_events"
    )
    context = {"order": row, "lines": row.lines.all(), "parcels": parcels, "steps": steps_of(row)}
    return render(request, "orders/portal/order.html", context)
