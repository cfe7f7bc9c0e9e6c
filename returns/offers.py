"""What of an order can be returned now, until when, or why not."""

from dataclasses import dataclass
from datetime import datetime

from orders.models import Order, OrderLine
from returns import policies
from returns.models import Reason
from returns.policies import Book, Explanation
from returns.states import CaseKind
from returns.terms import Terms


@dataclass(frozen=True)
class Offer:
    """One line of an order. `blocked` is "" or why nothing can be returned: the end of a refusal's code.

    Without a known reason `until` is the end for whoever changed their mind; faulty or wrong goods can
    be returned until `faulty_until` where that is later.
    """

    line: OrderLine
    quantity: int
    terms: Terms | None
    until: datetime | None
    blocked: str = ""
    faulty_until: datetime | None = None


def offers(order: Order, at: datetime, active: Book | None = None) -> list[Offer]:
    """An offer for each line of the order, in its order; `active` policies are read once for many orders."""
    active = policies.active_policies() if active is None else active
    return [offer(order, line, at, active) for line in order.lines.all()]


def offer(
    order: Order,
    line: OrderLine,
    at: datetime,
    active: Book,
    *,
    reason: Reason | None = None,
    kind: str = CaseKind.RETURN_REFUND,
) -> Offer:
    """What can be returned of one line; with a reason, what the law grants to faulty goods counts too."""
    why = policies.explain(order, line, at, reason=reason, kind=kind, book=active)
    if why.blocked in ("not_returnable", "kind_not_allowed"):
        return Offer(line, 0, None, None, why.blocked)
    blocked = _blocked(line, why, at)
    return Offer(line, line.returnable, why.terms, why.until, blocked, why.faulty_until)


def _blocked(line: OrderLine, why: Explanation, at: datetime) -> str:
    if why.until is None or line.quantity_delivered == 0:
        return "not_delivered"
    if line.returnable == 0:
        return "in_return" if line.quantity_open else "already_returned"
    return why.blocked
