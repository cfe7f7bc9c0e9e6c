"""Two customers who look like one person and are not: said once, remembered, taken back when it was wrong."""

from django.db import transaction
from django.db.models import Q

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from customers.models import Customer, DifferentPersons


@transaction.atomic
def tell_apart(customer: Customer, *, other: Customer, by: Actor) -> DifferentPersons:
    """Remember that two customers are two persons, so that they are not proposed again; twice is once.

    Refuses with customer.cannot_tell_apart: themselves, or one of them an old number.
    """
    first, second = _held(customer, other)
    if first.pk == second.pk or first.merged_into_id is not None or second.merged_into_id is not None:
        raise Refused("customer.cannot_tell_apart", number=customer.number, other=other.number)
    known = _between(first, second)
    if known is not None:
        return known
    row = DifferentPersons.objects.create(customer=customer, other=other, at=clock.now())
    _tell("customer.told_apart", customer, other, by)
    return row


@transaction.atomic
def suspect_again(customer: Customer, *, other: Customer, by: Actor) -> None:
    """Forget that two customers were found to be different; without that nothing changes."""
    first, second = _held(customer, other)
    known = _between(first, second)
    if known is not None:
        known.delete()
        _tell("customer.suspected_again", customer, other, by)


def _held(customer: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Both rows, fresh and held in the order of their keys."""
    rows = Customer.objects.filter(pk__in=[customer.pk, other.pk]).order_by("pk")
    held = {row.pk: row for row in rows.select_for_update(no_key=True)}
    return held[customer.pk], held[other.pk]


def _between(customer: Customer, other: Customer) -> DifferentPersons | None:
    either = Q(customer=customer, other=other) | Q(customer=other, other=customer)
    return DifferentPersons.objects.filter(either).first()


def _tell(kind: str, customer: Customer, other: Customer, by: Actor) -> None:
    """On both timelines, told from each."""
    at = clock.now()
    events.record(kind, customer, by=by, at=at, number=other.number)
    events.record(kind, other, by=by, at=at, number=customer.number)
