"""An order on record meets the same order told again, perhaps with more than was known before."""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from core import events
from core.actors import Actor
from core.errors import Refused
from orders import rules
from orders.actions.parcels import count_delivered, record_shipment, record_tracking
from orders.actions.writing import add_lines, payment_rows
from orders.drafts import OrderDraft, ParcelDraft
from orders.models import Order, OrderLine, Payment, Shipment, ShipmentLine
from orders.rules import LineFacts, PricedLine, PricedOrder
from orders.states import Direction, OrderStatus, TrackingStatus


def is_up_to_date(order: Order, draft: OrderDraft, priced: PricedOrder) -> bool:
    """Whether the draft tells nothing that the order does not know; looks at prefetched rows only."""
    if order.content != rules.content_of(draft, priced):
        return draft.incomplete and _is_part(order, draft, priced)
    lines = _matched(order.lines.all(), priced.lines)
    return not (
        (order.incomplete and not draft.incomplete)
        or _awaits_payment(order, draft)
        or any(_has_news(order, parcel) for parcel in draft.parcels)
        or any(_returned_now(row, line) for row, line in zip(lines, priced.lines, strict=True))
    )


@transaction.atomic
def catch_up(order: Order, draft: OrderDraft, priced: PricedOrder, *, by: Actor) -> Order:
    """Take over what the draft knows and the order lacks: lines, payment, parcels, returned units.

    Lines are added to incomplete orders only. Nothing is ever taken away. Raises `Refused`
    "order.differs" when the two are not the same order.
    """
    order = Order.objects.select_for_update(of=["self"]).select_related("shop", "customer").get(pk=order.pk)
    changes: list[str] = []
    if order.content != rules.content_of(draft, priced):
        _complete(order, draft, priced)
        changes.append("lines")
    if order.incomplete and not draft.incomplete:
        order.incomplete = False
        order.save(update_fields=["incomplete"])
        changes.append("complete")
    if _awaits_payment(order, draft):
        _pay(order, draft, priced)
        changes.append("payment")
    lines = _matched(order.lines.select_for_update(), priced.lines)
    if _take_returns(lines, priced.lines):
        changes.append("returns")
    if changes:
        events.record("order.updated", order, by=by, changes=changes)
    for parcel in draft.parcels:
        _take_parcel(order, draft, parcel, lines, by=by)
    return Order.objects.select_related("shop", "customer").get(pk=order.pk)


def _facts(row: OrderLine) -> LineFacts:
    return (row.sku, row.quantity, row.unit_price, row.discount, row.tax)


def _same_frame(order: Order, draft: OrderDraft, priced: PricedOrder) -> bool:
    """The same order but for its lines."""
    return (
        order.customer_id == draft.customer_id
        and order.placed_at == draft.placed_at
        and order.currency == draft.currency
        and order.shipping == priced.shipping
    )


def _is_part(order: Order, draft: OrderDraft, priced: PricedOrder) -> bool:
    """Whether every line of the draft is on record."""
    known = Counter(_facts(row) for row in order.lines.all())
    return _same_frame(order, draft, priced) and not Counter(map(rules.line_facts, priced.lines)) - known


def _matched(rows: Sequence[OrderLine] | QuerySet[OrderLine], lines: Sequence[PricedLine]) -> list[OrderLine]:
    """For each told line its row; lines that are alike pair up in their order."""
    waiting: dict[LineFacts, list[OrderLine]] = {}
    for row in rows:
        waiting.setdefault(_facts(row), []).append(row)
    return [waiting[rules.line_facts(line)].pop(0) for line in lines]


def _awaits_payment(order: Order, draft: OrderDraft) -> bool:
    return draft.payment is not None and order.paid_at is None


def _complete(order: Order, draft: OrderDraft, priced: PricedOrder) -> None:
    rows = list(order.lines.select_for_update())
    known, told = Counter(map(_facts, rows)), Counter(map(rules.line_facts, priced.lines))
    if not order.incomplete or known - told or not _same_frame(order, draft, priced):
        raise Refused("order.differs", number=order.number)
    missing = []
    for line in priced.lines:
        if known[rules.line_facts(line)]:
            known[rules.line_facts(line)] -= 1
        else:
            missing.append(line)
    add_lines(order, missing, after=max(row.position for row in rows))
    _take_totals(order, draft, priced)


