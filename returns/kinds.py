"""What can be asked for with an item: the kinds of case open to it, for how many units, or why not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orders.models import Order, OrderLine
from orders.states import OrderStatus
from returns import policies
from returns.offers import Offer
from returns.policies import Book
from returns.states import CaseKind
from returns.terms import Terms

GOODS_COME_BACK = (CaseKind.RETURN_REFUND, CaseKind.EXCHANGE, CaseKind.REPAIR)
OWN_REQUESTS = (
    CaseKind.RETURN_REFUND,
    CaseKind.EXCHANGE,
    CaseKind.REPAIR,
    CaseKind.RESEND,
    CaseKind.REFUND_ONLY,
)
"""What customers ask for item by item; compensation is asked for, or offered, for an order."""


def units(line: OrderLine, kind: str) -> int:
    """How many units of a line a case of this kind can be about now.

    What comes back must have arrived; what is missing, or not wanted before it came, need not.
    """
    if kind == CaseKind.COMPENSATION:
        return line.quantity
    if kind in GOODS_COME_BACK:
        return line.returnable
    return max(0, line.quantity - line.quantity_returned - line.quantity_open)


def blocked(order: Order, offer: Offer, kind: str, at: datetime) -> str:
    """Why a case of this kind cannot be opened for an item: the end of a refusal's code, or ""."""
    line = offer.line
    if offer.blocked == "kind_not_allowed" or (offer.terms and _left_out(offer.terms, kind)):
        return "kind_not_allowed"
    if kind in (CaseKind.RETURN_REFUND, CaseKind.EXCHANGE):
        return offer.blocked
    if kind == CaseKind.COMPENSATION:
        return "" if order.paid else "not_paid"
    if units(line, kind) == 0:
        return _gone(line, kind)
    if kind == CaseKind.REPAIR:
        return ""
    if not order.paid or order.status == OrderStatus.CANCELLED:
        return "not_paid"
    if kind == CaseKind.RESEND and order.status == OrderStatus.PAID and not line.quantity_delivered:
        return "not_shipped"
    late = offer.until is not None and at >= offer.until and line.quantity_delivered >= line.quantity
    return "window_closed" if late else ""


def _left_out(terms: Terms, kind: str) -> bool:
    return bool(terms.kinds) and kind not in terms.kinds


def _gone(line: OrderLine, kind: str) -> str:
    if kind == CaseKind.REPAIR and not line.quantity_delivered:
        return "not_delivered"
    return "in_return" if line.quantity_open else "already_returned"


@dataclass(frozen=True)
class Possibility:
    """One line of an order: what can be asked for with it now, and for how many units at most."""

    offer: Offer
    kinds: Sequence[CaseKind]
    quantity: int

    @property
    def is_open(self) -> bool:
        return bool(self.kinds)


def possibilities(order: Order, offers: Iterable[Offer], at: datetime) -> list[Possibility]:
    """One for each offer, in its order."""
    found = []
    for offer in offers:
        kinds = open_kinds(order, offer, at)
        found.append(Possibility(offer, kinds, max((units(offer.line, kind) for kind in kinds), default=0)))
    return found


def open_kinds(order: Order, offer: Offer, at: datetime) -> list[CaseKind]:
    """What a customer can ask for with an item now."""
    return [kind for kind in OWN_REQUESTS if not blocked(order, offer, kind, at)]


def terms_of(order: Order, offer: Offer, book: Book) -> Terms | None:
    """The terms of a case about an item, also where its policy takes nothing back."""
    if offer.terms is not None:
        return offer.terms
    policy = policies.policy_for(offer.line, order, book)
    return policies.freeze(policy, order, offer.line, book.statutes) if policy else None
