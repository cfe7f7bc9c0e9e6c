"""The provider has answered, or has not: what becomes of the refund and its case, and trying once more."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import SYSTEM
from orders.models import Payment
from returns import bookkeeping
from returns.actions.legs import after_payout
from returns.actions.payout import (
    NAMED,
    Ask,
    check_enough,
    check_nothing_waits,
    complete,
    first_attempt,
    outstanding,
    payments_of,
    purses_of,
    record_refunds,
    write,
)
from returns.actions.steps import locked, step, take
from returns.gateways import Outcome, Result, gateway_for
from returns.models import Case, GatewayAnswer, Refund
from returns.states import IN_FLIGHT, CaseStatus, RefundStatus, Verb


@transaction.atomic
def retry_refund(case: Case, *, by: User, version: int | None = None) -> list[Refund]:
    """Try a failed refund again: under its own key where the provider takes it, else as a new refund.

    Refuses as `create_refund` does where the provider cannot be reached any more.
    """
    case = locked(case, version)
    row, at = step(case, Verb.RETRY_REFUND, by=by), clock.now()
    check_nothing_waits(case)
    failed = list(
        Refund.objects.select_for_update(of=("self",))
        .select_related("payment")
        .filter(case=case, status=RefundStatus.FAILED, retries=None)
        .order_by("pk")
    )
    purses = purses_of(case, at)
    check_enough(case, payments_of(case), purses, sum(outstanding(case).values()))
    for refund in failed:
        check_enough(case, [refund.payment], _of(purses, refund.payment), refund.amount)
    refunds = [refund for each in failed for refund in _once_more(case, each, purses, by=by, at=at)]
    case = take(case, row, at)
    record_refunds("refund.retried", case, refunds, by=by, at=at)
    return refunds


def _of(purses: Mapping[Payment, int], payment: Payment) -> dict[Payment, int]:
    return {payment: purses.get(payment, 0)}


def _once_more(
    case: Case, refund: Refund, purses: Mapping[Payment, int], *, by: User, at: datetime
) -> list[Refund]:
    gateway = gateway_for(refund.payment)
    if gateway is None or refund.method != Refund.Method.GATEWAY:
        return []
    if not gateway.rules.retry_same_key and not _said_paid(refund):
        parts = {line.case_line_id or NAMED[line.component]: line.amount for line in refund.lines.all()}
        return write(Ask(case, by, at, retry_of=refund), parts, {refund.payment: purses[refund.payment]})
    refund.status, refund.failed_at, refund.failure = RefundStatus.CREATED, None, ""
    refund.gateway_refund_id, refund.attempts = "", 0
    refund.next_attempt_at = first_attempt(refund.payment, at)
    refund.save()
    return [refund]


def _said_paid(refund: Refund) -> bool:
    """Its provider says it was paid after all: another refund would pay twice, so this one is asked for."""
    return refund.answers.filter(outcome=GatewayAnswer.Outcome.SUCCEEDED).exists()


@transaction.atomic
def settle_refund(
    refund: Refund, result: Result, *, way: GatewayAnswer.Way = GatewayAnswer.Way.CALL
) -> Refund:
    """Book the provider's answer. One to a refund that is settled already is kept, and changes nothing else.

    Paid only when amount and currency are the ones asked for; anything else stays open for a person to see.
    """
    case, at = locked(refund.case), clock.now()
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund.pk)
    _keep(refund, result, way, at)
    if refund.status not in (RefundStatus.SUBMITTED, RefundStatus.UNKNOWN):
        return refund
    match result.outcome:
        case Outcome.SUCCEEDED if (result.amount, result.currency) == (refund.amount, refund.currency):
            _book_success(case, refund, result, at)
        case Outcome.REFUSED:
            _book_failure(case, refund, result, at)
        case Outcome.PENDING:
            refund.next_attempt_at = at + pause(refund.attempts)
            refund.save(update_fields=["next_attempt_at"])
        case _:
            _book_unknown(case, refund, result, at)
    return refund


def _keep(refund: Refund, result: Result, way: GatewayAnswer.Way, at: datetime) -> None:
    """Write down what was said, unless it was said last time too."""
    told = {
        "way": way.value,
        "outcome": result.outcome.value,
        "amount": result.amount,
        "currency": result.currency,
        "gateway_refund_id": result.refund_id,
        "message": result.message[:500],
    }
    last = refund.answers.values(*told).last()
    if last != told:
        GatewayAnswer.objects.create(refund=refund, at=at, **told)


def _book_success(case: Case, refund: Refund, result: Result, at: datetime) -> None:
    refund.status, refund.succeeded_at, refund.failure = RefundStatus.SUCCEEDED, at, ""
    refund.gateway_refund_id = result.refund_id
    bookkeeping.book(refund, case.order, at, result.rate)
    refund.save()
    record_refunds("refund.succeeded", case, [refund], by=SYSTEM, at=at)
    _follow(case, at)


def _book_failure(case: Case, refund: Refund, result: Result, at: datetime) -> None:
    refund.status, refund.failed_at, refund.failure = RefundStatus.FAILED, at, result.message[:500]
    refund.save()
    record_refunds("refund.failed", case, [refund], by=SYSTEM, at=at, reason=refund.failure, public=True)
    _follow(case, at)


def _book_unknown(case: Case, refund: Refund, result: Result, at: datetime) -> None:
    news = refund.status != RefundStatus.UNKNOWN
    refund.status, refund.failure = RefundStatus.UNKNOWN, (result.message or _mismatch(result))[:500]
    refund.next_attempt_at = at + pause(refund.attempts)
    refund.save()
    if news:
        record_refunds("refund.unknown", case, [refund], by=SYSTEM, at=at, reason=refund.failure)


def _mismatch(result: Result) -> str:
    if result.outcome == Outcome.SUCCEEDED:
        return f"the provider says it paid {result.amount} {result.currency}"
    return ""


def pause(attempts: int) -> timedelta:
    """How long to wait before asking again: 15 seconds, doubling up to an hour."""
    return min(timedelta(seconds=15 << min(attempts, 10)), timedelta(hours=1))


def _follow(case: Case, at: datetime) -> None:
    """What the case is, now that one of its refunds is settled."""
    refunds = list(Refund.objects.filter(case=case))
    if any(refund.status in IN_FLIGHT for refund in refunds):
        target = CaseStatus.REFUNDING
    else:
        target = CaseStatus.REFUND_FAILED if outstanding(case) else after_payout(case)
    case = take(case, step(case, Verb.SETTLE_REFUND, by=SYSTEM, to=target), at)
    if target == after_payout(case):
        complete(case, [refund for refund in refunds if refund.status == RefundStatus.SUCCEEDED], at)
