"""Parcels and the news about them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max, Sum

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from orders import rules
from orders.models import Order, OrderLine, Shipment, ShipmentLine, TrackingEvent
from orders.states import FOLLOWS, Direction, OrderStatus, TrackingStatus

CLOCK_SKEW = timedelta(days=1)
"""Carriers tell local times without a zone; further ahead than this a time is wrong."""

FINGERPRINT_LENGTH = 64


class Told(TypedDict, total=False):
    """Where carrier news come from: who told it, with which word, and the time as it was written."""

    source: str
    code: str
    local: str


@transaction.atomic
def record_shipment(
    order: Order,
    *,
    carrier: str,
    tracking_number: str,
    lines: Sequence[tuple[OrderLine, int]] = (),
    by: Actor,
    direction: Direction = Direction.OUTBOUND,
    service: str = "",
    shipped_at: datetime | None = None,
) -> Shipment:
    """Put a parcel on record; the same carrier and tracking number again returns the first one.

    `lines` says how many units of which line are in it; without it a parcel to the customer holds all
    that was not sent yet. Raises `Refused`: "shipment.too_many" when more is sent than was ordered,
    "shipment.nothing_to_send" when everything is on its way, "order.cancelled".
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    known = order.shipments.filter(carrier=carrier, tracking_number=tracking_number).first()
    if tracking_number and known:
        return known
    contents = _contents(order, list(lines)) if direction == Direction.OUTBOUND else list(lines)
    facts: dict[str, Any] = {
        "carrier": carrier,
        "tracking_number": tracking_number,
        "direction": direction,
    }
    shipment = Shipment.objects.create(
        order=order, service=service, shipped_at=shipped_at, created_at=clock.now(), **facts
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=units) for line, units in contents
    )
    if direction == Direction.OUTBOUND:
        _note_shipped(order)
    events.record("shipment.recorded", shipment, thread=order, by=by, public=True, **facts)
    return shipment


def _note_shipped(order: Order) -> None:
    if OrderStatus.SHIPPED in FOLLOWS[order.status]:
        order.status = OrderStatus.SHIPPED
        order.save(update_fields=["status"])


def _contents(order: Order, told: list[tuple[OrderLine, int]]) -> list[tuple[OrderLine, int]]:
    """What is in an outbound parcel, never more than is left to send."""
    if order.status == OrderStatus.CANCELLED:
        raise Refused("order.cancelled", number=order.number)
    sent = ShipmentLine.objects.filter(shipment__order=order, shipment__direction=Direction.OUTBOUND)
    gone = dict(sent.values_list("line").annotate(units=Sum("quantity")))
    rows = {row.pk: row for row in order.lines.all()}
    left = {pk: row.quantity - gone.get(pk, 0) for pk, row in rows.items()}
    if not told:
        contents = [(rows[pk], units) for pk, units in left.items() if units > 0]
        if not contents:
            raise Refused("shipment.nothing_to_send", number=order.number)
        return contents
    if len({line.pk for line, _units in told}) != len(told):
        raise Refused("shipment.line_twice")
    for line, units in told:
        if line.pk not in left or units < 1:
            raise Refused("order.no_such_line")
        if units > left[line.pk]:
            raise Refused("shipment.too_many", sku=line.sku, left=left[line.pk], asked=units)
    return told


@transaction.atomic
def record_tracking(
    shipment: Shipment,
    *,
    status: str,
    occurred_at: datetime | None,
    by: Actor,
    description: str = "",
    location: str = "",
    fingerprint: str = "",
    **told: Unpack[Told],
) -> tuple[Shipment, bool]:
    """Take in carrier news and say whether it was new; any order of arrival ends in the same status.

    `fingerprint` is the carrier's own identity of the news, else its content serves. A parcel that is
    delivered marks the units in it as delivered, moves the order on and records "shipment.delivered"; a lost
    one records "shipment.lost".
    Raises `Refused`: "shipment.unknown_status", "shipment.news_from_future".
    """
    now = clock.now()
    _check_news(status, occurred_at, now)
    order = Order.objects.select_for_update().get(pk=shipment.order_id)
    shipment = Shipment.objects.select_for_update().get(pk=shipment.pk)
    _news, is_new = TrackingEvent.objects.get_or_create(
        shipment=shipment,
        fingerprint=_fingerprint(fingerprint, status, occurred_at, description, location),
        defaults={
            "status": status,
            "occurred_at": occurred_at,
            "description": description.strip()[:500],
            "location": location.strip()[:200],
            "source": told.get("source", ""),
            "code": told.get("code", "")[:60],
            "local": told.get("local", "")[:40],
            "received_at": now,
        },
    )
    if is_new:
        _take_in(order, shipment, by=by)
    return shipment, is_new


def _check_news(status: str, occurred_at: datetime | None, now: datetime) -> None:
    if status not in TrackingStatus.values:
        raise Refused("shipment.unknown_status", status=status)
    if occurred_at is not None and occurred_at > now + CLOCK_SKEW:
        raise Refused("shipment.news_from_future")


def _fingerprint(
    given: str, status: str, occurred_at: datetime | None, description: str, location: str
) -> str:
    if not given:
        return rules.fingerprint_of(status, occurred_at, description, location)
    return given if len(given) <= FINGERPRINT_LENGTH else sha256(given.encode()).hexdigest()


def _take_in(order: Order, shipment: Shipment, *, by: Actor) -> None:
    """Draw the parcel's status anew from all its news, and what follows from a delivery."""
    before, was_delivered = shipment.status, shipment.delivered_at is not None
    news = list(shipment.tracking_events.all())
    delivered = [
        each.occurred_at or each.received_at for each in news if each.status == TrackingStatus.DELIVERED
    ]
    shipment.status = rules.status_of(news)
    shipment.delivered_at = max(delivered, default=None)
    shipment.save(update_fields=["status", "delivered_at"])
    if delivered and shipment.direction == Direction.OUTBOUND:
        count_delivered(order)
    kind = "shipment.tracked"
    if delivered and not was_delivered:
        kind = "shipment.delivered"
    elif shipment.status == TrackingStatus.LOST != before:
        kind = "shipment.lost"
    events.record(
        kind,
        shipment,
        thread=order,
        by=by,
        public=True,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        direction=shipment.direction,
        status=shipment.status,
    )


def count_delivered(order: Order) -> None:
    """Units delivered per line, and what that makes of the order; from the parcels, so none counts twice."""
    parcels = order.shipments.filter(direction=Direction.OUTBOUND).exclude(delivered_at=None)
    arrived = ShipmentLine.objects.filter(shipment__in=parcels)
    units = dict(arrived.values_list("line").annotate(units=Sum("quantity")))
    lines = list(order.lines.select_for_update())
    for line in lines:
        line.quantity_delivered = max(units.get(line.pk, 0), line.quantity_returned)
        line.save(update_fields=["quantity_delivered"])
    order.delivered_at = parcels.aggregate(last=Max("delivered_at"))["last"]
    everything = all(line.quantity_delivered >= line.quantity for line in lines)
    if everything and OrderStatus.DELIVERED in FOLLOWS[order.status]:
        order.status = OrderStatus.DELIVERED
    order.save(update_fields=["delivered_at", "status"])
