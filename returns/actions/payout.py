"""Money out, once: who asks for it, who releases it, and the rows that say so before a provider is called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from accounts.models import User
from core import clock, events, files
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from core.numbers import next_number
from orders.models import OrderLine, Payment
from returns import bookkeeping, quotes, rules
from returns.actions.judging import risk_of
from returns.actions.legs import after_payout
from returns.actions.steps import lines_of, locked, record, step, take
from returns.gateways import gateway_for
from returns.models import Case, CaseLine, GatewayAnswer, Refund, RefundLine
from returns.states import COUNTED, CaseStatus, RefundStatus, Verb

KEY = re.compile(r"[A-Za-z0-9_\-|*@]{8,64}")
"""The alphabet and length that WeChat Pay takes for out_refund_no; the narrowest of the providers."""

POSTAGE, GOODWILL = 0, -1
"""Stand for postage and compensation among parts whose other names are primary keys of case lines."""


COMPONENTS = {POSTAGE: RefundLine.Component.SHIPPING, GOODWILL: RefundLine.Component.GOODWILL}
NAMED = {component.value: name for name, component in COMPONENTS.items()}


def begin(case: Case, *, at: datetime) -> Case:
    """The goods are back, the case is locked: finish what owes nothing, pay what nobody needs to see."""
    if case.status != CaseStatus.AWAITING_REFUND:
        return case
    amount = case.refund_amount or 0
    if amount == 0:
        case = take(case, step(case, Verb.SETTLE_REFUND, by=SYSTEM, to=after_payout(case)), at)
        complete(case, [], at)
    elif case.terms.approves_unseen(amount, risk_of(case)) and _can_pay(case, amount, at):
        create_refund(case, by=SYSTEM)
        case.refresh_from_db()
    return case


def _can_pay(case: Case, amount: int, at: datetime) -> bool:
    try:
        shares_of(case, payments_of(case), amount, at)
    except Refused:
        return False
    return True


@transaction.atomic
def create_refund(
    case: Case,
    *,
    by: Actor,
    key: str = "",
    expected_refunded: int | None = None,
    version: int | None = None,
) -> list[Refund]:
    """Write the refunds that pay what is due, one for each payment drawn on; a worker submits them.

    Each payment gives its part of what was captured: money as money, points and the like in kind.

    Above the limit for one payer they wait for a second person. `key` makes a repeated request the same one;
    with another body it is refused (refund.key_reused). `expected_refunded` is what the payer saw as already
    refunded on the order: refund.ledger_moved when it is not so any more. Refuses with refund.by_hand_only
    where no provider can pay, refund.exceeds_payment where too little is left.
    """
    case = locked(case)
    if key and (known := _asked_before(case, key)):
        return known
    if version is not None and case.version != version:
        raise Refused("case.changed_meanwhile", number=case.number)
    step(case, Verb.CREATE_REFUND, by=by)
    check_nothing_waits(case)
    at, parts = clock.now(), outstanding(case)
    payments = payments_of(case)
    refunded = sum(payment.refunded for payment in payments)
    if expected_refunded is not None and expected_refunded != refunded:
        raise Refused("refund.ledger_moved", refunded=refunded, currency=case.currency)
    purses = shares_of(case, payments, sum(parts.values()), at)
    # What the system pays by itself lies under a limit of its own.
    second = isinstance(by, User) and sum(parts.values()) > case.terms.one_payer_limit
    ask = Ask(case, by, at, key=key, second=second)
    refunds = write(ask, parts, purses)
    target = CaseStatus.AWAITING_REFUND if second else CaseStatus.REFUNDING
    case = take(case, step(case, Verb.CREATE_REFUND, by=by, to=target), at)
    record_refunds("refund.created", case, refunds, by=by, at=at, second=second)
    return refunds


@dataclass(frozen=True)
class Ask:
    """What the refunds of one request have in common."""

    case: Case
    by: Actor
    at: datetime
    key: str = ""
    second: bool = False
    method: str = Refund.Method.GATEWAY
    reference: str = ""
    retry_of: Refund | None = None


def _asked_before(case: Case, key: str) -> list[Refund]:
    if not KEY.fullmatch(key):
        raise Refused("refund.key_odd", key=key)
    known = Refund.objects.filter(idempotency_key=key).first()
    if known is None:
        return []
    if known.case_id != case.pk or known.request_hash != _hash(case):
        raise Refused("refund.key_reused", key=key)
    return list(Refund.objects.filter(case=case, created_at=known.created_at).order_by("pk"))


def _hash(case: Case) -> str:
    return rules.request_hash({"case": case.number, "amount": case.refund_amount, "currency": case.currency})


def check_nothing_waits(case: Case) -> None:
    waiting = Refund.objects.filter(case=case).in_flight().first()
    if waiting is not None:
        raise Refused("refund.waits_for_release", refund=waiting.number)


def check_not_paid(case: Case) -> None:
    """Refuse with refund.provider_says_paid where a provider says it has paid what we hold for failed."""
    told = GatewayAnswer.objects.filter(
        refund__case=case, refund__status=RefundStatus.FAILED, outcome=GatewayAnswer.Outcome.SUCCEEDED
    ).select_related("refund")
    if answer := told.first():
        raise Refused("refund.provider_says_paid", refund=answer.refund.number)


def outstanding(case: Case) -> dict[int, int]:
    """What is due and neither paid nor on its way: by key of the case line, `POSTAGE` or `GOODWILL`."""
    due = {line.pk: line.refund_amount for line in lines_of(case)} | {POSTAGE: case.refund_shipping}
    due[GOODWILL] = (case.refund_amount or 0) - sum(due.values())
    for line in RefundLine.objects.filter(refund__case=case, refund__status__in=COUNTED):
        due[line.case_line_id or NAMED[line.component]] -= line.amount
    return {part: amount for part, amount in due.items() if amount > 0}


def payments_of(case: Case) -> list[Payment]:
    """The payments of the order, locked."""
    payments = Payment.objects.filter(order=case.order, currency=case.currency)
    return list(payments.select_for_update(of=("self",)).select_related("order__shop").order_by("pk"))


def purses_of(case: Case, at: datetime) -> dict[Payment, int]:
    """What providers can give back now, by payment."""
    return {payment: payment.refundable for payment in payments_of(case) if _reachable(payment, at)}


def _left(purses: Mapping[Payment, int]) -> int:
    return sum(purses.values())


def check_enough(case: Case, payments: Sequence[Payment], purses: Mapping[Payment, int], amount: int) -> None:
    if _left(purses) >= amount:
        return
    left = sum(payment.refundable for payment in payments)
    code = "refund.by_hand_only" if left >= amount else "refund.exceeds_payment"
    raise Refused(code, left=left, amount=amount, currency=case.currency)


def shares_of(case: Case, payments: Sequence[Payment], amount: int, at: datetime) -> dict[Payment, int]:
    """What of `amount` each payment gives back through its provider, in proportion to what it captured.

    Money that one provider does not take any more goes through the others; what was paid in kind goes back in
    kind or not at all (domain M7). Refuses with refund.exceeds_payment or refund.by_hand_only.
    """
    check_enough(case, payments, {payment: payment.refundable for payment in payments}, amount)
    shares = dict(zip(payments, rules.pro_rata(amount, [_pot(each) for each in payments]), strict=True))
    lost = {payment for payment, share in shares.items() if share and not _reachable(payment, at)}
    if not lost:
        return shares
    money = [payment for payment in payments if not payment.in_kind]
    reachable = [payment for payment in money if _reachable(payment, at)]
    wanted = sum(shares[payment] for payment in money)
    if any(payment.in_kind for payment in lost) or sum(each.refundable for each in reachable) < wanted:
        left = sum(payment.refundable for payment in payments)
        raise Refused("refund.by_hand_only", left=left, amount=amount, currency=case.currency)
    moved = rules.pro_rata(wanted, [_pot(each) for each in reachable])
    return shares | dict.fromkeys(money, 0) | dict(zip(reachable, moved, strict=True))


def _pot(payment: Payment) -> rules.Pot:
    return rules.Pot(payment.captured, payment.refunded)


def _points(payment: Payment, amount: int) -> int | None:
    """How many points go back with an amount of a payment that was made in points."""
    if payment.units is None:
        return None
    given = Refund.objects.counted().filter(payment=payment).aggregate(sum=Sum("units"))["sum"] or 0
    return rules.points_back(payment.units, _pot(payment), amount, given)


def _reachable(payment: Payment, at: datetime) -> bool:
    """Whether a provider still takes a refund of this payment."""
    gateway = gateway_for(payment)
    if gateway is None:
        return False
    limits = gateway.rules
    if limits.max_age_days is not None and at > payment.captured_at + timedelta(days=limits.max_age_days):
        return False
    partials = Refund.objects.filter(
        payment=payment, method=Refund.Method.GATEWAY, status__in=COUNTED
    ).count()
    return limits.max_partials is None or partials < limits.max_partials


def write(ask: Ask, parts: Mapping[int, int], purses: Mapping[Payment, int]) -> list[Refund]:
    lines = lines_of(ask.case)
    units = {line.pk: line.quantity_accepted or line.quantity_returned for line in lines}
    if ask.case.terms.proration_method == quotes.RESETTLEMENT:
        _make_room(lines, parts)
    payer = ask.by if isinstance(ask.by, User) else None
    refunds: list[Refund] = []
    for payment, payout in rules.spread(parts, purses).items():
        number = next_number("F")
        refund = Refund(
            number=number,
            case=ask.case,
            payment=payment,
            method=ask.method,
            amount=sum(payout.values()),
            currency=ask.case.currency,
            units=_points(payment, sum(payout.values())),
            idempotency_key=_key(ask.key, len(refunds)) or number,
            request_hash=_hash(ask.case),
            next_attempt_at=first_attempt(payment, ask.at),
            created_at=ask.at,
            created_by=payer,
            needs_second_person=ask.second,
            confirmed_at=None if ask.second else ask.at,
            confirmed_by=None if ask.second else payer,
            reference=ask.reference,
            retry_of=ask.retry_of,
        )
        _insert(refund, payout, units)
        refunds.append(refund)
    return refunds


def _make_room(lines: Sequence[CaseLine], parts: Mapping[int, int]) -> None:
    """Let lines bring more than was paid for them, where a promotion is settled anew, within their price."""
    locked_lines = OrderLine.objects.select_for_update().in_bulk([line.order_line_id for line in lines])
    for line in lines:
        row = locked_lines[line.order_line_id]
        beyond = row.refunded + parts.get(line.pk, 0) - row.paid
        if row.resettled < beyond <= row.discount:
            row.resettled = beyond
            row.save(update_fields=["resettled"])


def _key(key: str, index: int) -> str:
    return f"{key[:60]}|{index + 1}" if key and index else key


def _insert(refund: Refund, payout: Mapping[int, int], units: Mapping[int, int]) -> None:
    """The row and its lines; the database refuses what exceeds a payment, a line or the case."""
    lines = [
        RefundLine(
            refund=refund,
            component=COMPONENTS.get(part, RefundLine.Component.GOODS),
            case_line_id=None if part in COMPONENTS else part,
            quantity=units.get(part, 0),
            amount=amount,
        )
        for part, amount in payout.items()
    ]
    try:
        with transaction.atomic():
            refund.save(force_insert=True)
            RefundLine.objects.bulk_create(lines)
    except IntegrityError as error:
        facts = {"left": refund.payment.refundable, "amount": refund.amount, "currency": refund.currency}
        raise Refused("refund.exceeds_payment", **facts) from error


def first_attempt(payment: Payment, at: datetime) -> datetime:
    """Now, or as long after the last refund of the payment as its provider wants."""
    gateway = gateway_for(payment)
    last: datetime | None = Refund.objects.filter(payment=payment).aggregate(at=Max("submitted_at"))["at"]
    if gateway is None or last is None:
        return at
    return max(at, last + timedelta(seconds=gateway.rules.min_gap_s))


@transaction.atomic
def pay_by_hand(
    case: Case, *, reference: str, proof: Sequence[Attachment], by: User, version: int | None = None
) -> list[Refund]:
    """Put a payment made outside (bank, cash, the shop's own page) on record, with its proof.

    It counts as paid once a second person has confirmed it. Refuses with refund.proof_missing.
    """
    case = locked(case, version)
    row, at = step(case, Verb.PAY_BY_HAND, by=by), clock.now()
    check_nothing_waits(case)
    check_not_paid(case)
    if not proof or not reference.strip():
        raise Refused("refund.proof_missing")
    parts = outstanding(case)
    payments, amount = payments_of(case), sum(parts.values())
    check_enough(case, payments, {payment: payment.refundable for payment in payments}, amount)
    shares = rules.pro_rata(amount, [_pot(payment) for payment in payments])
    purses = dict(zip(payments, shares, strict=True))
    reference = reference.strip()
    ask = Ask(case, by, at, second=True, method=Refund.Method.MANUAL, reference=reference)
    refunds = write(ask, parts, purses)
    files.claim(proof, subject=refunds[0], by=by, public=False)
    case = take(case, row, at)
    record_refunds("refund.paid_by_hand", case, refunds, by=by, at=at, reference=reference)
    return refunds


@transaction.atomic
def confirm_refund(case: Case, *, by: User, version: int | None = None) -> list[Refund]:
    """The second pair of eyes: release what waits. What was paid by hand is paid with this.

    Refuses with refund.same_person, refund.nothing_waits.
    """
    case = locked(case, version)
    step(case, Verb.CONFIRM_REFUND, by=by)
    at, refunds = clock.now(), _waiting(case)
    if any(refund.created_by_id == by.pk for refund in refunds):
        raise Refused("refund.same_person", number=case.number)
    by_hand = refunds[0].method == Refund.Method.MANUAL
    for refund in refunds:
        refund.confirmed_at, refund.confirmed_by = at, by
        refund.next_attempt_at = first_attempt(refund.payment, at)
        if by_hand:
            refund.status, refund.succeeded_at = RefundStatus.SUCCEEDED, at
            bookkeeping.book(refund, case.order, at)
        refund.save()
    target = after_payout(case) if by_hand else CaseStatus.REFUNDING
    case = take(case, step(case, Verb.CONFIRM_REFUND, by=by, to=target), at)
    record_refunds("refund.confirmed", case, refunds, by=by, at=at)
    if by_hand:
        complete(case, refunds, at)
    return refunds


@transaction.atomic
def cancel_refund(case: Case, *, by: User, version: int | None = None) -> list[Refund]:
    """Take back what waits for a second person; nothing has left the house."""
    case = locked(case, version)
    row, at = step(case, Verb.CANCEL_REFUND, by=by), clock.now()
    refunds = _waiting(case)
    for refund in refunds:
        refund.status = RefundStatus.CANCELLED
        refund.save(update_fields=["status"])
    case = take(case, row, at)
    record_refunds("refund.cancelled", case, refunds, by=by, at=at)
    return refunds


def _waiting(case: Case) -> list[Refund]:
    refunds = Refund.objects.select_for_update(of=("self",)).select_related("payment")
    waiting = list(refunds.filter(case=case, status=RefundStatus.CREATED, confirmed_at=None).order_by("pk"))
    if not waiting:
        raise Refused("refund.nothing_waits", number=case.number)
    return waiting


def complete(case: Case, refunds: Sequence[Refund], at: datetime) -> None:
    """Tell that the money is back, which completes the case, or lets the replacement go."""
    kind = "case.completed" if case.status == CaseStatus.COMPLETED else "case.difference_settled"
    amount = sum(refund.amount for refund in refunds)
    record(kind, case, by=SYSTEM, at=at, amount=amount, currency=case.currency, case_kind=case.kind)


def record_refunds(
    kind: str,
    case: Case,
    refunds: Sequence[Refund],
    *,
    by: Actor,
    at: datetime,
    public: bool = False,
    **data: object,
) -> None:
    """One event for the refunds of a verb; customers see money that went or got stuck, not our four eyes."""
    events.record(
        kind,
        refunds[0],
        by=by,
        thread=case.ticket,
        public=public,
        at=at,
        number=refunds[0].number,
        case=case.number,
        refunds=[refund.number for refund in refunds],
        amount=sum(refund.amount for refund in refunds),
        currency=case.currency,
        **data,
    )
