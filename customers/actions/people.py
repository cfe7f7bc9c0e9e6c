"""Knowing a person: found by any contact point, made when nobody has one of them, edited."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Expression, Q

from core import clock, events, numbers, search, zones
from core.actors import Actor
from core.errors import Refused
from customers import rules
from customers.models import ContactPoint, Customer, Tier
from customers.states import NewsWay, Topic

Kind = ContactPoint.Kind


@dataclass(frozen=True)
class Contact:
    """A contact point not yet anybody's: as it was given, and as it is compared."""

    kind: str
    value: str
    normalized: str


def contacts_from(
    *,
    external: str = "",
    email: str = "",
    phone: str = "",
    country: str = "",
    social: str = "",
    social_name: str = "",
) -> list[Contact]:
    """What was given, as contacts, the most telling first.

    Refuses with customer.email_invalid or customer.phone_invalid.
    """
    found = []
    if social.strip():
        found.append(Contact(Kind.SOCIAL, (social_name.strip() or social.strip())[:254], social.strip()))
    if external.strip():
        found.append(Contact(Kind.EXTERNAL, external.strip(), external.strip()))
    if email.strip():
        found.append(contact_of(Kind.EMAIL, email, country=country))
    if phone.strip():
        found.append(contact_of(Kind.PHONE, phone, country=country))
    return found


def contact_of(kind: str, value: str, *, country: str = "") -> Contact:
    """One contact point as given; refuses with customer.email_invalid or customer.phone_invalid."""
    value = value.strip()
    if kind == Kind.EMAIL:
        if not (normalized := rules.normal_email(value)):
            raise Refused("customer.email_invalid", email=value)
        return Contact(Kind.EMAIL, value, normalized)
    if kind == Kind.PHONE:
        regions = rules.regions_of(country, default=settings.PHONE_REGIONS)
        if not (normalized := rules.normal_phone(value, regions)):
            raise Refused("customer.phone_invalid", phone=value)
        return Contact(Kind.PHONE, value, normalized)
    return Contact(Kind.EXTERNAL, value, value)


@transaction.atomic
def get_or_create_customer(
    *,
    email: str = "",
    phone: str = "",
    name: str = "",
    language: str,
    by: Actor,
    country: str = "",
    external: str = "",
    social: str = "",
    social_name: str = "",
) -> Customer:
    """The person one of the contact points belongs to, else a new one with all of them.

    `external` is "shop:id", `social` "connection:id" with the name shown there, `country` ISO 3166,
    `language` any language tag. Contact points nobody has are added to the person found, so hand in
    together only what comes from one source that can be trusted with all of it. Safe under concurrency:
    the same contact point never makes two people.
    Refuses with customer.no_contact, customer.email_invalid or customer.phone_invalid.
    """
    contacts = contacts_from(
        external=external,
        email=email,
        phone=phone,
        country=country,
        social=social,
        social_name=social_name,
    )
    if not contacts:
        raise Refused("customer.no_contact")
    if not (owned := _owned(contacts)):
        try:
            with transaction.atomic():
                return _create(contacts, name=name, language=language, country=country, by=by)
        except IntegrityError:  # somebody else was quicker with one of the contact points: it is theirs
            if not (owned := _owned(contacts)):
                raise
    return _completed(owned, contacts, name=name, by=by)


@transaction.atomic
def create_guest(*, name: str, email: str = "", language: str, by: Actor) -> Customer:
    """A person of their own for somebody who proves nothing, also without any contact point.

    An address that is somebody else's already stays theirs; one that nobody has is added. Refuses with
    customer.email_invalid.
    """
    contacts = contacts_from(email=email)
    guest = _create([], name=name, language=language, country="", by=by)
    return attach(guest, contacts, by=by) if contacts else guest


def _owned(contacts: Sequence[Contact]) -> list[ContactPoint]:
    """Those of the contacts that are somebody's already, the most telling first."""
    same = Q()
    for contact in contacts:
        same |= Q(kind=contact.kind, normalized=contact.normalized)
    order = [contact.kind for contact in contacts]
    points = ContactPoint.objects.filter(same).select_related("customer__tier")
    return sorted(points, key=lambda point: order.index(point.kind))


