"""What of an order can be returned now, until when, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orders.models import Order, OrderLine
from returns import policies, rules
from returns.models import ReturnPolicy
from returns.terms import Terms


@dataclass(frozen=True)
class Offer:
    """One line of an order. `blocked` is "" or why nothing can be returned: the end of a refusal's code."""

    line: OrderLine
    quantity: int
    terms: Terms | None
    until: datetime | None
    blocked: str = ""


def offers(order: Order, at: datetime, active: Sequence[ReturnPolicy] | None = None) -> list[Offer]:
    """An offer for each line of the order, in its order; `active` policies are read once for many orders."""
    active = policies.active_policies() if active is None else active
    return [offer(order, line, at, active) for line in order.lines.all()]


def offer(order: Order, line: OrderLine, at: datetime, active: Sequence[ReturnPolicy]) -> Offer:
    """What can be returned of one line."""
    policy = policies.policy_for(line, order, active)
    if policy is None or policy.window_days == 0:
        return Offer(line, 0, None, None, "not_returnable")
    terms = policies.freeze(policy, order)
    until = rules.window_end(order.delivered_at, terms) if order.delivered_at else None
    return Offer(line, line.returnable, terms, until, _blocked(line, until, at))


def _blocked(line: OrderLine, until: datetime | None, at: datetime) -> str:
    if until is None or line.quantity_delivered == 0:
        return "not_delivered"
    if line.returnable == 0:
        return "in_return" if line.quantity_open else "already_returned"
    return "window_closed" if at >= until else ""
