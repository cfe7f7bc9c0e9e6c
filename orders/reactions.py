"""What orders do when something happens."""

from core.models import Event
from orders.actions.inbound import take_in
from orders.models import InboundEvent


def take_in_news(event: Event) -> None:
    """A tracking service called: its news goes to the parcels."""
    take_in(InboundEvent.objects.get(pk=event.subject_pk))
