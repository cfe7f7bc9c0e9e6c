"""What a return brings: the units of a case valued under its terms. Reads rows, writes none."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Sum, prefetch_related_objects

from orders.models import Order, OrderLine
from returns import resettlement, rules
from returns.models import CaseLine, RefundLine
from returns.resettlement import Bought, Gift
from returns.rules import Basket, Breakdown
from returns.states import COUNTED, CaseKind, Fault
from returns.terms import Terms

RESETTLEMENT = "resettlement"


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

    @property
    def price(self) -> int:
        """What they cost before any discount, tax included: the most they can bring."""
        tax = rules.units_value(self.line.tax, self.line.quantity, self.units)
        return self.line.unit_price * len(self.units) + tax


@dataclass(frozen=True)
class Quote:
    """What parts bring in sum, and what the goods of each are worth before fees."""

    breakdown: Breakdown
    goods: Sequence[int]

    @property
    def total(self) -> int:
        return self.breakdown.total


def quote_for(kind: str, order: Order, parts: Sequence[Part], terms: Terms, *, shop_bears: bool) -> Quote:
    """Value parts as a case of this kind does.

    Where nothing comes back, nothing comes off for bringing it back; where no money goes to the customer, it
    is the goods alone.
    """
    bears = kind != CaseKind.RETURN_REFUND or shop_bears
    worth = quote(order, parts, terms, shop_bears=bears)
    return worth if kind in REFUNDED_KINDS else Quote(Breakdown(sum(worth.goods)), worth.goods)


REFUNDED_KINDS = (CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY)


def quote(order: Order, parts: Sequence[Part], terms: Terms, *, shop_bears: bool) -> Quote:
    """Value parts of an order under the terms of a case."""
    lines = list(OrderLine.objects.filter(order=order))
    paid = [part.value for part in parts]
    goods, owes = paid, 0
    if terms.proration_method == RESETTLEMENT:
        prefetch_related_objects(lines, "discount_allocations")
        at_fault = shop_bears and terms.freight_payer == "fault"
        goods, owes = _settled_anew(lines, parts, paid, at_fault=at_fault)
    fees = [
        rules.restocking_fee(value, part.restocking_basis_points)
        for part, value in zip(parts, goods, strict=True)
    ]
    basket = _basket(order, lines, parts)
    made = rules.breakdown(sum(goods), sum(fees), basket, terms, shop_bears=shop_bears)
    return Quote(replace(made, resettled=sum(goods) - sum(paid), customer_owes=owes), goods)


def _settled_anew(
    lines: Sequence[OrderLine], parts: Sequence[Part], paid: Sequence[int], *, at_fault: bool
) -> tuple[list[int], int]:
    """What each part brings when the order is settled anew, and what the customer owes.

    Where the shop or a carrier is at fault the customer loses nothing by it.
    """
    bought = [_bought(line) for line in lines]
    shares = [row for line in lines for row in line.discount_allocations.all()]
    tiers = {row.promotion: row.tiers for row in shares if row.tiers}
    kept = [line.quantity for line in lines]
    before: list[int] = []
    for back in _returns_of(lines):
        kept = [units - back[line.pk] for line, units in zip(lines, kept, strict=True)]
        before.append(resettlement.kept_price(bought, kept, tiers))
    going = Counter({part.line.pk: len(part.units) for part in parts})
    now = resettlement.kept_price(
        bought, [units - going[line.pk] for line, units in zip(lines, kept, strict=True)], tiers
    )
    whole, refunded = sum(line.paid for line in lines), _refunded(lines)
    total, owes = resettlement.settle(whole, before, now, refunded)
    if at_fault:
        total, owes = max(total, min(sum(paid), max(0, whole - refunded))), 0
    prices = [part.price for part in parts]
    return (rules.allocate(total, prices) if total else [0] * len(parts)), owes


def _refunded(lines: Sequence[OrderLine]) -> int:
    """What was refunded for goods of the order, or is due for goods that are back."""
    due = CaseLine.objects.filter(order_line__in=lines, quantity_returned__gt=0)
    return max(sum(line.refunded for line in lines), due.aggregate(sum=Sum("refund_amount"))["sum"] or 0)


def _bought(line: OrderLine) -> Bought:
    shares = Counter[int]()
    for row in line.discount_allocations.all():
        shares[row.promotion] += row.amount
    # What is not allocated to a promotion is a discount of the line's own.
    shares[0] += line.discount - sum(shares.values())
    return Bought(line.quantity, line.unit_price, line.tax, shares)


def _returns_of(lines: Sequence[OrderLine]) -> list[Counter[int]]:
    """Units by order line that came back: first those outside of any case, then case by case."""
    cases: dict[int, Counter[int]] = {}
    rows = CaseLine.objects.filter(order_line__in=lines, quantity_returned__gt=0)
    for row in rows.order_by("case__inspected_at", "case_id"):
        cases.setdefault(row.case_id, Counter())[row.order_line_id] += row.quantity_returned
    held = sum(cases.values(), Counter[int]())
    outside = Counter({line.pk: max(0, line.quantity_returned - held[line.pk]) for line in lines})
    return [outside, *cases.values()]


def room(line: OrderLine, terms: Terms) -> int:
    """The most a line can still be refunded: what was paid, or its price where discounts are settled anew."""
    most = line.paid + line.discount if terms.proration_method == RESETTLEMENT else line.paid
    return most - line.refunded


def _gifts_kept(lines: Sequence[OrderLine], going: Mapping[int, int]) -> int:
    """The worth of gifts whose goods go back now without them."""
    goods = [line for line in lines if not line.gift_value]
    charge = 0
    for gift in (line for line in lines if line.gift_value):
        main = [line for line in goods if gift.gift_with in (None, line.position)]
        if not main:
            continue
        before = sum(line.quantity_returned for line in main)
        after = before + sum(going.get(line.pk, 0) for line in main)
        bought = sum(line.quantity for line in main)
        came = gift.quantity_returned, gift.quantity_returned + going.get(gift.pk, 0)
        if gift.gift_with is None:  # it came with the whole order, and goes with all of it
            before, after, bought = int(before >= bought), int(after >= bought), 1
        charge += Gift(gift.quantity, gift.gift_value, bought).charge((before, after), came)
    return charge


def _basket(order: Order, lines: Sequence[OrderLine], parts: Sequence[Part]) -> Basket:
    going = {part.line.pk: len(part.units) for part in parts}
    kept, left = 0, 0
    for line in lines:
        units = line.quantity - line.quantity_returned - going.get(line.pk, 0)
        left += units
        kept += line.paid * units // line.quantity
    return Basket(
        shipping=order.shipping,
        shipping_refunded=shipping_refunded(order),
        kept=kept,
        everything_back=left <= 0,
        gifts_kept=_gifts_kept(lines, going),
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
