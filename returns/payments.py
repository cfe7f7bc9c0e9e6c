"""Taking released refunds to their payment providers. The calls are made outside of any transaction.

A refund is claimed under a lease before its provider is called. If the worker dies in between, the lease runs
out and the refund is asked about under its own key: the provider knows whether it has paid.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from core import clock
from returns.actions import settle_refund
from returns.gateways import Gateway, Outcome, RefundRequest, Result, gateway_for
from returns.models import Refund
from returns.states import RefundStatus

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)


def submit_due(*, limit: int = 50) -> int:
    """Take up to `limit` refunds whose turn has come to their providers; returns how many were taken."""
    for done in range(limit):
        claimed = claim(clock.now())
        if claimed is None:
            return done
        refund, is_new = claimed
        settle_refund(refund, ask(refund, is_new=is_new))
    return limit


@transaction.atomic
def claim(at: datetime) -> tuple[Refund, bool] | None:
    """The oldest refund that nobody holds, submitted under a lease, and whether it is its first time out."""
    refund = Refund.objects.claimable(at).select_for_update(skip_locked=True, of=("self",)).first()
    if refund is None:
        return None
    is_new = refund.status == RefundStatus.CREATED
    if is_new:
        refund.status, refund.submitted_at = RefundStatus.SUBMITTED, at
    refund.attempts += 1
    refund.next_attempt_at = at + LEASE
    refund.save(update_fields=["status", "submitted_at", "attempts", "next_attempt_at"])
    return refund, is_new


def ask(refund: Refund, *, is_new: bool) -> Result:
    """The provider's answer. Whatever goes wrong on the way is "unknown", never "failed"."""
    gateway = gateway_for(refund.payment)
    if gateway is None:
        return Result(Outcome.REFUSED, message=f"no provider for {refund.payment.gateway}")
    try:
        return _ask(gateway, refund, is_new=is_new)
    except Exception as error:  # a provider's library can fail in any way; the money may be gone all the same
        log.warning("refund %s: no answer: %s", refund.number, error)
        return Result(Outcome.UNKNOWN, message=str(error)[:500])


def _ask(gateway: Gateway, refund: Refund, *, is_new: bool) -> Result:
    request = RefundRequest(
        key=refund.idempotency_key,
        payment=refund.payment.external_id,
        amount=refund.amount,
        currency=refund.currency,
        tender=refund.payment.tender,
        units=refund.units,
    )
    if is_new:
        return gateway.refund(request)
    known = gateway.query(request.key)
    return gateway.refund(request) if known.outcome == Outcome.NOT_FOUND else known
