"""What the warehouse finds, what is argued about it, and what is due in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from orders.models import OrderLine, Shipment
from orders.states import Direction
from returns import quotes, rules
from returns.actions import payout
from returns.actions.legs import difference_of, onward
from returns.actions.return_leg import add_parcel
from returns.actions.steps import lines_of, locked, record, step, take
from returns.models import Case, CaseLine, Disposition, Inspection, ReturnParcel
from returns.quotes import Quote
from returns.states import CaseKind, CaseStatus, DispositionType, Grade, Transition, Verb
from returns.tracking_numbers import checked_tracking_number

USUAL: Mapping[str, DispositionType] = {
    Grade.A: DispositionType.RESTOCK,
    Grade.B: DispositionType.OPEN_BOX,
    Grade.C: DispositionType.REFURBISH,
    Grade.D: DispositionType.SCRAP,
    Grade.E: DispositionType.TO_CUSTOMER,
}
"""What usually becomes of goods of a grade, when the inspector says nothing else."""


@dataclass(frozen=True)
class Lot:
    """Equal units of a case line as they were found. `dispositions` are (type, units, location)."""

    line: CaseLine
    quantity: int
    grade: str
    accepted: bool = True
    value_loss_percent: int = 0
    note: str = ""
    dispositions: Sequence[tuple[str, int, str]] = ()
    attachments: Sequence[Attachment] = ()


@transaction.atomic
def start_inspection(case: Case, *, by: User, version: int | None = None) -> Case:
    """Begin to look at what came."""
    case = locked(case, version)
    row, at = step(case, Verb.START_INSPECTION, by=by), clock.now()
    case = take(case, row, at)
    record("case.inspection_started", case, by=by, at=at)
    return case


@transaction.atomic
def inspect(case: Case, *, lots: Sequence[Lot], by: User, version: int | None = None) -> Case:
    """Record what was found: every received unit in exactly one lot, every lot's dispositions adding up.

    All accepted: what is due is fixed and the case goes on. Otherwise it waits for the desk to decide.
    Refuses with case.lots_do_not_add_up or case.dispositions_do_not_add_up.
    """
    case = locked(case, version)
    step(case, Verb.INSPECT, by=by)
    at, lines = clock.now(), lines_of(case)
    _check_lots(lots, lines)
    for lot in lots:
        _write(lot, by=by, at=at)
    for line in lines:
        mine = [lot for lot in lots if lot.line.pk == line.pk]
        line.quantity_accepted = sum(lot.quantity for lot in mine if lot.accepted)
        line.quantity_rejected = sum(lot.quantity for lot in mine if not lot.accepted)
    passed = all(lot.accepted for lot in lots)
    if passed:
        row = onward(case, Verb.INSPECT, lines, by=by)
    else:
        row = step(case, Verb.INSPECT, by=by, to=CaseStatus.INSPECTION_DISPUTE)
    grades = Counter[str]()
    for lot in lots:
        grades[lot.grade] += lot.quantity
    facts: dict[str, Any] = {"passed": passed, "grades": dict(grades)}
    if not passed:
        case = take(case, row, at, lines, inspected_at=at)
        record("case.inspected", case, by=by, at=at, **facts)
        return case
    return conclude(case, row, lines, by=by, at=at, kind="case.inspected", facts=facts, inspected_at=at)


def _check_lots(lots: Sequence[Lot], lines: Sequence[CaseLine]) -> None:
    found = Counter[int]()
    for lot in lots:
        found[lot.line.pk] += lot.quantity
        if lot.quantity < 1 or sum(units for _type, units, _place in _dispositions(lot)) != lot.quantity:
            raise Refused(
                "case.dispositions_do_not_add_up", title=lot.line.order_line.title, units=lot.quantity
            )
    received = {line.pk: line.quantity_received for line in lines if line.quantity_received}
    for line in lines:
        if found[line.pk] != line.quantity_received:
            raise Refused(
                "case.lots_do_not_add_up",
                title=line.order_line.title,
                received=line.quantity_received,
                judged=found[line.pk],
            )
    if set(found) - set(received):
        raise Refused("case.nothing_received", number="")


def _dispositions(lot: Lot) -> Sequence[tuple[str, int, str]]:
    return lot.dispositions or [(USUAL[lot.grade], lot.quantity, "")]


def _write(lot: Lot, *, by: User, at: datetime) -> Inspection:
    inspection = Inspection.objects.create(
        case_line=lot.line,
        quantity=lot.quantity,
        grade=Grade(lot.grade).value,
        accepted=lot.accepted,
        value_loss_percent=lot.value_loss_percent,
        note=lot.note,
        inspector=by,
        at=at,
    )
    Disposition.objects.bulk_create(
        Disposition(inspection=inspection, type=DispositionType(kind).value, quantity=units, location=place)
        for kind, units, place in _dispositions(lot)
    )
    files.claim(lot.attachments, subject=inspection, by=by, public=False)
    return inspection


def suggested_deduction(case: Case) -> int:
    """What the inspector's estimate of lost value comes to, over the lots that were not accepted."""
    lots = Inspection.objects.filter(case_line__case=case, accepted=False, superseded_by=None)
    loss = 0
    for lot in lots.select_related("case_line__order_line"):
        line = lot.case_line.order_line
        loss += rules.half_up(line.paid * lot.quantity * lot.value_loss_percent, line.quantity * 100)
    return min(loss, due_if_all_accepted(case))


