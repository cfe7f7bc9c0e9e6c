"""Goods to the customer: set out, hold a shipment back, dispatch, hand over, accept."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from orders.models import Shipment
from orders.states import Direction
from returns.actions import payout
from returns.actions.inspection import share
from returns.actions.return_leg import add_parcel
from returns.actions.steps import lines_of, locked, record, step, take
from returns.models import Case, CaseLine, RepairOrder, Replacement, ReturnParcel
from returns.states import CaseKind, CaseStatus, Verb, steps_from
from returns.tracking_numbers import checked_tracking_number

BEFORE_JUDGEMENT = frozenset(
    {
        CaseStatus.SUBMITTED,
        CaseStatus.INFO_REQUIRED,
        CaseStatus.APPROVED,
        CaseStatus.AWAITING_RETURN,
        CaseStatus.RETURN_IN_TRANSIT,
        CaseStatus.RECEIVED,
        CaseStatus.INSPECTING,
    }
)
"""While a replacement can still be chosen: its price is settled with the inspection."""

RESERVED = timedelta(days=14)
"""How long a chosen replacement is asked to be kept in stock."""

DIRECTIONS = {CaseKind.REPAIR: Direction.REPAIR_RETURN}


def proceed(case: Case, *, at: datetime) -> Case:
    """Go on after the approval where nobody has to do anything first. The case is locked."""
    rows = steps_from(case.machine, case.status, Verb.PROCEED)
    if not rows or (case.kind == CaseKind.REFUND_ONLY and not _all_delivered(case)):
        return case
    row = step(case, Verb.PROCEED, by=SYSTEM)
    if case.kind == CaseKind.REFUND_ONLY:
        return _pay_without_goods(case, row.verb, by=SYSTEM, at=at, kind="case.proceeded")
    case = take(case, row, at)
    record("case.proceeded", case, by=SYSTEM, at=at)
    return case


def _all_delivered(case: Case) -> bool:
    return all(
        line.order_line.quantity_delivered - line.order_line.quantity_returned >= line.quantity_approved
        for line in lines_of(case)
    )


@transaction.atomic
def stop_shipment(case: Case, *, by: User, version: int | None = None) -> Case:
    """The goods are held back or called back from the carrier: now the money can go."""
    case = locked(case, version)
    step(case, Verb.STOP_SHIPMENT, by=by)
    return _pay_without_goods(case, Verb.STOP_SHIPMENT, by=by, at=clock.now(), kind="case.shipment_stopped")


def _pay_without_goods(case: Case, verb: Verb, *, by: Actor, at: datetime, kind: str) -> Case:
    lines = lines_of(case)
    amount, shipping = share(case, lines, [line.quantity_approved for line in lines])
    case = take(case, step(case, verb, by=by), at, lines, refund_amount=amount, refund_shipping=shipping)
    record(kind, case, by=by, at=at, amount=amount, currency=case.currency)
    return payout.begin(case, at=at)


def same_again(line: CaseLine) -> Replacement:
    """What goes out until somebody chooses otherwise: what was bought. Not stored yet."""
    bought = line.order_line
    return Replacement(case_line=line, sku=bought.sku, title=bought.title, unit_price=bought.unit_price)


def may_choose(case: Case) -> bool:
    """Whether what goes out can still be chosen."""
    return case.kind == CaseKind.EXCHANGE and not case.advance and case.status in BEFORE_JUDGEMENT


@transaction.atomic
def choose_replacement(
    line: CaseLine,
    *,
    sku: str,
    title: str,
    unit_price: int,
    is_same_variant: bool,
    by: User,
    version: int | None = None,
) -> Case:
    """Say what goes out instead of a line, and for which price; the same variant is an even exchange.

    Refuses with case.replacement_is_settled once the goods are judged.
    """
    case = locked(line.case, version)
    if not may_choose(case):
        raise Refused("case.replacement_is_settled", number=case.number)
    at = clock.now()
    Replacement.objects.update_or_create(
        case_line=line,
        defaults={
            "sku": sku,
            "title": title,
            "unit_price": unit_price,
            "is_same_variant": is_same_variant,
            "reserved_until": at + RESERVED,
        },
    )
    case.version += 1
    case.save(update_fields=["version"])
    record(
        "case.replacement_chosen", case, by=by, at=at, title=title, amount=unit_price, currency=case.currency
    )
    return case


@transaction.atomic
def dispatch(case: Case, *, carrier: str, tracking_number: str, by: User, version: int | None = None) -> Case:
    """Send the replacement, what was missing, or the repaired goods.

    Refuses with case.tracking_number_odd or case.tracking_number_used, case.repair_unpaid.
    """
    case = locked(case, version)
    row, at = step(case, Verb.DISPATCH, by=by), clock.now()
    _check_paid(case)
    number = checked_tracking_number(tracking_number)
    units = [(line.order_line, units_to_send(case, line)) for line in lines_of(case)]
    add_parcel(
        case,
        DIRECTIONS.get(CaseKind(case.kind), Direction.REPLACEMENT),
        carrier=carrier,
        tracking_number=number,
        units=[(line, count) for line, count in units if count],
        by=by,
        at=at,
    )
    case = take(case, row, at, dispatched_at=at)
    record("case.dispatched", case, by=by, at=at, carrier=carrier, tracking_number=number)
    return case


def units_to_send(case: Case, line: CaseLine) -> int:
    """As many as were taken in; where nothing came in first, as many as were approved."""
    if case.kind == CaseKind.EXCHANGE and not case.advance:
        return line.quantity_accepted
    return line.quantity_received if case.kind == CaseKind.REPAIR else line.quantity_approved


def _check_paid(case: Case) -> None:
    if case.kind != CaseKind.REPAIR:
        return
    repair = RepairOrder.objects.filter(case=case).first()
    if repair and repair.decision == RepairOrder.Decision.ACCEPTED and repair.quote and not repair.paid_at:
        raise Refused("case.repair_unpaid", number=case.number, amount=repair.quote, currency=case.currency)


def note_handover(shipment: Shipment, *, by: Actor = SYSTEM) -> Case | None:
    """The carrier brought the customer what we sent: the days to look at it begin; returns the case."""
    parcel = ReturnParcel.objects.filter(shipment=shipment).select_related("case").first()
    if parcel is None or shipment.direction not in (Direction.REPLACEMENT, Direction.REPAIR_RETURN):
        return None
    with transaction.atomic():
        case, at = locked(parcel.case), clock.now()
        if case.status != CaseStatus.DISPATCHED or _latest_parcel(case) != parcel:
            return None
        case = take(case, step(case, Verb.NOTE_HANDOVER, by=by), at, handed_over_at=at)
        record("case.handed_over", case, by=by, at=at, tracking_number=shipment.tracking_number)
        return case


def _latest_parcel(case: Case) -> ReturnParcel | None:
    sent = (Direction.REPLACEMENT, Direction.REPAIR_RETURN)
    return ReturnParcel.objects.filter(case=case, shipment__direction__in=sent).order_by("pk").last()


@transaction.atomic
def report_lost(case: Case, *, by: Actor, text: str = "", version: int | None = None) -> Case:
    """A parcel does not arrive: one of ours is sent again; about the customer's a team lead decides."""
    case = locked(case, version)
    row, at = step(case, Verb.REPORT_LOST, by=by), clock.now()
    case = take(case, row, at)
    record("case.parcel_lost", case, by=by, at=at, text=text)
    return case


