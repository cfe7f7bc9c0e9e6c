"""Compensation: what the customer says to the offer, and giving it."""

import secrets
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor
from core.models import Event, key_of
from returns.actions import payout
from returns.actions.inspection import spread_over_goods
from returns.actions.steps import lines_of, locked, record, step, take
from returns.actions.vouchers import NOTICE, VALID
from returns.models import Case, CompensationVoucher
from returns.states import CASH_TYPES, CaseStatus, CompensationType, Verb

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another."""


@transaction.atomic
def accept_offer(case: Case, *, by: Actor, version: int | None = None) -> Case:
    """The customer takes the compensation: money is due, a voucher or points are given at once."""
    case = locked(case, version)
    step(case, Verb.ACCEPT_OFFER, by=by)
    at, amount, lines = clock.now(), case.approved_amount or 0, lines_of(case)
    if case.compensation_type not in CASH_TYPES:
        case = take(case, step(case, Verb.ACCEPT_OFFER, by=by, to=CaseStatus.ISSUING), at)
        record("case.offer_accepted", case, by=by, at=at, amount=amount, currency=case.currency)
        return _issue(case)
    if case.compensation_type == CompensationType.PRICE_PROTECTION:
        amount = spread_over_goods(lines, amount)
    row = step(case, Verb.ACCEPT_OFFER, by=by, to=CaseStatus.AWAITING_REFUND)
    case = take(case, row, at, lines, refund_amount=amount)
    record("case.offer_accepted", case, by=by, at=at, amount=amount, currency=case.currency)
    return payout.begin(case, at=at)


@transaction.atomic
def decline_offer(case: Case, *, text: str = "", by: Actor, version: int | None = None) -> Case:
    """The customer does not take it. Once the desk may offer something else; then the matter rests."""
    case = locked(case, version)
    to = CaseStatus.CANCELLED if case.declines else CaseStatus.SUBMITTED
    row, at = step(case, Verb.DECLINE_OFFER, by=by, to=to), clock.now()
    case = take(case, row, at, declines=case.declines + 1)
    record("case.offer_declined", case, by=by, at=at, text=text, again=to == CaseStatus.SUBMITTED)
    return case


def _issue(case: Case) -> Case:
    """Give the voucher or the points. The case is locked."""
    row, at = step(case, Verb.ISSUE, by=SYSTEM), clock.now()
    ends = at + VALID if case.compensation_type == CompensationType.VOUCHER else None
    voucher = CompensationVoucher.objects.create(
        case=case,
        type=case.compensation_type,
        code=_code(),
        amount=case.approved_amount or 0,
        currency=case.currency,
        approver=_approver(case),
        issued_at=at,
        valid_until=ends,
        due_at=ends - NOTICE if ends else None,
    )
    case = take(case, row, at)
    facts: dict[str, Any] = {"amount": voucher.amount, "currency": voucher.currency, "type": voucher.type}
    record("case.compensation_issued", case, by=SYSTEM, at=at, code=voucher.code, **facts)
    record("case.completed", case, by=SYSTEM, at=at, amount=0, currency=case.currency, case_kind=case.kind)
    return case


def _code() -> str:
    """Sixteen letters and digits in groups of four: 80 bits, not to be guessed."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(16))
    return "-".join(drawn[start : start + 4] for start in range(0, 16, 4))


def _approver(case: Case) -> User | None:
    """Who granted it, from the log."""
    granted = Event.objects.filter(
        subject=key_of(case), kind__in=["case.approved", "case.ruled_for_customer"], actor_kind="user"
    ).last()
    return User.objects.filter(pk=granted.actor_id).first() if granted and granted.actor_id else None
