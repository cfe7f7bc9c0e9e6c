"""What applies to the items of an order and why, for the customer who wants to know."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from customers.access import PortalRequest, portal_required
from orders.access import orders_of
from returns.readings import readings


@never_cache
@require_safe
@portal_required
def order_policy(request: PortalRequest, reference: str) -> HttpResponse:
    """Each item with the answer, the way to it, and the law behind it."""
    rows = orders_of(request.portal).select_related("shop", "customer__tier")
    order = get_object_or_404(rows, reference=reference)
    context = {"order": order, "items": readings(order, clock.now())}
    return render(request, "returns/portal/policy.html", context)
