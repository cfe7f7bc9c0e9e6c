"""What the channels do when something happens on the desk."""

from channels.actions import delivering
from channels.chat import reactions as chat
from channels.models import Correspondent, PhoneCall
from core.models import Event
from customers import actions as people
from tickets.models import Message
from tickets.states import Channel


def deliver(event: Event) -> None:
    """Bring a public reply to the customer, the way they came: the chat they are in, their system, by mail.

    What was said on the phone has been heard already.
    """
    message = Message.objects.select_related("ticket__customer").get(pk=event.data["message"])
    if message.channel == Channel.PHONE != message.ticket.channel:
        return
    if chat.deliver(event):
        return
    delivering.deliver(message, event)


def follow_person(event: Event) -> None:
    """Conversations and calls of a customer who was merged follow to the person they are."""
    people.take_along(event, Correspondent.objects.all(), PhoneCall.objects.all())


def part_persons(event: Event) -> None:
    """Conversations and calls that came with a merged customer are theirs again."""
    people.bring_back(event, Correspondent.objects.all(), PhoneCall.objects.all())
