"""The way back: instructions, the customer's parcel, its arrival on our bench."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from orders.actions import record_shipment
from orders.models import OrderLine, Shipment
from orders.states import Direction
from returns.actions.steps import lines_of, locked, record, step, take
from returns.centres import centre_for
from returns.models import Case, CaseLine, ReturnParcel, ServiceCentre, Timer
from returns.policies import country_of
from returns.states import CaseStatus, TimerKind, Verb
from returns.tracking_numbers import carrier_of, checked_tracking_number


@transaction.atomic
def instruct(
    case: Case, *, by: Actor, centre: ServiceCentre | None = None, version: int | None = None
) -> Case:
    """Tell the customer where to send the goods and by when; `centre` defaults to the one for the country."""
    case = locked(case, version)
    step(case, Verb.INSTRUCT, by=by)
    centre = centre or centre_for(case.order, case)
    if centre is None:
        raise Refused("case.no_service_centre", country=country_of(case.order))
    return send_instructions(case, centre, by=by, at=clock.now())


def send_instructions(case: Case, centre: ServiceCentre, *, by: Actor, at: datetime) -> Case:
    """The step itself, for a case that is locked."""
    row = step(case, Verb.INSTRUCT, by=by)
    case = take(case, row, at, service_centre=centre)
    due_at = Timer.objects.running().get(case=case, kind=TimerKind.SHIP_BACK).due_at
    record("case.instructed", case, by=by, at=at, centre=centre.code, due_at=due_at.isoformat())
    return case


@transaction.atomic
def add_tracking(
    case: Case,
    *,
    carrier: str,
    tracking_number: str,
    by: Actor,
    sure: bool = False,
    version: int | None = None,
) -> Case:
    """The goods are on their way: a parcel of the order, in the direction back to us.

    Refuses with case.tracking_number_odd or case.tracking_number_used, and as `carrier_of` does unless the
    teller is `sure`.
    """
    case = locked(case, version)
    row, at = step(case, Verb.ADD_TRACKING, by=by), clock.now()
    number = checked_tracking_number(tracking_number)
    carrier = carrier_of(carrier, number, sure=sure)
    units = [(line.order_line, line.quantity_approved) for line in lines_of(case)]
    add_parcel(case, Direction.RETURN, carrier=carrier, tracking_number=number, units=units, by=by, at=at)
    case = take(case, row, at, shipped_back_at=at)
    record("case.shipped_back", case, by=by, at=at, carrier=carrier, tracking_number=number)
    return case


@transaction.atomic
def note_delivery(shipment: Shipment, *, by: Actor = SYSTEM) -> Case | None:
    """The carrier brought a customer's parcel to us: the days to confirm its receipt begin.

    Parcels of no case, and cases that are further already, change nothing; returns the case that changed.
    """
    parcel = ReturnParcel.objects.filter(shipment=shipment).select_related("case").first()
    if parcel is None or shipment.direction != Direction.RETURN:
        return None
    case, at = locked(parcel.case), clock.now()
    if case.status != CaseStatus.RETURN_IN_TRANSIT:
        return None
    row = step(case, Verb.NOTE_DELIVERY, by=by)
    case = take(case, row, at)
    record("case.delivered_back", case, by=by, at=at, tracking_number=shipment.tracking_number)
    return case


@transaction.atomic
def receive(
    case: Case, *, counts: Mapping[int, int], by: User, note: str = "", version: int | None = None
) -> Case:
    """Goods are on the bench: `counts` are units by case line, added to what came before.

    Fewer than approved may come, and the rest later, until the inspection is recorded. Refuses with
    case.nothing_received or case.received_too_many.
    """
    case = locked(case, version)
    row, at = step(case, Verb.RECEIVE, by=by), clock.now()
    lines = lines_of(case)
    if not any(counts.values()) or set(counts) - {line.pk for line in lines}:
        raise Refused("case.nothing_received", number=case.number)
    for line in lines:
        _count(line, counts.get(line.pk, 0))
    case = take(case, row, at, lines, received_at=case.received_at or at)
    record(
        "case.received", case, by=by, at=at, units=sum(counts.values()), missing=_missing(lines), note=note
    )
    return case


def _count(line: CaseLine, units: int) -> None:
    left = line.quantity_approved - line.quantity_received
    if not 0 <= units <= left:
        raise Refused("case.received_too_many", title=line.order_line.title, left=left)
    line.quantity_received += units


def _missing(lines: Sequence[CaseLine]) -> int:
    return sum(line.quantity_approved - line.quantity_received for line in lines)


def assume_receipt(case: Case, at: datetime) -> Case:
    """Delivered, and nobody confirmed in time: the customer does not wait for us. The case is locked."""
    row = step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.RECEIVED)
    lines = lines_of(case)
    for line in lines:
        line.quantity_received = line.quantity_approved
    case = take(case, row, at, lines, received_at=case.received_at or at, receipt_assumed=True)
    record("case.receipt_assumed", case, by=SYSTEM, at=at)
    return case


def add_parcel(
    case: Case,
    direction: Direction,
    *,
    carrier: str,
    tracking_number: str,
    units: Sequence[tuple[OrderLine, int]],
    by: Actor,
    at: datetime,
) -> Shipment:
    """A parcel of the order that belongs to this case."""
    shipment = record_shipment(
        case.order,
        carrier=carrier,
        tracking_number=tracking_number,
        lines=units,
        by=by,
        direction=direction,
        shipped_at=at,
    )
    ReturnParcel.objects.create(case=case, shipment=shipment, created_at=at)
    return shipment
