"""New orders as rows, a batch in a handful of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import events
from core.actors import Actor
from core.numbers import next_numbers
from orders import rules
from orders.drafts import OrderDraft, ParcelDraft, PaymentDraft
from orders.models import (
    DiscountAllocation,
    Order,
    OrderLine,
    Payment,
    Shipment,
    ShipmentLine,
    Shop,
    TrackingEvent,
)
from orders.rules import PricedLine, PricedOrder
from orders.states import TrackingStatus

DEFAULT_GATEWAY = "manual"
"""Money that came in where we cannot reach: refunds are paid by hand in the shop."""

Priced = tuple[OrderDraft, PricedOrder]


@dataclass(frozen=True)
class Batch:
    """What the orders of a batch have in common; `event` is the kind recorded for each new one."""

    shop: Shop
    by: Actor
    event: str
    at: datetime


@dataclass(frozen=True)
class Written:
    """A new order with what it was made from."""

    order: Order
    draft: OrderDraft
    priced: PricedOrder


def write(batch: Batch, pairs: Sequence[Priced]) -> list[Order]:
    """Write the orders whose numbers nobody placed meanwhile, with everything that belongs to them."""
    if not pairs:
        return []
    references = next_numbers("O", len(pairs))
    rows = [_order_row(batch, reference, *pair) for reference, pair in zip(references, pairs, strict=True)]
    Order.objects.bulk_create(rows, ignore_conflicts=True)
    by_number = {draft.number: (draft, priced) for draft, priced in pairs}
    placed = (
        Order.objects.filter(reference__in=references).select_related("customer", "shop").order_by("number")
    )
    written = [Written(order, *by_number[order.number]) for order in placed]
    lines = _write_lines(written)
    Payment.objects.bulk_create(
        row
        for each in written
        if each.draft.payment
        for row in payment_rows(each.order, each.draft.payment, each.priced.total)
    )
    _write_parcels(batch, written, lines)
    events.record_all(
        events.build(batch.event, each.order, by=batch.by, public=True, at=batch.at, number=each.order.number)
        for each in written
    )
    return [each.order for each in written]


def _order_row(batch: Batch, reference: str, draft: OrderDraft, priced: PricedOrder) -> Order:
    delivered = [parcel.delivered_at for parcel in draft.parcels if parcel.delivered_at]
    return Order(
        reference=reference,
        shop=batch.shop,
        number=draft.number,
        customer_id=draft.customer_id,
        status=rules.order_status(
            paid=draft.payment is not None,
            ordered=sum(line.quantity for line in draft.lines),
            sent=sum(rules.units_sent(draft, draft.parcels)),
            delivered=sum(rules.units_delivered(draft)),
        ),
        placed_at=draft.placed_at,
        paid_at=(draft.payment.captured_at or draft.placed_at) if draft.payment else None,
        delivered_at=max(delivered, default=None),
        currency=draft.currency,
        fx_rate=draft.fx_rate,
        goods=priced.goods,
        discount=priced.discount,
        shipping=priced.shipping,
        tax=priced.tax,
        paid=priced.total if draft.payment else 0,
        ship_to=dict(draft.ship_to),
        content=rules.content_of(draft, priced),
        incomplete=draft.incomplete,
        created_at=batch.at,
    )


def _write_lines(written: Sequence[Written]) -> dict[int, list[OrderLine]]:
    """Lines and discount shares of new orders; returns the lines by order, in their positions."""
    pairs: list[tuple[OrderLine, PricedLine]] = []
    for each in written:
        delivered = rules.units_delivered(each.draft)
        for position, line in enumerate(each.priced.lines):
            pairs.append((line_row(each.order, position + 1, line, delivered[position]), line))
    OrderLine.objects.bulk_create(row for row, _line in pairs)
    DiscountAllocation.objects.bulk_create([*_shares(pairs), *_shipping_shares(written)])
    lines: dict[int, list[OrderLine]] = {}
    for row, _line in pairs:
        lines.setdefault(row.order_id, []).append(row)
    return lines


def line_row(order: Order, position: int, line: PricedLine, delivered: int) -> OrderLine:
    """The row of a line, not yet saved."""
    return OrderLine(
        order=order,
        position=position,
        sku=line.draft.sku,
        title=line.draft.title,
        category=line.draft.category,
        flags=sorted(set(line.draft.flags)),
        quantity=line.draft.quantity,
        unit_price=line.draft.unit_price,
        discount=line.discount,
        tax=line.tax,
        paid=line.paid,
        gift_value=line.draft.gift_value,
        gift_with=None if line.draft.gift_with is None else line.draft.gift_with + 1,
        quantity_delivered=delivered,
        quantity_returned=line.draft.returned,
    )


def _shares(pairs: Iterable[tuple[OrderLine, PricedLine]]) -> list[DiscountAllocation]:
    return [
        DiscountAllocation(
            order_id=row.order_id,
            line=row,
            source=share.source,
            amount=share.amount,
            promotion=share.promotion,
            tiers=[list(tier) for tier in share.tiers],
        )
        for row, line in pairs
        for share in line.shares
    ]


def _shipping_shares(written: Iterable[Written]) -> list[DiscountAllocation]:
    return [
        DiscountAllocation(order=each.order, line=None, source=share.source, amount=share.amount)
        for each in written
        for share in each.priced.shipping_shares
    ]


def add_lines(order: Order, lines: Sequence[PricedLine], *, after: int) -> list[OrderLine]:
    """Append lines to an order that lacked them, with their discount shares."""
    pairs = [(line_row(order, after + n, line, 0), line) for n, line in enumerate(lines, start=1)]
    rows = OrderLine.objects.bulk_create([row for row, _line in pairs])
    DiscountAllocation.objects.bulk_create(_shares(pairs))
    return rows


def payment_rows(order: Order, payment: PaymentDraft, captured: int) -> list[Payment]:
    """The rows of a payment, not yet saved: money first, then what was paid otherwise.

    Without names of their own they are named after the order.
    """
    own = f"{order.shop.code}:{order.number}"
    facts = {
        "order": order,
        "currency": order.currency,
        "captured_at": payment.captured_at or order.placed_at,
    }
    rows = [
        Payment(
            **facts,
            tender=each.tender,
            units=each.units,
            gateway=each.gateway or DEFAULT_GATEWAY,
            external_id=each.external_id or f"{own}:{each.tender}:{index}",
            captured=each.amount,
        )
        for index, each in enumerate(payment.tenders, start=1)
    ]
    money = captured - sum(row.captured for row in rows)
    if rows and not money:
        return rows
    first = Payment(
        **facts,
        gateway=payment.gateway or DEFAULT_GATEWAY,
        method=payment.method,
        external_id=payment.external_id or own,
        captured=money,
    )
    return [first, *rows]


def _write_parcels(batch: Batch, written: Sequence[Written], lines: dict[int, list[OrderLine]]) -> None:
    pairs = [
        (_shipment_row(batch, each.order, parcel), parcel, each)
        for each in written
        for parcel in each.draft.parcels
    ]
    Shipment.objects.bulk_create(row for row, _parcel, _each in pairs)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=row, line=lines[row.order_id][position], quantity=units)
        for row, parcel, each in pairs
        for position, units in rules.parcel_units(each.draft, parcel)
    )
    TrackingEvent.objects.bulk_create(
        TrackingEvent(
            shipment=row,
            status=TrackingStatus.DELIVERED,
            occurred_at=parcel.delivered_at,
            fingerprint=rules.fingerprint_of(TrackingStatus.DELIVERED, parcel.delivered_at, "", ""),
            received_at=batch.at,
        )
        for row, parcel, _each in pairs
        if parcel.delivered_at
    )


def _shipment_row(batch: Batch, order: Order, parcel: ParcelDraft) -> Shipment:
    return Shipment(
        order=order,
        carrier=parcel.carrier,
        service=parcel.service,
        tracking_number=parcel.tracking_number,
        status=TrackingStatus.DELIVERED if parcel.delivered_at else TrackingStatus.PENDING,
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
        created_at=batch.at,
    )
