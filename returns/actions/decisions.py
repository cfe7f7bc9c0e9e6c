"""From request to decision: ask, supply, approve, refuse, withdraw, and what follows a refusal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rights import Right
from core import clock, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from returns import quotes
from returns.actions import inspection
from returns.actions.conversion import grant_or_let_keep
from returns.actions.granting import grant
from returns.actions.legs import onward
from returns.actions.steps import lines_of, locked, record, step, take
from returns.compensations import compensation_left
from returns.models import Case
from returns.states import (
    CaseKind,
    CaseStatus,
    CompensationType,
    RefusalReason,
    Transition,
    Verb,
)

MOST_ATTEMPTS = 5
"""How often the same matter can be asked for (WeChat: five attempts)."""


@transaction.atomic
def request_info(case: Case, *, question: str, by: User, version: int | None = None) -> Case:
    """Ask the customer for evidence: the review stands still until it comes."""
    case = locked(case, version)
    row, at = step(case, Verb.REQUEST_INFO, by=by), clock.now()
    case = take(case, row, at, question=question)
    record("case.info_requested", case, by=by, at=at, question=question)
    return case


@transaction.atomic
def supply(
    case: Case,
    *,
    text: str = "",
    attachments: Sequence[Attachment] = (),
    by: Actor,
    version: int | None = None,
) -> Case:
    """Send what was asked for: the review goes on with the time that was left."""
    case = locked(case, version)
    row, at = step(case, Verb.SUPPLY, by=by), clock.now()
    if not text.strip() and not attachments:
        raise Refused("case.nothing_supplied", number=case.number)
    case = take(case, row, at)
    files.claim(attachments, subject=case, by=by, public=True)
    record("case.info_supplied", case, by=by, at=at, text=text, files=len(attachments))
    return case


@transaction.atomic
def approve(
    case: Case,
    *,
    by: User,
    amount: int | None = None,
    compensation_type: str = "",
    version: int | None = None,
) -> Case:
    """Grant what was asked for, for `amount` (default: what the terms come to), and set out on the next leg.

    Refuses with case.amount_too_high above what the goods are worth (of a compensation: above what the order
    has left to give), case.over_limit above the agent's limit.
    """
    case = locked(case, version)
    row = step(case, Verb.APPROVE, by=by)
    amount = case.quoted_amount if amount is None else amount
    most = most_for(case)
    if not 0 <= amount <= most or (case.kind == CaseKind.COMPENSATION and not amount):
        raise Refused("case.amount_too_high", number=case.number, most=most, currency=case.currency)
    if amount > case.terms.agent_limit and not by.may(Right.OVERRULE_CASES):
        raise Refused("case.over_limit", limit=case.terms.agent_limit, currency=case.currency)
    if compensation_type:
        case.compensation_type = CompensationType(compensation_type).value
        case.save(update_fields=["compensation_type"])
    return grant_or_let_keep(case, row, amount, by=by, at=clock.now())


def most_for(case: Case) -> int:
    """The most that can be granted: all goods and postage, no fee taken."""
    if case.kind == CaseKind.COMPENSATION:
        return compensation_left(case.order, but=case)
    lines = lines_of(case)
    parts = quotes.parts_of(lines, [line.quantity_requested for line in lines])
    return quotes.quote_for(case.kind, case.order, parts, case.terms, shop_bears=True).total


def approve_late(case: Case, at: datetime) -> Case:
    """The review was not done in time and the policy decides for the customer. The case is locked."""
    row = step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.APPROVED)
    return grant_or_let_keep(case, row, case.quoted_amount, by=SYSTEM, at=at, rule="review_timeout")


@transaction.atomic
def refuse(case: Case, *, reason: str, by: User, text: str = "", version: int | None = None) -> Case:
    """Refuse with a reason the customer reads; the units are free again, and the time to object begins."""
    case = locked(case, version)
    row, at = step(case, Verb.REFUSE, by=by), clock.now()
    case = take(case, row, at, refusal=RefusalReason(reason).value, refusal_text=text)
    record("case.refused", case, by=by, at=at, reason=case.refusal, text=text)
    return case


@transaction.atomic
def withdraw(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """Take the request back before anything was shipped; the units are free again."""
    case = locked(case, version)
    row, at = step(case, Verb.WITHDRAW, by=by), clock.now()
    case = take(case, row, at)
    record("case.withdrawn", case, by=by, at=at)
    return case


# --- after a refusal ---------------------------------------------------------------------------------


@transaction.atomic
def resubmit(
    case: Case,
    *,
    text: str,
    attachments: Sequence[Attachment] = (),
    by: Actor,
    version: int | None = None,
) -> Case:
    """Ask once more after a refusal, saying why; a new review begins.

    Refuses with case.attempts_used_up, case.refusal_is_final, case.units_taken where another case has them.
    """
    case = locked(case, version)
    row, at = step(case, Verb.RESUBMIT, by=by), clock.now()
    _check_objection(case, text)
    if case.attempts >= MOST_ATTEMPTS:
        raise Refused("case.attempts_used_up", number=case.number, most=MOST_ATTEMPTS)
    case = _reserve_again(case, row, at, attempts=case.attempts + 1)
    files.claim(attachments, subject=case, by=by, public=True)
    record("case.resubmitted", case, by=by, at=at, text=text, attempt=case.attempts)
    return case


@transaction.atomic
def escalate(case: Case, *, text: str, by: Actor, version: int | None = None) -> Case:
    """Object to a refusal or to what the inspection found: a team lead decides.

    Refuses with case.refusal_is_final once the time for it is over or a team lead has decided.
    """
    case = locked(case, version)
    row, at = step(case, Verb.ESCALATE, by=by), clock.now()
    _check_objection(case, text)
    case = _reserve_again(case, row, at, escalation=text)
    record("case.escalated", case, by=by, at=at, text=text)
    return case


def _check_objection(case: Case, text: str) -> None:
    if case.is_settled:
        raise Refused("case.refusal_is_final", number=case.number)
    if not text.strip():
        raise Refused("case.objection_missing", number=case.number)


def _reserve_again(case: Case, row: Transition, at: datetime, **changes: Any) -> Case:
    """The step, with the units reserved once more; the database refuses what another case holds meanwhile."""
    try:
        with transaction.atomic():
            return take(case, row, at, **changes)
    except IntegrityError as error:
        raise Refused("case.units_taken", number=case.number) from error


@transaction.atomic
def rule_for_customer(case: Case, *, text: str, by: User, version: int | None = None) -> Case:
    """A team lead decides for the customer: what was refused is granted, what was disputed counts in full.

    Goods that a carrier lost on the way to us count as received. A lost repair has to be continued as another
    kind of case first (case.goods_are_lost).
    """
    case = locked(case, version)
    step(case, Verb.RULE_FOR_CUSTOMER, by=by)
    at = clock.now()
    case.ruling = text
    case.save(update_fields=["ruling"])
    if case.shipped_back_at is None and case.received_at is None:
        row = step(case, Verb.RULE_FOR_CUSTOMER, by=by, to=CaseStatus.APPROVED)
        kind = "case.ruled_for_customer"
        return grant(case, row, case.quoted_amount, by=by, at=at, kind=kind, text=text)
    if case.kind == CaseKind.REPAIR:
        raise Refused("case.goods_are_lost", number=case.number)
    return _take_as_received(case, text, by=by, at=at)


def _take_as_received(case: Case, text: str, *, by: User, at: datetime) -> Case:
    case.deduction, case.receipt_assumed = None, case.received_at is None
    case.received_at = case.received_at or at
    case.save(update_fields=["deduction", "receipt_assumed", "received_at"])
    lines = lines_of(case)
    for line in lines:
        if case.receipt_assumed:
            line.quantity_received = line.quantity_approved
        line.quantity_accepted, line.quantity_rejected = line.quantity_received, 0
        line.save()
    row = onward(case, Verb.RULE_FOR_CUSTOMER, lines, by=by)
    facts = {"text": text}
    return inspection.conclude(case, row, lines, by=by, at=at, kind="case.ruled_for_customer", facts=facts)


@transaction.atomic
def rule_for_merchant(case: Case, *, text: str, by: User, version: int | None = None) -> Case:
    """A team lead decides for the shop: the refusal stands for good, or the inspection's finding does."""
    case = locked(case, version)
    step(case, Verb.RULE_FOR_MERCHANT, by=by)
    disputed = case.received_at is not None
    to = CaseStatus.INSPECTION_DISPUTE if disputed else CaseStatus.REJECTED
    row, at = step(case, Verb.RULE_FOR_MERCHANT, by=by, to=to), clock.now()
    case = take(case, row, at, is_settled=True, ruling=text)
    record("case.ruled_for_merchant", case, by=by, at=at, text=text)
    return case


def settle_refusal(case: Case, at: datetime) -> Case:
    """The time to object is over. The case is locked."""
    row = step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.REJECTED)
    return take(case, row, at, is_settled=True)
