"""The ways to reach a person: added, preferred, removed."""

from django.db import transaction

from core import events
from core.actors import Actor
from core.errors import Refused
from customers.actions.people import attach, contact_of, index
from customers.models import ContactPoint, Customer


@transaction.atomic
def add_contact(customer: Customer, *, kind: str, value: str, by: Actor) -> ContactPoint:
    """Add a way to reach a person; one the person has already is returned as it is.

    Refuses with customer.contact_taken if it is somebody else's, customer.email_invalid or
    customer.phone_invalid.
    """
    contact = contact_of(kind, value, country=customer.country)
    customer = attach(customer, [contact], by=by)
    point = ContactPoint.objects.select_related("customer").get(kind=kind, normalized=contact.normalized)
    if point.customer_id != customer.pk:
        raise Refused("customer.contact_taken", value=contact.value, number=point.customer.number)
    return point


@transaction.atomic
def make_primary(customer: Customer, *, point: ContactPoint, by: Actor) -> ContactPoint:
    """Prefer one contact point over the others of its kind; a second time changes nothing."""
    points = _locked(customer)
    chosen = next(row for row in points if row.pk == point.pk)
    if not chosen.is_primary:
        _prefer(chosen, points)
        events.record("customer.contact_preferred", customer, by=by, value=chosen.value)
    return chosen


@transaction.atomic
def remove_contact(customer: Customer, *, point: ContactPoint, by: Actor) -> None:
    """Take a contact point away; the next of its kind becomes the preferred one. Twice changes nothing.

    Refuses with customer.last_contact: nobody could ever be found or reached again.
    """
    points = _locked(customer)
    chosen = next((row for row in points if row.pk == point.pk), None)
    if chosen is None:
        return
    if len(points) == 1:
        raise Refused("customer.last_contact", value=chosen.value)
    rest = [row for row in points if row is not chosen and row.kind == chosen.kind]
    chosen.delete()
    if chosen.is_primary and rest:
        _prefer(rest[0], rest)
    index(customer)
    events.record("customer.contact_removed", customer, by=by, value=chosen.value)


def _locked(customer: Customer) -> list[ContactPoint]:
    """All contact points of a person, while nobody else changes them."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    return list(customer.contact_points.all())


def _prefer(chosen: ContactPoint, points: list[ContactPoint]) -> None:
    for row in points:
        if row.kind == chosen.kind and row.is_primary and row.pk != chosen.pk:
            row.is_primary = False
            row.save(update_fields=["is_primary"])
    chosen.is_primary = True
    chosen.save(update_fields=["is_primary"])
