"""Finding cases by whatever somebody types or scans into one box."""

import re

from django.db.models import Q, QuerySet

from customers import queries as people
from orders.models import Order, Shipment
from returns.models import Case

MOST = 50

_NUMBER = re.compile(r"(?:([RTF])-?)?(\d{3,18})", re.IGNORECASE)


def matching(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Cases meant by a case, ticket, order, refund or tracking number, an e-mail address or a phone."""
    text = text.strip()
    if not text:
        return cases
    wanted = _numbered(text)
    wanted |= Q(order__in=_orders_named(text))
    if parcels := _parcels(text):
        wanted |= Q(pk__in=parcels)
    if customers := list(people.reached_by(text).values_list("customer", flat=True)):
        wanted |= Q(customer__in=customers)
    return cases.filter(wanted)


def _numbered(text: str) -> Q:
    found = _NUMBER.fullmatch(text)
    if not found:
        return Q(pk__in=[])
    letter, digits = (found[1] or "").upper(), found[2]
    wanted = Q(pk__in=[])
    if letter in ("", "R"):
        wanted |= Q(number=f"R-{digits}")
    if letter in ("", "T"):
        wanted |= Q(ticket__number=f"T-{digits}")
    if letter == "F":
        wanted |= Q(refunds__number=f"F-{digits}")
    return wanted


def _orders_named(text: str) -> list[int]:
    named = Order.objects.filter(Q(number__iexact=text) | Q(reference__iexact=text))
    return list(named.values_list("pk", flat=True)[:MOST])


def _parcels(text: str) -> list[int]:
    """Cases whose parcel has this tracking number, however it is spaced."""
    number = re.sub(r"[\s\-]+", "", text).upper()
    shipments = Shipment.objects.filter(tracking_number=number, return_parcel__isnull=False)
    return list(shipments.values_list("return_parcel__case", flat=True)[:MOST])
