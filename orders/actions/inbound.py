"""Calls of other systems: they land as they came, once, and are worked on after that is safe."""

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models.functions import Upper

from core import clock, events
from core.actors import SYSTEM
from core.errors import Refused
from orders.actions.parcels import record_tracking
from orders.carriers import tidy
from orders.models import InboundEvent, Shipment
from orders.tracking.known import SERVICES
from orders.tracking.news import Push, Unreadable


@transaction.atomic
def land(source: str, event_id: str, body: bytes) -> tuple[InboundEvent, bool]:
    """Keep a call whose signature is right, and say whether it is new; again, it changes nothing."""
    row, is_new = InboundEvent.objects.get_or_create(
        source=source,
        event_id=event_id[:200],
        defaults={
            "body": body.decode(errors="replace").replace("\x00", ""),
            "digest": sha256(body).hexdigest(),
            "received_at": clock.now(),
        },
    )
    if is_new:
        events.record("inbound.landed", row, by=SYSTEM, source=source)
    return row, is_new


@transaction.atomic
def take_in(row: InboundEvent) -> InboundEvent:
    """Tell its parcels what a call says; twice changes nothing. `result` keeps what came of it."""
    row = InboundEvent.objects.select_for_update().get(pk=row.pk)
    if row.processed_at:
        return row
    try:
        row.result = _told(row.source, SERVICES[row.source].read(row.body.encode()))
    except Unreadable as error:
        row.result = {"unreadable": str(error)[:200]}
    row.processed_at = clock.now()
    row.save(update_fields=["processed_at", "result"])
    return row


def _told(source: str, push: Push) -> dict[str, Any]:
    """A number may stand for parcels of several orders that travel together: all hear of it."""
    parcels = Shipment.objects.annotate(upper=Upper("tracking_number")).filter(
        upper=tidy(push.tracking_number)
    )
    outcomes = [_tell(source, parcel, push) for parcel in parcels.order_by("order_id", "pk")]
    return {
        "tracking_number": push.tracking_number[:60],
        "parcels": len(outcomes),
        "new": sum(new for new, _refused in outcomes),
        "refused": sum(refused for _new, refused in outcomes),
        "unmapped": sorted({told.code for told in push.news if told.status == "unmapped"}),
    }


def _tell(source: str, parcel: Shipment, push: Push) -> tuple[int, int]:
    """How many pieces of news were new to a parcel, and how many it refused."""
    known = set(parcel.tracking_events.values_list("fingerprint", flat=True))
    new = refused = 0
    for told in push.news:
        if told.fingerprint in known:
            continue
        try:
            _parcel, is_new = record_tracking(
                parcel,
                status=told.status,
                occurred_at=told.occurred_at,
                description=told.description,
                location=told.location,
                fingerprint=told.fingerprint,
                source=source,
                code=told.code,
                local=told.local,
                by=SYSTEM,
            )
            new += is_new
        except Refused:
            refused += 1
    return new, refused
