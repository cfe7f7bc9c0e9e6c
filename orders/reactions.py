"""What orders do when something happens."""

from core.models import Event
from customers import actions as people
from orders.actions.inbound import take_in
from orders.models import InboundEvent, Order


def take_in_news(event: Event) -> None:
    """A tracking service called: its news goes to the parcels."""
    take_in(InboundEvent.objects.get(pk=event.subject_pk))


def follow_person(event: Event) -> None:
    """Orders of a customer who was merged follow to the person they are."""
    people.take_along(event, Order.objects.all())


def part_persons(event: Event) -> None:
    """Orders that came with a merged customer are theirs again."""
    people.bring_back(event, Order.objects.all())
