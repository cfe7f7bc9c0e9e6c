"""What the channels do when something happens on the desk."""

from collections.abc import Callable

from channels.actions import delivering
from core.models import Event
from tickets.models import Message
from tickets.states import Channel

Carrier = Callable[[Message], bool]

CARRIERS: tuple[Carrier, ...] = ()
"""Asked first: whether something else brings a message to the customer, such as a live chat."""


def deliver(event: Event) -> None:
    """Bring a public reply to the customer, the way they came.

    What was said on the phone has been heard already.
    """
    message = Message.objects.select_related("ticket__customer").get(pk=event.data["message"])
    if message.channel == Channel.PHONE != message.ticket.channel:
        return
    if any(carries(message) for carries in CARRIERS):
        return
    delivering.deliver(message, event)
