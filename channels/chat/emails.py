"""What a customer of a chat hears by mail: what they have missed, and where it goes on."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from channels.models import ChatSession
from core import mail
from core.models import Event, OutgoingMail
from tickets.access import link_token, messages_of
from tickets.models import Message


def send_answer(event: Event, session: ChatSession, messages: Sequence[Message]) -> OutgoingMail | None:
    """Bring what we wrote to somebody who is not looking any more."""
    return _queue(event, session, "answer", messages=messages)


def send_transcript(event: Event, session: ChatSession) -> OutgoingMail | None:
    """Everything that was said, to an address that is known to be the customer's; to any other the link.

    What somebody has typed into a window of ours must not leave the house for an address they merely named.
    """
    said = list(messages_of(session.ticket)) if session.may_tell_all else []
    return _queue(event, session, "transcript", messages=said)


def _queue(event: Event, session: ChatSession, template: str, **facts: object) -> OutgoingMail | None:
    link = reverse("portal:request-link", args=[link_token(session.ticket)])
    return mail.queue(
        key=f"{event.kind}:{event.pk}:chat",
        to=session.address,
        language=session.language,
        template=f"channels.chat_{template}",
        context={
            "chat": session,
            "ticket": session.ticket,
            "customer": session.ticket.customer,
            "link": settings.PUBLIC_URL + link,
            **facts,
        },
        about=session.ticket,
    )
