"""Finding cases by whatever somebody types or scans into one box."""

import re

from django.db.models import Q, QuerySet

from customers import queries as people
from orders.models import Order, Shipment
from returns.models import Case, Refund
from tickets.models import Ticket

MOST = 50

_NUMBER = re.compile(r"(?:([RTF])-?)?(\d{3,18})", re.IGNORECASE)


def matching(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases meant by a case, ticket, order, refund or tracking number, an e-mail address or a phone.

    Keys are looked up first, so that every condition on cases is one that an index answers.
    """
    text = _scanned(text.strip())
    if not text:
        return cases
    wanted = _numbered(text)
    if orders := _orders_named(text):
        wanted |= Q(order__in=orders)
    if parcels := _parcels(text):
        wanted |= Q(pk__in=parcels)
    if customers := list(people.reached_by(text).values_list("customer", flat=True)):
        wanted |= Q(customer__in=customers)
    return cases.filter(wanted)


def _scanned(text: str) -> str:
    """The number itself where a scanner typed the address that the code on a return slip holds."""
    return text.rstrip("/").rpartition("/")[2] if "://" in text else text


def _numbered(text: str) -> Q:
    """What a public number may mean: "R-10042", "r10042"; without a letter a case or a ticket."""
    found = _NUMBER.fullmatch(text)
    letter, digits = ((found[1] or "").upper(), found[2]) if found else ("-", "")
    wanted = Q(pk__in=[])
    if letter in ("", "R"):
        wanted |= Q(number=f"R-{digits}")
    if letter in ("", "T"):
        wanted |= Q(ticket__in=list(Ticket.objects.filter(number=f"T-{digits}").values_list("pk", flat=True)))
    if letter == "F":
        wanted |= Q(pk__in=list(Refund.objects.filter(number=f"F-{digits}").values_list("case", flat=True)))
    return wanted


def _orders_named(text: str) -> list[int]:
    named = Order.objects.filter(Q(number__iexact=text) | Q(reference__iexact=text))
    return list(named.values_list("pk", flat=True)[:MOST])


def _parcels(text: str) -> list[int]:
    """Cases whose parcel has this tracking number, however it is spaced."""
    number = re.sub(r"[\s\-]+", "", text).upper()
    shipments = Shipment.objects.filter(tracking_number=number, return_parcel__isnull=False)
    return list(shipments.values_list("return_parcel__case", flat=True)[:MOST])
