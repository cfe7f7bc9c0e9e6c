"""Finding people."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet

from core import search
from customers import rules
from customers.models import Address, BareEmail, ContactPoint, Customer, DifferentPersons
from customers.states import Resemblance

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


# --- one person --------------------------------------------------------------------------------------


def surviving(customer: Customer) -> Customer:
    """The person a customer was merged into in the end; the customer itself when they were not."""
    while customer.merged_into is not None:
        customer = customer.merged_into
    return customer


def same_person(customer: Customer, limit: int = 5) -> list[tuple[Customer, Resemblance]]:
    """Other customers who may be the same person, each with the most telling reason; none is sure.

    Those whom somebody found to be another person are left out.
    """
    found: dict[int, tuple[Customer, Resemblance]] = {}
    known = {customer.pk, *(other.pk for other in told_apart(customer))}
    for other, reason in (*_same_mailbox(customer), *_same_phone(customer), *_same_address(customer)):
        if other.pk not in known and other.merged_into_id is None:
            found.setdefault(other.pk, (other, reason))
    return list(found.values())[:limit]


def told_apart(customer: Customer) -> list[Customer]:
    """Customers who look like this one and were found to be somebody else."""
    pairs = DifferentPersons.objects.filter(Q(customer=customer) | Q(other=customer))
    pairs = pairs.select_related("customer", "other").order_by("pk")
    return [pair.other if pair.customer_id == customer.pk else pair.customer for pair in pairs]


def _same_mailbox(customer: Customer) -> list[tuple[Customer, Resemblance]]:
    mine = customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL)
    bare = list(mine.annotate(bare=BareEmail("normalized")).values_list("bare", flat=True))
    same = ContactPoint.objects.annotate(bare=BareEmail("normalized"))
    same = same.filter(kind=ContactPoint.Kind.EMAIL, bare__in=bare).select_related("customer")
    return [(point.customer, Resemblance.MAILBOX) for point in same]


def _same_phone(customer: Customer) -> list[tuple[Customer, Resemblance]]:
    """Whoever is reached by the phone number on one of the customer's addresses."""
    regions = rules.regions_of(customer.country, default=settings.PHONE_REGIONS)
    given = [address.phone for address in customer.addresses.all() if address.phone]
    phones = {number for phone in given if (number := rules.normal_phone(phone, regions))}
    same = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, normalized__in=phones)
    return [(point.customer, Resemblance.PHONE) for point in same.select_related("customer")]


def _same_address(customer: Customer) -> list[tuple[Customer, Resemblance]]:
    """Whoever has an address with the same name, postcode and street, however it is written."""
    found = []
    for mine in customer.addresses.exclude(postcode=""):
        there = Address.objects.filter(postcode=mine.postcode, recipient=mine.recipient)
        found += [
            (other.customer, Resemblance.ADDRESS)
            for other in there.exclude(customer=customer).select_related("customer")[:20]
            if rules.number_key(other.lines) == rules.number_key(mine.lines)
        ]
    return found
