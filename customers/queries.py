"""Finding people."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet

from core import search
from customers import rules
from customers.models import ContactPoint, Customer

SHORTEST_PHONE = 6


def matching(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Customers whose name, number, e-mail or phone is meant by what somebody typed into one box."""
    reached = list(reached_by(text).values_list("customer", flat=True))  # keys: two index scans, no join
    wanted = Q(pk__in=reached)
    if query := search.query(text):
        wanted |= Q(search=query)
    return customers.filter(wanted)


def reached_by(text: str) -> QuerySet[ContactPoint]:
    """Contact points that are exactly the address or number typed, however it is written."""
    if email := rules.normal_email(text):
        return ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, normalized=email)
    if len(re.findall(r"\d", text)) < SHORTEST_PHONE:
        return ContactPoint.objects.none()
    phones = rules.possible_phones(text, settings.PHONE_REGIONS)
    return ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, normalized__in=phones)


def is_reached_by(customer: Customer, contact: str, *, countries: Iterable[str] = ()) -> bool:
    """Whether an e-mail address or phone number, as somebody typed it, is one of the customer's.

    `countries` are those a number without country code may belong to, besides the customer's own.
    """
    if email := rules.normal_email(contact):
        return customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL, normalized=email).exists()
    regions = rules.regions_of(customer.country, *countries, default=settings.PHONE_REGIONS)
    phones = rules.possible_phones(contact, regions)
    return customer.contact_points.filter(kind=ContactPoint.Kind.PHONE, normalized__in=phones).exists()
