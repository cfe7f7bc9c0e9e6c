"""The customer's own word that everything has arrived (确认收货)."""

from datetime import datetime

from django.db import transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from orders.models import Order


@transaction.atomic
def confirm_receipt(order: Order, *, by: Actor, at: datetime | None = None) -> Order:
    """Note when the customer confirmed the receipt (default: now); the first word counts.

    Refuses with order.cannot_confirm what was never delivered, and shipment.news_from_future.
    """
    order = Order.objects.select_for_update(of=["self"]).select_related("shop", "customer").get(pk=order.pk)
    if order.confirmed_at is not None:
        return order
    now = clock.now()
    if order.delivered_at is None:
        raise Refused("order.cannot_confirm", number=order.number)
    if at is not None and at > now:
        raise Refused("shipment.news_from_future")
    order.confirmed_at = at or now
    order.save(update_fields=["confirmed_at"])
    events.record("order.receipt_confirmed", order, by=by, public=True, at=now)
    return order
