"""Money that came in for an order after it was placed."""

from datetime import datetime

from django.db import transaction

from core import events
from core.actors import Actor
from core.errors import Refused
from orders.models import Order, Payment


@transaction.atomic
def record_payment(
    order: Order,
    *,
    gateway: str,
    external_id: str,
    captured: int,
    by: Actor,
    at: datetime,
    method: str = "",
) -> Payment:
    """Put a payment on record; the same one of the same order again returns the first.

    `captured` is minor units of the order's currency. Raises `Refused`: "payment.already_used" when the
    payment belongs to another order, "payment.not_positive".
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    known = _on_record(order, gateway, external_id)
    if known is not None:
        return known
    if captured <= 0:
        raise Refused("payment.not_positive")
    payment = Payment.objects.create(
        order=order,
        gateway=gateway,
        method=method,
        external_id=external_id,
        currency=order.currency,
        captured=captured,
        captured_at=at,
    )
    facts = {"amount": captured, "currency": order.currency, "reference": external_id}
    events.record("payment.recorded", payment, thread=order, by=by, public=True, at=at, **facts)
    return payment


def _on_record(order: Order, gateway: str, external_id: str) -> Payment | None:
    """The payment of this name; refused where it is another order's."""
    known = Payment.objects.filter(gateway=gateway, external_id=external_id).first()
    if known is not None and known.order_id != order.pk:
        raise Refused("payment.already_used", reference=external_id)
    return known
