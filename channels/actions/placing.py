"""Where a message belongs that came in through a connection: whose it is, and on which ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from channels.models import Connection, Correspondent, Origin
from channels.reading import Incoming
from core import clock
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Attachment
from customers import rules as people
from customers.actions import get_or_create_customer
from customers.models import Customer
from tickets import actions as tickets
from tickets import merged
from tickets import rules as ticket_rules
from tickets.models import Message, Ticket
from tickets.states import UNSOLVED

TOLD = ("email", "phone", "order_number")


def external_id(connection: Connection, message_id: str) -> str:
    """By what a message is known among all messages of its channel."""
    return f"{connection.slug}:{message_id}"[:200]


def known(connection: Connection, message_id: str) -> Message | None:
    """The message of a delivery that came before."""
    name = external_id(connection, message_id)
    return Message.objects.filter(channel=connection.channel, external_id=name).first()


@transaction.atomic
def place(
    connection: Connection, incoming: Incoming, *, body: str, files: Sequence[Attachment] = ()
) -> Message | None:
    """Put what somebody wrote on a ticket, once. None for what only joins a conversation where there is none.

    Refuses with message.told_otherwise what came before under its name with other words.
    The sender's row is held meanwhile: ten photos at the same moment are one ticket.
    """
    now = clock.now()
    sender = meet(connection, incoming, now)
    if (told := known(connection, incoming.id)) is not None:
        return _same(told, sender, incoming)
    _note_words(sender, incoming, now)
    ticket = conversation_of(sender)
    if ticket is None and not incoming.opens:
        return None
    facts: dict[str, Any] = {
        "body": body,
        "channel": connection.channel,
        "external_id": external_id(connection, incoming.id),
        "attachments": files,
        "by": sender.customer,
    }
    message = tickets.receive(ticket, **facts) if ticket else _opened(sender, incoming, facts)
    Origin.objects.create(message=message, correspondent=sender, digest=incoming.digest)
    return message


def _same(told: Message, sender: Correspondent, incoming: Incoming) -> Message:
    """The message that came before under a name, if it is what comes now; else message.told_otherwise."""
    origin = Origin.objects.filter(message=told).first()
    if origin is None:
        Origin.objects.create(message=told, correspondent=sender, digest=incoming.digest)
    elif origin.correspondent_id != sender.pk or origin.digest not in ("", incoming.digest):
        raise Refused("message.told_otherwise", number=told.ticket.number)
    return told


def conversation_of(sender: Correspondent) -> Ticket | None:
    """The ticket on which what this person writes now goes on; None opens a new one.

    It is the one on which they wrote last through this connection, as long as it is not solved.
    """
    latest = sender.origins.select_related("message__ticket").order_by("-pk").first()
    ticket = merged.surviving(latest.message.ticket) if latest else None
    return ticket if ticket is not None and ticket.status in UNSOLVED else None


def _opened(sender: Correspondent, incoming: Incoming, facts: dict[str, Any]) -> Message:
    connection = sender.connection
    ticket, is_new = tickets.open_ticket(
        customer=sender.customer,
        subject=incoming.subject or _subject(sender, facts["body"]),
        order_number=incoming.order_number,
        language=sender.customer.language,
        told=not connection.carries_news,
        **facts,
    )
    if is_new and connection.team is not None and ticket.team_id != connection.team_id:
        tickets.assign(ticket, to=None, team=connection.team, by=SYSTEM)
    return ticket.messages.get(channel=facts["channel"], external_id=facts["external_id"])


def _subject(sender: Correspondent, body: str) -> str:
    """The first words, or who wrote where there are none."""
    if line := ticket_rules.one_line(body, 80):
        return line
    with translation.override(sender.customer.language):
        return _("Message from %(name)s") % {"name": sender.customer.display_name}


def meet(connection: Connection, incoming: Incoming, at: datetime) -> Correspondent:
    """Who wrote, held until the transaction ends; somebody new is made a customer."""
    row = _held(connection, incoming.sender)
    if row is None:
        made, _new = Correspondent.objects.get_or_create(
            connection=connection,
            external_id=incoming.sender,
            defaults={"customer": _customer(connection, incoming), "name": incoming.name, "last_in_at": at},
        )
        row = _held(connection, incoming.sender) or made
    return row


def _note_words(row: Correspondent, incoming: Incoming, at: datetime) -> None:
    """They have just written: what they say of themselves, and that we may answer them."""
    row.last_in_at = max(row.last_in_at, at)
    row.closed_at, row.closed_for = None, ""
    row.name = incoming.name or row.name
    row.told |= {name: text for name in TOLD if (text := getattr(incoming, name))}
    row.save(update_fields=["last_in_at", "closed_at", "closed_for", "name", "told"])


def _held(connection: Connection, sender: str) -> Correspondent | None:
    rows = Correspondent.objects.select_for_update(of=("self",)).select_related(
        "customer", "connection__team"
    )
    return rows.filter(connection=connection, external_id=sender).first()


def _customer(connection: Connection, incoming: Incoming) -> Customer:
    """The person behind a sender; what they say of themselves counts where the connection vouches for it."""
    vouched: dict[str, str] = {}
    if connection.trusts_contacts:
        vouched = {
            "email": people.normal_email(incoming.email),
            "phone": people.normal_phone(incoming.phone, settings.PHONE_REGIONS),
        }
    return get_or_create_customer(
        social=f"{connection.slug}:{incoming.sender}",
        social_name=incoming.name,
        name=incoming.name,
        language=incoming.language or connection.language,
        by=SYSTEM,
        **vouched,
    )
