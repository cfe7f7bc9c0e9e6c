"""A case goes on as one of another kind: units move to it, never twice, never lost (domain Q6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.numbers import next_number
from returns.actions import inspection
from returns.actions.granting import grant
from returns.actions.legs import next_leg
from returns.actions.outbound import same_again
from returns.actions.steps import hold, lines_of, locked, record, step, take
from returns.actions.timers import follow
from returns.models import Case, CaseLine, Replacement
from returns.states import CONVERSIONS, CaseKind, CaseStatus, Transition, Verb, steps_from

CARRIED = (
    "ticket",
    "order",
    "customer",
    "reason",
    "fault",
    "description",
    "policy",
    "policy_snapshot",
    "currency",
    "requested_amount",
    "quoted_amount",
    "service_centre",
    "shipped_back_at",
    "received_at",
    "inspected_at",
    "receipt_assumed",
)
"""What the next case takes over as it is."""


@transaction.atomic
def convert(case: Case, *, to: str, reason: str, by: Actor, version: int | None = None) -> Case:
    """Continue a case as one of kind `to`; returns the new case. `reason` says why, for both sides to read.

    Before the decision the new case waits for its own; after it, it is granted as this one was; with the
    goods here, it goes straight to what its kind does with goods. Refuses with case.cannot_become,
    case.conversion_reason_missing.
    """
    case = locked(case, version)
    step(case, Verb.CONVERT, by=by)
    if to not in CONVERSIONS[case.kind]:
        raise Refused("case.cannot_become", number=case.number, case_kind=to)
    if not reason.strip():
        raise Refused("case.conversion_reason_missing", number=case.number)
    return _continue_as(case, CaseKind(to), reason.strip(), by=by, at=clock.now())


def grant_or_let_keep(
    case: Case, row: Transition, amount: int, *, by: Actor, at: datetime, rule: str = ""
) -> Case:
    """Grant a return; goods not worth sending back stay with the customer and are refunded all the same."""
    if case.kind != CaseKind.RETURN_REFUND or not case.terms.lets_keep(amount):
        return grant(case, row, amount, by=by, at=at, rule=rule)
    lines = lines_of(case)
    for line in lines:
        line.quantity_approved = line.quantity_requested
    case = take(case, row, at, lines, approved_amount=amount, approved_at=at)
    facts: dict[str, Any] = {
        "amount": amount,
        "currency": case.currency,
        "rule": rule,
        "case_kind": case.kind,
    }
    record("case.approved", case, by=by, at=at, **facts)
    _continue_as(case, CaseKind.REFUND_ONLY, "", by=SYSTEM, at=at)
    case.refresh_from_db()
    return case


def refund_instead(case: Case, at: datetime) -> Case:
    """The rest of an exchange's price was not paid in time: the goods are refunded. The case is locked."""
    return _continue_as(case, CaseKind.RETURN_REFUND, "", by=SYSTEM, at=at)


def _continue_as(case: Case, to: CaseKind, reason: str, *, by: Actor, at: datetime) -> Case:
    was, lines = case.status, lines_of(case)
    granted, amount = case.approved_at is not None, case.approved_amount
    case = take(case, step(case, Verb.CONVERT, by=by), at, lines, refund_amount=None, refund_shipping=0)
    made = _write(case, to, lines, at)
    record("case.converted", case, by=by, at=at, to=made.number, case_kind=to.value, text=reason)
    record(
        "case.submitted",
        made,
        by=by,
        at=at,
        amount=made.requested_amount,
        currency=made.currency,
        units=sum(line.quantity_requested for line in lines),
        case_kind=to.value,
        converted_from=case.number,
    )
    if was == CaseStatus.SUBMITTED or not granted:
        return made
    if _goods_are_here(made):
        return _carry_over(made, amount, by=by, at=at)
    row = step(made, Verb.CARRY_OVER, by=SYSTEM, to=CaseStatus.APPROVED)
    return grant(made, row, made.quoted_amount, by=SYSTEM, at=at, rule="converted")


def _goods_are_here(case: Case) -> bool:
    """They are, or were lost on the way; a repair starts over, it has its own look at the goods."""
    return case.received_at is not None or case.shipped_back_at is not None


def _write(old: Case, to: CaseKind, lines: Sequence[CaseLine], at: datetime) -> Case:
    carried = {name: getattr(old, name) for name in CARRIED}
    submission = steps_from(to, None, Verb.SUBMIT)[0]
    made = Case.objects.create(
        number=next_number("R"),
        kind=to,
        status=submission.target,
        converted_from=old,
        requested_at=at,
        updated_at=at,
        **carried,
    )
    fresh = [_line(made, line) for line in lines]
    hold(made, fresh)
    if to == CaseKind.EXCHANGE:
        Replacement.objects.bulk_create(same_again(line) for line in fresh)
    made.due_at = follow(made, submission, at)
    made.save(update_fields=["due_at"])
    return made


def _line(made: Case, line: CaseLine) -> CaseLine:
    return CaseLine(
        case=made,
        order_line=line.order_line,
        reason=line.reason,
        note=line.note,
        wish=line.wish,
        restocking_basis_points=line.restocking_basis_points,
        returnable_until=line.returnable_until,
        units=list(line.units),
        quantity_requested=line.quantity_requested,
    )


def _carry_over(made: Case, amount: int | None, *, by: Actor, at: datetime) -> Case:
    """The goods are with us, or lost on their way to us: the new case begins where they lead."""
    old_lines = {line.order_line_id: line for line in lines_of(made.converted_from or made)}
    lines = lines_of(made)
    for line in lines:
        was = old_lines[line.order_line_id]
        line.quantity_approved = was.quantity_approved
        line.quantity_received = was.quantity_received or was.quantity_approved
        line.quantity_accepted = was.quantity_accepted or line.quantity_received
        line.save()
    made.approved_amount, made.approved_at = made.quoted_amount if amount is None else amount, at
    made.received_at = made.received_at or at
    made.save(update_fields=["approved_amount", "approved_at", "received_at"])
    row = step(made, Verb.CARRY_OVER, by=SYSTEM, to=next_leg(made, lines))
    return inspection.conclude(made, row, lines, by=by, at=at, kind="case.carried_over")


def kinds_open_to(case: Case, user: User) -> list[CaseKind]:
    """What this member of staff can continue the case as, now."""
    rows = steps_from(case.machine, case.status, Verb.CONVERT)
    if not any(row.open_to(user) for row in rows):
        return []
    return [kind for kind in CaseKind if kind in CONVERSIONS[case.kind]]
