"""Money from the customer: the difference of an exchange, a repair, goods that were kept."""

from datetime import datetime

from django.db import transaction

from core import clock
from core.actors import Actor
from core.errors import Refused
from orders.actions import record_payment
from returns.actions.steps import locked, record, step, take
from returns.models import Case, RepairOrder
from returns.states import CaseKind, CaseStatus, Verb


def amount_owed(case: Case) -> int:
    """What the customer has to pay for a case now, in minor units."""
    if case.kind == CaseKind.REPAIR:
        repair = RepairOrder.objects.filter(case=case).first()
        accepted = repair is not None and repair.decision == RepairOrder.Decision.ACCEPTED
        return repair.quote if repair and accepted and repair.paid_at is None else 0
    return max(0, case.difference or 0) if case.status == CaseStatus.AWAITING_PAYMENT else 0


@transaction.atomic
def record_customer_payment(
    case: Case,
    *,
    reference: str,
    by: Actor,
    amount: int | None = None,
    gateway: str = "manual",
    version: int | None = None,
) -> Case:
    """The customer has paid what the case costs: a payment of the order, and the case goes on.

    `amount` is what came in, in minor units (default: what is owed). The same reference again changes
    nothing. Refuses with case.nothing_owed, case.payment_differs, case.payment_reference_missing or
    payment.already_used.
    """
    case = locked(case, version)
    reference = reference.strip()
    if reference and case.order.payments.filter(gateway=gateway, external_id=reference).exists():
        return case
    step(case, Verb.RECORD_PAYMENT, by=by)
    owed = amount_owed(case)
    if not owed:
        raise Refused("case.nothing_owed", number=case.number)
    if amount is not None and amount != owed:
        raise Refused("case.payment_differs", owed=owed, amount=amount, currency=case.currency)
    if not reference:
        raise Refused("case.payment_reference_missing")
    at = clock.now()
    record_payment(case.order, gateway=gateway, external_id=reference, captured=owed, by=by, at=at)
    return _go_on(case, owed, reference, by=by, at=at)


def _go_on(case: Case, owed: int, reference: str, *, by: Actor, at: datetime) -> Case:
    if case.kind == CaseKind.REPAIR:
        RepairOrder.objects.filter(case=case).update(paid_at=at)
    case = take(case, step(case, Verb.RECORD_PAYMENT, by=by), at)
    record(
        "case.payment_received", case, by=by, at=at, amount=owed, currency=case.currency, reference=reference
    )
    if case.status == CaseStatus.COMPLETED:
        record("case.completed", case, by=by, at=at, amount=0, currency=case.currency, case_kind=case.kind)
    return case
