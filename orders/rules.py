"""Arithmetic of an order and the meaning of carrier news, without a database."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

from babel.numbers import list_currencies

from core.errors import Refused
from core.money import allocate
from orders.drafts import DiscountDraft, LineDraft, OrderDraft, ParcelDraft
from orders.states import TRACKING_RANK, LineFlag, OrderStatus, TrackingStatus

MOST_UNITS = 1_000_000
MOST_LINES = 1_000
LARGEST_AMOUNT = 10**15
LARGEST_RATE = Decimal(10**9)
CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True)
class Share:
    """What of one discount fell on one line, or on shipping; `promotion` counts the order's from 1."""

    source: str
    amount: int
    promotion: int = 0
    tiers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class PricedLine:
    """A line with what was paid for it: price x quantity - discount + tax."""

    draft: LineDraft
    shares: tuple[Share, ...]
    tax: int

    @property
    def gross(self) -> int:
        return self.draft.unit_price * self.draft.quantity

    @property
    def discount(self) -> int:
        return sum(share.amount for share in self.shares)

    @property
    def paid(self) -> int:
        return self.gross - self.discount + self.tax


@dataclass(frozen=True)
class PricedOrder:
    """An order with every discount and tax laid on its lines, once and for all."""

    lines: tuple[PricedLine, ...]
    shipping: int
    shipping_shares: tuple[Share, ...]

    @property
    def goods(self) -> int:
        return sum(line.gross for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(line.discount for line in self.lines) + self.shipping_discount

    @property
    def shipping_discount(self) -> int:
        return sum(share.amount for share in self.shipping_shares)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        """What the customer pays: goods - discount + shipping + tax."""
        return self.goods - self.discount + self.shipping + self.tax


def price(draft: OrderDraft) -> PricedOrder:
    """Lay the order's discounts and tax on its lines: largest remainder, ties to the lowest line.

    A discount is shared by what is left to pay for each line, so no line is ever paid below zero.
    Raises `Refused` for what cannot be an order (no lines, units below one, a discount above the price).
    """
    _check(draft)
    priced = _priced(draft)
    _check_tenders(draft, priced.total)
    return priced


def _priced(draft: OrderDraft) -> PricedOrder:
    shares = [[Share("promotion", line.discount)] if line.discount else [] for line in draft.lines]
    left = [line.unit_price * line.quantity - line.discount for line in draft.lines]
    for number, discount in enumerate(draft.discounts, start=1):
        if not discount.on_shipping:
            _share(number, discount, left, shares)
    if draft.tax and not any(left):
        raise Refused("order.tax_without_price")
    taxes = allocate(draft.tax, left)
    return PricedOrder(
        lines=tuple(
            PricedLine(line, tuple(own), line.tax + tax)
            for line, own, tax in zip(draft.lines, shares, taxes, strict=True)
        ),
        shipping=draft.shipping,
        shipping_shares=tuple(
            Share(each.source, each.amount) for each in draft.discounts if each.on_shipping and each.amount
        ),
    )


def _share(number: int, discount: DiscountDraft, left: list[int], shares: list[list[Share]]) -> None:
    positions = range(len(left)) if discount.lines is None else sorted(set(discount.lines))
    if discount.amount > sum(left[position] for position in positions):
        raise Refused("order.discount_above_price")
    if discount.tiers:
        _check_tiers(discount, sum(left[position] for position in positions))
    parts = allocate(discount.amount, [left[position] for position in positions])
    for position, part in zip(positions, parts, strict=True):
        if part or discount.tiers:  # a share of nothing still says that the line counts for the terms
            left[position] -= part
            shares[position].append(Share(discount.source, part, number, discount.tiers))


def tier_off(tiers: Sequence[Sequence[int]], spent: int) -> int:
    """What a promotion takes off when so much was spent: that of the highest tier reached, else 0."""
    return max((off for least, off in tiers if spent >= least), default=0)


def _check_tiers(discount: DiscountDraft, spent: int) -> None:
    """Terms that do not give the discount that was given would settle a return wrongly."""
    offs = [off for _least, off in sorted(discount.tiers)]
    if offs != sorted(offs) or min(offs) < 0 or tier_off(discount.tiers, spent) != discount.amount:
        raise Refused("order.tiers_differ")


def _check(draft: OrderDraft) -> None:
    if not draft.number.strip():
        raise Refused("order.no_number")
    if draft.currency not in CURRENCIES:
        raise Refused("order.unknown_currency", currency=draft.currency)
    if not draft.lines:
        raise Refused("order.no_lines")
    if len(draft.lines) > MOST_LINES:
        raise Refused("order.too_many_lines", most=MOST_LINES)
    if draft.fx_rate is not None and not 0 < draft.fx_rate <= LARGEST_RATE:
        raise Refused("order.rate_out_of_range")
    for position, line in enumerate(draft.lines, start=1):
        _check_line(line, position)
    amounts = [draft.shipping, draft.tax, *(each.amount for each in draft.discounts)]
    if not all(0 <= amount <= LARGEST_AMOUNT for amount in amounts):
        raise Refused("order.amount_out_of_range", position=0)
    _check_discounts(draft)
    _check_parcels(draft)


def _check_line(line: LineDraft, position: int) -> None:
    if not 1 <= line.quantity <= MOST_UNITS:
        raise Refused("order.units_out_of_range", position=position, quantity=line.quantity, most=MOST_UNITS)
    if not 0 <= line.returned <= line.quantity:
        raise Refused("order.returned_above_units", position=position)
    if unknown := sorted(set(line.flags) - set(LineFlag.values)):
        raise Refused("order.unknown_flag", position=position, flag=unknown[0])
    if not all(0 <= amount <= LARGEST_AMOUNT for amount in (line.unit_price, line.discount, line.tax)):
        raise Refused("order.amount_out_of_range", position=position)
    if line.unit_price * line.quantity > LARGEST_AMOUNT:
        raise Refused("order.amount_out_of_range", position=position)
    if line.discount > line.unit_price * line.quantity:
        raise Refused("order.discount_above_price")
    if not 0 <= line.gift_value <= LARGEST_AMOUNT:
        raise Refused("order.amount_out_of_range", position=position)


def _check_discounts(draft: OrderDraft) -> None:
    gifts = [line.gift_with for line in draft.lines if line.gift_with is not None]
    if any(not 0 <= position < len(draft.lines) for position in gifts):
        raise Refused("order.no_such_line")
    if sum(each.amount for each in draft.discounts if each.on_shipping) > draft.shipping:
        raise Refused("order.discount_above_price")
    for discount in draft.discounts:
        if any(not 0 <= position < len(draft.lines) for position in discount.lines or ()):
            raise Refused("order.no_such_line")


def _check_tenders(draft: OrderDraft, total: int) -> None:
    tenders = draft.payment.tenders if draft.payment else ()
    if any(each.amount < 1 for each in tenders) or sum(each.amount for each in tenders) > total:
        raise Refused("order.tenders_above_total")


def _check_parcels(draft: OrderDraft) -> None:
    for parcel in draft.parcels:
        for position, units in parcel.lines or ():
            if not 0 <= position < len(draft.lines) or units < 1:
                raise Refused("order.no_such_line")
    sent = units_sent(draft, draft.parcels)
    if any(units > line.quantity for units, line in zip(sent, draft.lines, strict=True)):
        raise Refused("shipment.too_many")


def parcel_units(draft: OrderDraft, parcel: ParcelDraft) -> tuple[tuple[int, int], ...]:
    """(position from 0, units) of what is in a parcel."""
    if parcel.lines is not None:
        return parcel.lines
    return tuple((position, line.quantity) for position, line in enumerate(draft.lines))


def units_sent(draft: OrderDraft, parcels: Iterable[ParcelDraft]) -> list[int]:
    """Units of each line that are in the given parcels."""
    sent = [0] * len(draft.lines)
    for parcel in parcels:
        for position, units in parcel_units(draft, parcel):
            sent[position] += units
    return sent


def units_delivered(draft: OrderDraft) -> list[int]:
    """Units of each line that reached the customer; what came back must have been there."""
    delivered = units_sent(draft, (parcel for parcel in draft.parcels if parcel.delivered_at))
    return [max(units, line.returned) for units, line in zip(delivered, draft.lines, strict=True)]


def order_status(*, paid: bool, ordered: int, sent: int, delivered: int) -> OrderStatus:
    """Where an order stands, from sums of its units."""
    if delivered >= ordered:
        return OrderStatus.DELIVERED
    if sent or delivered:
        return OrderStatus.SHIPPED
    return OrderStatus.PAID if paid else OrderStatus.PLACED


LineFacts = tuple[str, int, int, int, int]
"""What makes a line the same line: SKU, units, unit price, discount, tax."""


def line_facts(line: PricedLine) -> LineFacts:
    return (line.draft.sku, line.draft.quantity, line.draft.unit_price, line.discount, line.tax)


def content_of(draft: OrderDraft, priced: PricedOrder) -> str:
    """Digest of what was ordered: who, when, in which currency, which units at which prices, shipping.

    Titles, addresses, payment, parcels and the order of the lines do not count: they may be told later
    or corrected without making another order of it.
    """
    facts = [
        draft.customer_id,
        draft.placed_at.timestamp(),
        draft.currency,
        priced.shipping,
        priced.shipping_discount,
        sorted(line_facts(line) for line in priced.lines),
    ]
    return sha256(json.dumps(facts).encode()).hexdigest()


class News(Protocol):
    """Carrier news, as far as its meaning goes."""

    @property
    def status(self) -> str: ...

    @property
    def occurred_at(self) -> datetime | None: ...


def status_of(news: Iterable[News]) -> str:
    """Where a parcel stands, from all its news in any order: the highest rank wins.

    One thing outranks a delivery: news, dated after it, that the parcel is back with the sender.
    """
    known = [each for each in news if each.status != TrackingStatus.UNMAPPED]
    best = max((each.status for each in known), key=TRACKING_RANK.__getitem__, default=TrackingStatus.PENDING)
    if best == TrackingStatus.DELIVERED and _came_back(known):
        return TrackingStatus.RETURNED
    return best


def _came_back(news: Sequence[News]) -> bool:
    delivered = [each.occurred_at for each in news if each.status == TrackingStatus.DELIVERED]
    returned = [each.occurred_at for each in news if each.status == TrackingStatus.RETURNED]
    if not returned or None in delivered:
        return False
    latest = max(filter(None, delivered))
    return any(moment is not None and moment > latest for moment in returned)


def fingerprint_of(status: str, occurred_at: datetime | None, description: str, location: str) -> str:
    """The same news from the same carrier is known by its content when it brings no identity."""
    moment = occurred_at.timestamp() if occurred_at else None
    told = json.dumps([status, moment, description.strip(), location.strip()])
    return sha256(told.encode()).hexdigest()
