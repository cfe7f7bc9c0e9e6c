"""Vouchers after they were given: redeemed once, reminded of, ended."""

import logging
from datetime import timedelta

from django.db import transaction

from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from returns.actions.steps import record
from returns.models import CompensationVoucher

log = logging.getLogger(__name__)

VALID = timedelta(days=365)
"""How long a voucher can be redeemed."""

NOTICE = timedelta(days=30)
"""So long before its end the customer is reminded of one not redeemed."""


@transaction.atomic
def redeem_voucher(voucher: CompensationVoucher, *, by: Actor) -> CompensationVoucher:
    """The shop took the voucher; once. Refuses with voucher.redeemed_already, voucher.expired."""
    fresh, at = _locked(voucher), clock.now()
    if fresh.redeemed_at is not None:
        raise Refused("voucher.redeemed_already", voucher=fresh.code)
    if fresh.valid_until is not None and at >= fresh.valid_until:
        raise Refused("voucher.expired", voucher=fresh.code)
    fresh.redeemed_at, fresh.due_at = at, None
    fresh.save(update_fields=["redeemed_at", "due_at"])
    record("voucher.redeemed", fresh.case, by=by, at=at, code=fresh.code)
    return fresh


def sweep(*, limit: int = 500) -> int:
    """Remind of vouchers that end soon and end those whose time is over; one that fails holds up no other."""
    due = CompensationVoucher.objects.filter(due_at__lte=clock.now()).order_by("due_at")[:limit]
    return sum(_attempt(voucher) for voucher in due)


def _attempt(voucher: CompensationVoucher) -> bool:
    try:
        return time_out(voucher)
    except Exception:  # whatever it is, the other vouchers must not wait for it
        log.exception("voucher %s could not be ended", voucher.pk)
        return False


@transaction.atomic
def time_out(voucher: CompensationVoucher) -> bool:
    """Do what is due about a voucher; False when nothing is (any more). Too late to remind, it only ends."""
    fresh, at = _locked(voucher), clock.now()
    if fresh.due_at is None or fresh.due_at > at or fresh.valid_until is None:
        return False
    if at >= fresh.valid_until:
        fresh.expired_at, fresh.due_at, kind = at, None, "voucher.expired"
    else:
        fresh.reminded_at, fresh.due_at, kind = at, fresh.valid_until, "voucher.expires_soon"
    fresh.save(update_fields=["reminded_at", "expired_at", "due_at"])
    until = fresh.valid_until.isoformat()
    record(kind, fresh.case, by=SYSTEM, at=at, code=fresh.code, valid_until=until)
    return True


def _locked(voucher: CompensationVoucher) -> CompensationVoucher:
    rows = CompensationVoucher.objects.select_for_update(of=("self",)).select_related("case__ticket")
    return rows.get(pk=voucher.pk)