def _completed(
    owned: Sequence[ContactPoint], contacts: Sequence[Contact], *, name: str, by: Actor
) -> Customer:
    """The owner of the first contact point, with the name and the contact points that were not known yet."""
    customer = owned[0].customer
    known = {(point.kind, point.normalized) for point in owned}
    fresh = [contact for contact in contacts if (contact.kind, contact.normalized) not in known]
    if name and not customer.name:
        customer = edit(customer, name=name, by=by)
    return attach(customer, fresh, by=by) if fresh else customer


def _create(contacts: Sequence[Contact], *, name: str, language: str, country: str, by: Actor) -> Customer:
    country, now = rules.normal_country(country), clock.now()
    customer = Customer(
        number=numbers.next_number("C"),
        name=name.strip()[:200],
        language=rules.normal_language(language),
        country=country,
        time_zone=zones.of_country(country) or "UTC",
        created_at=now,
    )
    customer.search = _found_by(customer, contacts)
    customer.save(force_insert=True)
    del customer.search
    ContactPoint.objects.bulk_create(
        ContactPoint(
            customer=customer,
            kind=contact.kind,
            value=contact.value,
            normalized=contact.normalized,
            is_primary=True,
        )
        for contact in contacts
    )
    events.record("customer.created", customer, by=by, number=customer.number)
    return customer


def attach(customer: Customer, contacts: Sequence[Contact], *, by: Actor) -> Customer:
    """Add contact points that nobody has; those somebody else was quicker with stay theirs."""
    customer = Customer.objects.select_for_update(of=("self",)).select_related("tier").get(pk=customer.pk)
    taken_kinds = set(customer.contact_points.filter(is_primary=True).values_list("kind", flat=True))
    for contact in contacts:
        _point, is_new = ContactPoint.objects.get_or_create(
            kind=contact.kind,
            normalized=contact.normalized,
            defaults={
                "customer": customer,
                "value": contact.value,
                "is_primary": contact.kind not in taken_kinds,
            },
        )
        if is_new:
            taken_kinds.add(contact.kind)
            events.record("customer.contact_added", customer, by=by, value=contact.value)
    index(customer)
    return customer


class Changes(TypedDict, total=False):
    """What can be edited of a person; what is left out stays. `language`: one of `Language`."""

    name: str
    language: str
    country: str
    time_zone: str
    tier: Tier | None


@transaction.atomic
def edit(customer: Customer, *, by: Actor, **changes: Unpack[Changes]) -> Customer:
    """Change what is known of a person; what is as it was records nothing.

    Refuses with customer.unknown_time_zone.
    """
    if not zones.is_known(changes.get("time_zone", "UTC")):
        raise Refused("customer.unknown_time_zone", time_zone=changes["time_zone"])
    customer = Customer.objects.select_for_update(of=("self",)).select_related("tier").get(pk=customer.pk)
    changed = [field for field, value in changes.items() if getattr(customer, field) != value]
    if not changed:
        return customer
    for field in changed:
        setattr(customer, field, changes[field])  # type: ignore[literal-required]
    customer.save(update_fields=changed)
    if "name" in changed:
        index(customer)
    events.record("customer.edited", customer, by=by, fields=sorted(changed))
    return customer


@transaction.atomic
def choose_news(customer: Customer, *, way: str, off: Iterable[str], by: Actor) -> Customer:
    """Say how a person wants to hear news, and which they do without; what is as it was records nothing.

    `off` are values of `Topic`; anything else is always told and cannot be switched off.
    """
    row = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    unwanted = [topic for topic in Topic.values if topic in set(off)]
    if (row.news_way, set(row.news_off)) == (way, set(unwanted)):
        return row
    row.news_way, row.news_off = NewsWay(way), unwanted
    row.save(update_fields=["news_way", "news_off"])
    events.record("customer.news_chosen", row, by=by, way=row.news_way, off=unwanted)
    return row


def index(customer: Customer) -> None:
    """Write what the customer is found by. Belongs to every change of name or contact points."""
    found_by = _found_by(customer, list(customer.contact_points.all()))
    Customer.objects.filter(pk=customer.pk).update(search=found_by)


def _found_by(customer: Customer, points: Sequence[Contact] | Sequence[ContactPoint]) -> Expression:
    texts = rules.search_text(
        name=customer.name,
        number=customer.number,
        emails=[point.normalized for point in points if point.kind == Kind.EMAIL],
        phones=[point.normalized for point in points if point.kind == Kind.PHONE],
    )
    return search.vector(*texts)
