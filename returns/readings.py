"""The items of an order, each with what holds for it and why."""

from dataclasses import dataclass
from datetime import datetime

from orders.models import Order, OrderLine
from returns import offers, policies, policy_words
from returns.models import Reason
from returns.policies import Explanation
from returns.policy_words import Reading
from returns.states import CaseKind


@dataclass(frozen=True)
class ItemReading:
    """One item: the explanation, and how it reads in the active language."""

    line: OrderLine
    why: Explanation
    blocked: str
    reading: Reading


def readings(
    order: Order, at: datetime, *, reason: Reason | None = None, kind: str = CaseKind.RETURN_REFUND
) -> list[ItemReading]:
    """Every item of an order, in its order."""
    book = policies.active_policies()
    found = []
    for line in order.lines.all():
        why = policies.explain(order, line, at, reason=reason, kind=kind, book=book)
        blocked = offers.offer(order, line, at, book, reason=reason, kind=kind).blocked
        found.append(ItemReading(line, why, blocked, policy_words.read(why, blocked)))
    return found