@transaction.atomic
def offer_deduction(case: Case, *, amount: int, note: str, by: User, version: int | None = None) -> Case:
    """Offer the customer a refund less `amount` for lost value; it comes off once the customer agrees."""
    case = locked(case, version)
    row, at = step(case, Verb.OFFER_DEDUCTION, by=by), clock.now()
    most = due_if_all_accepted(case)
    if not 0 < amount <= most:
        raise Refused("case.deduction_out_of_range", most=most, currency=case.currency)
    case = take(case, row, at, deduction=amount, deduction_note=note)
    record(
        "case.deduction_offered",
        case,
        by=by,
        at=at,
        deduction=amount,
        amount=most - amount,
        currency=case.currency,
        note=note,
    )
    return case


@transaction.atomic
def agree_deduction(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer takes the reduced refund; the goods are ours."""
    case = locked(case, version)
    step(case, Verb.AGREE_DEDUCTION, by=by)
    if case.deduction is None:
        raise Refused("case.no_deduction_offered", number=case.number)
    return _accept_all(case, Verb.AGREE_DEDUCTION, "case.deduction_agreed", by=by)


@transaction.atomic
def waive_deduction(case: Case, *, by: User, version: int | None = None) -> Case:
    """Take the goods as they are and refund in full."""
    case = locked(case, version)
    step(case, Verb.WAIVE_DEDUCTION, by=by)
    case.deduction = None
    case.save(update_fields=["deduction"])
    return _accept_all(case, Verb.WAIVE_DEDUCTION, "case.deduction_waived", by=by)


def _accept_all(case: Case, verb: Verb, kind: str, *, by: Actor) -> Case:
    lines = lines_of(case)
    for line in lines:
        line.quantity_accepted, line.quantity_rejected = line.quantity_received, 0
    row = onward(case, verb, lines, by=by)
    return conclude(case, row, lines, by=by, at=clock.now(), kind=kind)


@transaction.atomic
def send_back(
    case: Case, *, carrier: str, tracking_number: str, by: User, version: int | None = None
) -> Case:
    """Send what was not accepted back to the customer; what was accepted goes on to be refunded."""
    case = locked(case, version)
    step(case, Verb.SEND_BACK, by=by)
    at, lines = clock.now(), lines_of(case)
    number = checked_tracking_number(tracking_number)
    units: list[tuple[OrderLine, int]] = [
        (line.order_line, line.quantity_rejected) for line in lines if line.quantity_rejected
    ]
    add_parcel(
        case, Direction.BACK_TO_CUSTOMER, carrier=carrier, tracking_number=number, units=units, by=by, at=at
    )
    case.deduction = None
    case.save(update_fields=["deduction"])
    facts: dict[str, Any] = {"carrier": carrier, "tracking_number": number}
    if any(line.quantity_accepted for line in lines):
        row = onward(case, Verb.SEND_BACK, lines, by=by)
        return conclude(case, row, lines, by=by, at=at, kind="case.sent_back", facts=facts)
    row = step(case, Verb.SEND_BACK, by=by, to=CaseStatus.RETURNED_TO_CUSTOMER)
    case = take(case, row, at, lines)
    record("case.sent_back", case, by=by, at=at, **facts)
    return case


@transaction.atomic
def finish_send_back(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer has the goods again: nothing is owed either way."""
    case = locked(case, version)
    row, at = step(case, Verb.FINISH_SEND_BACK, by=by), clock.now()
    case = take(case, row, at)
    record("case.completed", case, by=by, at=at, amount=0, currency=case.currency)
    return case


def note_handed_over(shipment: Shipment) -> Case | None:
    """The carrier brought refused goods back to the customer; returns the case this finished, if any."""
    parcel = ReturnParcel.objects.filter(shipment=shipment).select_related("case").first()
    if parcel is None or parcel.case.status != CaseStatus.RETURNED_TO_CUSTOMER:
        return None
    return finish_send_back(parcel.case, by=SYSTEM)


def conclude(
    case: Case,
    row: Transition,
    lines: Sequence[CaseLine],
    *,
    by: Actor,
    at: datetime,
    kind: str,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Case:
    """Fix what is due and take the goods to the next leg; a refund nobody needs to look at is paid."""
    amount, shipping = _due(case, lines)
    if case.kind == CaseKind.EXCHANGE:
        changes["difference"] = case.deduction if case.advance else difference_of(case, lines)
    for line in lines:
        line.units = line.units[: line.quantity_accepted]
    case = take(case, row, at, lines, refund_amount=amount, refund_shipping=shipping, **changes)
    told = {**(facts or {}), "case_kind": case.kind, "difference": case.difference}
    record(kind, case, by=by, at=at, amount=amount, currency=case.currency, **told)
    return payout.begin(case, at=at)


def _due(case: Case, lines: Sequence[CaseLine]) -> tuple[int, int]:
    """What goes back to the customer for the accepted units, and how much of it is postage."""
    if case.kind != CaseKind.EXCHANGE:
        return share(case, lines, [line.quantity_accepted for line in lines])
    amount = 0 if case.advance else max(0, -difference_of(case, lines))
    return spread_over_goods(lines, amount), 0


def spread_over_goods(lines: Sequence[CaseLine], amount: int) -> int:
    """Let each line give back a part of `amount`, none more than it has left; returns what they come to."""
    left = [line.paid - line.refunded for line in _order_lines(lines)]
    amount = min(amount, sum(left))
    for line, part in zip(lines, rules.allocate(amount, left), strict=True):
        line.refund_amount = part
    return amount


def _order_lines(lines: Sequence[CaseLine]) -> list[OrderLine]:
    """The order lines of case lines, locked, in the same order."""
    rows = OrderLine.objects.select_for_update(of=("self",)).filter(case_lines__in=lines).order_by("pk")
    by_pk = {row.pk: row for row in rows}
    return [by_pk[line.order_line_id] for line in lines]


def share(case: Case, lines: Sequence[CaseLine], counts: Sequence[int]) -> tuple[int, int]:
    """What so many units of each line bring, and how much of it is postage; the lines get the goods' part.

    An agreed deduction comes off, and no line gives more than it has left.
    """
    left = [quotes.room(line, case.terms) for line in _order_lines(lines)]
    worth = value_of(case, lines, counts)
    amount = rules.final_amount(approved_of(case), case.quoted_amount, worth.total, case.deduction or 0)
    goods = [min(value, rest) for value, rest in zip(worth.goods, left, strict=True)]
    amount = min(amount, sum(goods) + worth.breakdown.shipping)
    shares, shipping = rules.share_refund(amount, goods, worth.breakdown.shipping)
    for line, part in zip(lines, shares, strict=True):
        line.refund_amount = part
    return amount, shipping


def approved_of(case: Case) -> int:
    """What was granted; a case that skipped the decision has what the terms come to."""
    return case.quoted_amount if case.approved_amount is None else case.approved_amount


def value_of(case: Case, lines: Sequence[CaseLine], counts: Sequence[int]) -> Quote:
    """What so many units of each line come to under the terms; goods alone where no money goes back."""
    bears = quotes.shop_bears(case.fault, case.terms)
    parts = quotes.parts_of(lines, counts)
    return quotes.quote_for(case.kind, case.order, parts, case.terms, shop_bears=bears)


def due_if_all_accepted(case: Case) -> int:
    """What would be due if everything received were taken as it is."""
    lines = lines_of(case)
    worth = value_of(case, lines, [line.quantity_received for line in lines])
    return rules.final_amount(approved_of(case), case.quoted_amount, worth.total, 0)


def reduced_refund(case: Case) -> int:
    """What the customer gets by accepting the offered deduction."""
    return max(0, due_if_all_accepted(case) - (case.deduction or 0))