def _take_totals(order: Order, draft: OrderDraft, priced: PricedOrder) -> None:
    if order.paid_at is not None:
        payment = order.payments.select_for_update().earliest("pk")
        payment.captured += priced.total - order.paid
        payment.save(update_fields=["captured"])
        order.paid = priced.total
    order.goods, order.discount, order.tax = priced.goods, priced.discount, priced.tax
    order.content = rules.content_of(draft, priced)
    order.save(update_fields=["paid", "goods", "discount", "tax", "content"])


def _pay(order: Order, draft: OrderDraft, priced: PricedOrder) -> None:
    if draft.payment is None:
        return
    rows = Payment.objects.bulk_create(payment_rows(order, draft.payment, priced.total))
    order.paid, order.paid_at = priced.total, rows[0].captured_at
    if order.status == OrderStatus.PLACED:
        order.status = OrderStatus.PAID
    order.save(update_fields=["paid", "paid_at", "status"])


def _returned_now(row: OrderLine, line: PricedLine) -> int:
    """Units to add to those known as returned; units in an open case are left to the case."""
    return max(0, min(line.draft.returned, row.quantity - row.quantity_open) - row.quantity_returned)


def _take_returns(rows: Sequence[OrderLine], lines: Sequence[PricedLine]) -> bool:
    changed = False
    for row, line in zip(rows, lines, strict=True):
        if units := _returned_now(row, line):
            row.quantity_returned += units
            row.quantity_delivered = max(row.quantity_delivered, row.quantity_returned)
            row.save(update_fields=["quantity_returned", "quantity_delivered"])
            changed = True
    return changed


def _counterpart(order: Order, parcel: ParcelDraft) -> Shipment | None:
    """The shipment that a told parcel is: by its number, or one whose number was not known yet."""
    outbound = [each for each in order.shipments.all() if each.direction == Direction.OUTBOUND]
    unnumbered = [each for each in outbound if not each.tracking_number]
    if not parcel.tracking_number:
        return next(iter(unnumbered or outbound), None)
    name = (parcel.carrier, parcel.tracking_number)
    same = (each for each in outbound if (each.carrier, each.tracking_number) == name)
    return next(same, None) or next(iter(unnumbered), None)


def _has_news(order: Order, parcel: ParcelDraft) -> bool:
    known = _counterpart(order, parcel)
    return (
        known is None
        or bool(parcel.tracking_number and not known.tracking_number)
        or bool(parcel.delivered_at and not known.delivered_at)
    )


def _take_parcel(
    order: Order, draft: OrderDraft, parcel: ParcelDraft, lines: Sequence[OrderLine], *, by: Actor
) -> None:
    shipment = _counterpart(order, parcel)
    if shipment is None:
        shipment = record_shipment(
            order,
            carrier=parcel.carrier,
            service=parcel.service,
            tracking_number=parcel.tracking_number,
            lines=[(lines[position], units) for position, units in rules.parcel_units(draft, parcel)],
            shipped_at=parcel.shipped_at,
            by=by,
        )
    elif parcel.tracking_number and not shipment.tracking_number:
        shipment.carrier, shipment.tracking_number = parcel.carrier, parcel.tracking_number
        shipment.save(update_fields=["carrier", "tracking_number"])
    _fill(shipment, [(lines[position], units) for position, units in rules.parcel_units(draft, parcel)])
    if parcel.delivered_at and shipment.delivered_at is None:
        record_tracking(shipment, status=TrackingStatus.DELIVERED, occurred_at=parcel.delivered_at, by=by)


def _fill(shipment: Shipment, contents: Sequence[tuple[OrderLine, int]]) -> None:
    """Put lines that were not known when the parcel was recorded into it."""
    sent = ShipmentLine.objects.filter(
        shipment__order=shipment.order_id, shipment__direction=Direction.OUTBOUND
    )
    known = set(sent.values_list("line", flat=True))
    missing = [(line, units) for line, units in contents if line.pk not in known]
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=units) for line, units in missing
    )
    if missing and shipment.delivered_at:
        count_delivered(shipment.order)
