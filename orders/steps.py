"""The way of an order as its customer sees it."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.stepper import Step, StepState
from orders.models import Order
from orders.states import OrderStatus


def steps_of(order: Order) -> list[Step]:
    """Ordered, paid, shipped, delivered; a cancelled order ends there."""
    shipped = [parcel.shipped_at for parcel in order.shipments.all() if parcel.shipped_at]
    marks: list[tuple[str, bool, datetime | None]] = [
        (_("Ordered"), True, order.placed_at),
        (_("Paid"), order.paid_at is not None, order.paid_at),
        (
            _("Shipped"),
            order.status in {OrderStatus.SHIPPED, OrderStatus.DELIVERED},
            min(shipped, default=None),
        ),
        (_("Delivered"), order.status == OrderStatus.DELIVERED, order.delivered_at),
    ]
    if order.status == OrderStatus.CANCELLED:
        done = [Step(label, StepState.DONE, at) for label, is_done, at in marks if is_done]
        return [*done, Step(_("Cancelled"), StepState.FAILED)]
    current = next((n for n, (_label, is_done, _at) in enumerate(marks) if not is_done), len(marks))
    return [
        Step(label, _state(n, current), at if n < current else None)
        for n, (label, _d, at) in enumerate(marks)
    ]


def _state(position: int, current: int) -> StepState:
    if position < current:
        return StepState.DONE
    return StepState.NOW if position == current else StepState.NEXT
