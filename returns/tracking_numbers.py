"""Tracking numbers as customers tell them: tidied, checked against the carrier's own way of writing them."""

import re

from django.db import connection

from core.errors import Refused
from orders import carriers
from orders.carriers import Verdict
from orders.models import Shipment
from returns.carriers import NAMES

TRACKING_NUMBER = re.compile(r"[A-Z0-9]{6,40}")
"""After spaces and dashes are gone. Carriers use between 8 and 34 (FedEx Ground) characters."""


def tidy_tracking_number(text: str) -> str:
    """A tracking number as carriers write it, or a refusal with case.tracking_number_odd."""
    number = carriers.tidy(text)
    if not TRACKING_NUMBER.fullmatch(number) or not any(char.isdigit() for char in number):
        raise Refused("case.tracking_number_odd", tracking_number=text.strip())
    return number


def reserve(number: str) -> None:
    """Refuse with case.tracking_number_used what another parcel has; of two at once the second is refused.

    Call it inside the transaction that makes the parcel.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"tracking number {number}"])
    if Shipment.objects.filter(tracking_number=number).exists():
        raise Refused("case.tracking_number_used", tracking_number=number)


def checked_tracking_number(text: str) -> str:
    """A tidy number that no other parcel has, and that none will get before this transaction ends."""
    number = tidy_tracking_number(text)
    reserve(number)
    return number


def carrier_of(carrier: str, number: str, *, sure: bool) -> str:
    """The carrier to keep with a tidy number; "" is guessed from the number.

    Refuses with case.carrier_unknown where it cannot be guessed, with case.tracking_number_mistyped or
    case.tracking_number_unusual where the number is none of this carrier, unless the teller is `sure`.
    """
    given = carrier.strip()
    if not given:
        code = carriers.guess(number)
        if not code:
            raise Refused("case.carrier_unknown", tracking_number=number)
        return NAMES[code]
    verdict = carriers.verdict(carriers.named(given), number)
    if verdict != Verdict.GOOD and not sure:
        wrong = "mistyped" if verdict == Verdict.MISTYPED else "unusual"
        raise Refused(f"case.tracking_number_{wrong}", tracking_number=number, carrier=given)
    return given
