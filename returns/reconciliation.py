"""Where what gateways said and what our books say do not fit, and what nobody knows yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery

from returns.models import GatewayAnswer, GatewayNotice, Refund
from returns.models.refunds import RefundQuerySet
from returns.states import RefundStatus

LATE = timedelta(hours=1)
"""After this long without a final answer a person should look."""

Outcome = GatewayAnswer.Outcome


def with_latest_answer(refunds: RefundQuerySet) -> RefundQuerySet:
    """Each refund with the last words of its gateway: `told`, `told_amount`, `told_currency`, `told_at`."""
    latest = GatewayAnswer.objects.filter(refund=OuterRef("pk")).order_by("-pk")
    return refunds.annotate(
        told=Subquery(latest.values("outcome")[:1]),
        told_amount=Subquery(latest.values("amount")[:1]),
        told_currency=Subquery(latest.values("currency")[:1]),
        told_at=Subquery(latest.values("at")[:1]),
    )


def contradicted(refunds: RefundQuerySet) -> RefundQuerySet:
    """Refunds whose gateway says otherwise: paid where we have not, not or otherwise where we have."""
    answers = GatewayAnswer.objects.filter(refund=OuterRef("pk"))
    says_paid = answers.filter(outcome=Outcome.SUCCEEDED)
    other_sum = says_paid.filter(~Q(amount=OuterRef("amount")) | ~Q(currency=OuterRef("currency")))
    return with_latest_answer(refunds).filter(
        Q(Exists(says_paid)) & ~Q(status=RefundStatus.SUCCEEDED)
        | Q(status=RefundStatus.SUCCEEDED, told__in=[Outcome.REFUSED, Outcome.NOT_FOUND])
        | Q(Exists(other_sum), status=RefundStatus.SUCCEEDED)
        | Q(status=RefundStatus.FAILED, told=Outcome.PENDING)
    )


def unanswered(refunds: RefundQuerySet, at: datetime) -> RefundQuerySet:
    """Refunds at a gateway that are unknown, or on their way for longer than `LATE`, and not contradicted."""
    waiting = Q(status=RefundStatus.UNKNOWN) | Q(status=RefundStatus.SUBMITTED, submitted_at__lte=at - LATE)
    paid = GatewayAnswer.objects.filter(refund=OuterRef("pk"), outcome=Outcome.SUCCEEDED)
    return with_latest_answer(refunds).filter(waiting, ~Exists(paid), method=Refund.Method.GATEWAY)


def odd_notices() -> list[GatewayNotice]:
    """The latest notices nobody could make sense of."""
    odd = [GatewayNotice.Verdict.STRANGER, GatewayNotice.Verdict.UNREADABLE]
    rows = GatewayNotice.objects.filter(verdict__in=odd).select_related("connection__shop")
    return list(rows.order_by("-pk")[:MOST])


@dataclass(frozen=True)
class Findings:
    """What a person has to look at; the lists are cut at `MOST`."""

    contradicted: Sequence[Refund]
    unanswered: Sequence[Refund]
    notices: Sequence[GatewayNotice]


MOST = 100


def findings(refunds: RefundQuerySet, at: datetime) -> Findings:
    """Everything that does not fit, among the refunds a reader may see."""
    rows = refunds.select_related("case__order", "case__customer", "payment").order_by("-pk")
    return Findings(list(contradicted(rows)[:MOST]), list(unanswered(rows, at)[:MOST]), odd_notices())
