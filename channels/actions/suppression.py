"""Addresses to which nothing is sent any more: entered when mail comes back, taken off by people."""

from django.db import transaction

from accounts.models import User
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from core.models import SuppressedAddress
from customers.rules import normal_email


@transaction.atomic
def suppress(address: str, *, reason: str, by: Actor, detail: str = "") -> SuppressedAddress:
    """Send nothing to an address any more; twice changes nothing. Refuses with suppression.no_address."""
    normal = normal_email(address)
    if not normal:
        raise Refused("suppression.no_address", address=address)
    row, is_new = SuppressedAddress.objects.get_or_create(
        address=normal, defaults={"reason": reason, "detail": detail[:500], "created_at": clock.now()}
    )
    if is_new:
        events.record("suppression.entered", row, by=by, address=normal)
    return row


def enter_by_hand(address: str, *, by: User) -> SuppressedAddress:
    """Send nothing to an address because a person says so."""
    return suppress(address, reason=SuppressedAddress.Reason.BY_HAND, by=by)


@transaction.atomic
def lift(address: str, *, by: Actor) -> None:
    """Send to an address again; twice changes nothing. What was withheld meanwhile may be sent by hand."""
    row = SuppressedAddress.objects.select_for_update().filter(address=address.lower()).first()
    if row is not None:
        events.record("suppression.lifted", row, by=by, address=row.address)
        row.delete()
