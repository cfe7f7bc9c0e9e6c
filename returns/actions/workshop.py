"""Repairs: look, quote, mend, test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.hours import day_add
from returns.actions.steps import locked, record, step, take
from returns.models import Case, RepairOrder, RepairPart
from returns.states import CaseStatus, Verb


@dataclass(frozen=True)
class Part:
    """A part that a repair needs; `unit_price` is minor units of the case's currency."""

    title: str
    quantity: int = 1
    unit_price: int = 0
    sku: str = ""
    is_covered: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """What was found. Amounts are minor units of the case's currency."""

    text: str
    repairable: bool = True
    under_warranty: bool = False
    warranty: str = ""
    fault_code: str = ""
    serial_number: str = ""
    parts: Sequence[Part] = ()
    labour: int = 0
    labour_minutes: int = 0
    tax: int = 0


@transaction.atomic
def start_diagnosis(case: Case, *, by: User, version: int | None = None) -> Case:
    """Begin to look at goods to repair."""
    case = locked(case, version)
    row, at = step(case, Verb.START_DIAGNOSIS, by=by), clock.now()
    RepairOrder.objects.get_or_create(case=case, defaults={"technician": by})
    case = take(case, row, at)
    record("case.diagnosis_started", case, by=by, at=at)
    return case


@transaction.atomic
def diagnose(case: Case, *, found: Diagnosis, by: User, version: int | None = None) -> Case:
    """Say what is wrong, whether it can be mended, and what that costs.

    Under warranty, or for nothing, the repair begins at once; otherwise the customer gets a quote. What
    cannot be mended goes back as it came, unless the desk continues the case as an exchange or a return.
    Refuses with case.diagnosis_missing, case.serial_number_in_work.
    """
    case = locked(case, version)
    step(case, Verb.DIAGNOSE, by=by)
    if not found.text.strip():
        raise Refused("case.diagnosis_missing", number=case.number)
    at, repair = clock.now(), _order_of(case)
    _check_serial(case, found.serial_number)
    _write(repair, found, by=by)
    if not found.repairable:
        return _irreparable(case, repair, by=by, at=at)
    if repair.quote == 0:
        return _begin_repair(case, Verb.DIAGNOSE, repair, "case.diagnosed", by=by, at=at)
    repair.quote_until = day_add(at, case.terms.quote_days, case.terms.zone)
    repair.save()
    case = take(case, step(case, Verb.DIAGNOSE, by=by, to=CaseStatus.QUOTED), at)
    record("case.quoted", case, by=by, at=at, amount=repair.quote, currency=case.currency, text=found.text)
    return case


def _order_of(case: Case) -> RepairOrder:
    return RepairOrder.objects.select_for_update().get(case=case)


def _check_serial(case: Case, serial_number: str) -> None:
    """A thing with a serial number is in at most one open case (domain Q4)."""
    if not serial_number:
        return
    others = RepairOrder.objects.filter(serial_number=serial_number).exclude(case=case)
    open_one = others.filter(case__in=Case.objects.unfinished()).select_related("case").first()
    if open_one is not None:
        raise Refused("case.serial_number_in_work", serial_number=serial_number, number=open_one.case.number)


def _write(repair: RepairOrder, found: Diagnosis, *, by: User) -> None:
    repair.diagnosis, repair.repairable = found.text.strip(), found.repairable
    repair.under_warranty, repair.warranty = found.under_warranty, found.warranty
    repair.fault_code, repair.serial_number = found.fault_code, found.serial_number
    repair.labour, repair.labour_minutes, repair.tax = found.labour, found.labour_minutes, found.tax
    repair.technician = by
    repair.save()
    repair.parts.all().delete()
    RepairPart.objects.bulk_create(
        RepairPart(
            repair=repair,
            sku=part.sku,
            title=part.title,
            quantity=part.quantity,
            unit_price=part.unit_price,
            is_covered=part.is_covered or found.under_warranty,
        )
        for part in found.parts
    )


def _irreparable(case: Case, repair: RepairOrder, *, by: User, at: datetime) -> Case:
    case = take(case, step(case, Verb.DIAGNOSE, by=by, to=CaseStatus.AWAITING_DISPATCH), at)
    record("case.irreparable", case, by=by, at=at, text=repair.diagnosis)
    return case


def _begin_repair(case: Case, verb: Verb, repair: RepairOrder, kind: str, *, by: Actor, at: datetime) -> Case:
    repair.started_at = at
    repair.save()
    case = take(case, step(case, verb, by=by, to=CaseStatus.REPAIRING), at)
    record(kind, case, by=by, at=at, amount=repair.quote, currency=case.currency)
    return case


@transaction.atomic
def accept_quote(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer takes the quote; the work begins, and it is to be paid before the goods go back."""
    case = locked(case, version)
    step(case, Verb.ACCEPT_QUOTE, by=by)
    repair = _order_of(case)
    repair.decision = RepairOrder.Decision.ACCEPTED
    return _begin_repair(case, Verb.ACCEPT_QUOTE, repair, "case.quote_accepted", by=by, at=clock.now())


@transaction.atomic
def decline_quote(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer does not want to pay for it: the goods go back as they came."""
    case = locked(case, version)
    row = step(case, Verb.DECLINE_QUOTE, by=by)
    return _unrepaired(case, row.verb, RepairOrder.Decision.DECLINED, "case.quote_declined", by=by)


def expire_quote(case: Case, at: datetime) -> Case:
    """No answer in time: the goods go back as they came. The case is locked."""
    return _unrepaired(case, Verb.TIME_OUT, RepairOrder.Decision.EXPIRED, "case.quote_expired", by=SYSTEM)


def _unrepaired(case: Case, verb: Verb, decision: RepairOrder.Decision, kind: str, *, by: Actor) -> Case:
    at, repair = clock.now(), _order_of(case)
    repair.decision = decision
    repair.save(update_fields=["decision"])
    case = take(case, step(case, verb, by=by, to=CaseStatus.AWAITING_DISPATCH), at)
    record(kind, case, by=by, at=at, amount=repair.quote, currency=case.currency)
    return case


@transaction.atomic
def finish_repair(case: Case, *, work_done: str, by: User, version: int | None = None) -> Case:
    """The work is done; now it is tested."""
    case = locked(case, version)
    row, at = step(case, Verb.FINISH_REPAIR, by=by), clock.now()
    repair = _order_of(case)
    repair.work_done, repair.finished_at, repair.technician = work_done.strip(), at, by
    repair.save()
    case = take(case, row, at)
    record("case.repaired", case, by=by, at=at, text=repair.work_done)
    return case


@transaction.atomic
def record_test(case: Case, *, passed: bool, result: str = "", by: User, version: int | None = None) -> Case:
    """Record the test: passed, the goods can go back; failed, the work goes on."""
    case = locked(case, version)
    to = CaseStatus.AWAITING_DISPATCH if passed else CaseStatus.REPAIRING
    row, at = step(case, Verb.RECORD_TEST, by=by, to=to), clock.now()
    repair = _order_of(case)
    repair.test_passed, repair.test_result = passed, result.strip()
    repair.failed_tests += not passed
    repair.save()
    case = take(case, row, at)
    record("case.tested", case, by=by, at=at, passed=passed, text=repair.test_result)
    return case
