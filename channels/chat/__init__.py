"""Live chat: a conversation whose messages are those of a ticket."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tickets.models import Message


def carries(message: "Message") -> bool:
    """Whether a live chat brings this message to the customer, who is looking at it now."""
    from channels.models import ChatSession
    from core import clock

    session = ChatSession.objects.live().filter(ticket=message.ticket_id).first()
    return session is not None and session.is_here(clock.now())