def charge_for_kept_goods(case: Case, at: datetime) -> Case:
    """The replacement is there, the old goods are not: they are to be paid for. The case is locked."""
    lines = lines_of(case)
    prices = Replacement.objects.filter(case_line__in=lines).values_list("case_line", "unit_price")
    unit_prices = dict(prices)
    owed = sum(unit_prices.get(line.pk, 0) * line.quantity_approved for line in lines)
    case = take(
        case, step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.AWAITING_PAYMENT), at, difference=owed
    )
    record("case.goods_kept", case, by=SYSTEM, at=at, amount=owed, currency=case.currency)
    return case


@transaction.atomic
def accept_goods(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer has what we sent."""
    case = locked(case, version)
    step(case, Verb.ACCEPT_GOODS, by=by)
    return _finish(case, Verb.ACCEPT_GOODS, by=by, at=clock.now())


def assume_acceptance(case: Case, at: datetime) -> Case:
    """Handed over, and no complaint in time. The case is locked."""
    return _finish(case, Verb.TIME_OUT, by=SYSTEM, at=at)


def _finish(case: Case, verb: Verb, *, by: Actor, at: datetime) -> Case:
    row = step(case, verb, by=by)
    case = take(case, row, at, handed_over_at=case.handed_over_at or at)
    if row.target == CaseStatus.COMPLETED:
        record("case.completed", case, by=by, at=at, amount=0, currency=case.currency, case_kind=case.kind)
    else:
        due_at = case.due_at.isoformat() if case.due_at else ""
        record("case.return_asked", case, by=by, at=at, due_at=due_at)
    return case
