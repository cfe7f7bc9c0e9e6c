"""What a return brings: the units of a case valued under its terms. Reads rows, writes none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from orders.models import Order, OrderLine
from returns import rules
from returns.models import CaseLine, RefundLine
from returns.rules import Basket, Breakdown
from returns.states import COUNTED, Fault
from returns.terms import Terms


@dataclass(frozen=True)
class Part:
    """Units of an order line that go back, by their places, and the share kept as restocking fee."""

    line: OrderLine
    units: Sequence[int]
    restocking_basis_points: int = 0

    @property
    def value(self) -> int:
        """What was paid for these units."""
        return rules.units_value(self.line.paid, self.line.quantity, self.units)


@dataclass(frozen=True)
class Quote:
    """What parts bring in sum, and what the goods of each are worth before fees."""

    breakdown: Breakdown
    goods: Sequence[int]

    @property
    def total(self) -> int:
        return self.breakdown.total


def quote(order: Order, parts: Sequence[Part], terms: Terms, *, shop_bears: bool) -> Quote:
    """Value parts of an order under the terms of a case."""
    goods = [part.value for part in parts]
    fees = [
        rules.restocking_fee(value, part.restocking_basis_points)
        for part, value in zip(parts, goods, strict=True)
    ]
    basket = _basket(order, parts)
    return Quote(rules.breakdown(sum(goods), sum(fees), basket, terms, shop_bears=shop_bears), goods)


def _basket(order: Order, parts: Sequence[Part]) -> Basket:
    going = {part.line.pk: len(part.units) for part in parts}
    kept, left = 0, 0
    for line in OrderLine.objects.filter(order=order):
        units = line.quantity - line.quantity_returned - going.get(line.pk, 0)
        left += units
        kept += line.paid * units // line.quantity
    return Basket(
        shipping=order.shipping,
        shipping_refunded=shipping_refunded(order),
        kept=kept,
        everything_back=left <= 0,
    )


def shipping_refunded(order: Order) -> int:
    """Postage of the order that has been given back, or is about to be."""
    lines = RefundLine.objects.filter(
        component=RefundLine.Component.SHIPPING, refund__case__order=order, refund__status__in=COUNTED
    )
    return lines.aggregate(sum=Sum("amount"))["sum"] or 0


def shop_bears(fault: str, terms: Terms) -> bool:
    """Whether postage and fees fall on the shop."""
    if terms.freight_payer == "fault":
        return fault in (Fault.MERCHANT, Fault.CARRIER)
    return terms.freight_payer == "shop"


def taken_units(line: OrderLine) -> tuple[set[int], int]:
    """The places of a line that cases hold, and how many units came back outside of any case."""
    held = [
        row for row in CaseLine.objects.filter(order_line=line) if row.quantity_open or row.quantity_returned
    ]
    taken = {unit for row in held for unit in row.units}
    return taken, max(0, line.quantity_returned - sum(row.quantity_returned for row in held))


def parts_of(lines: Iterable[CaseLine], counts: Iterable[int]) -> list[Part]:
    """The first so many units of each case line."""
    return [
        Part(row.order_line, row.units[:count], row.restocking_basis_points)
        for row, count in zip(lines, counts, strict=True)
    ]
