"""Putting a message on a ticket; the verbs of conversation and opening share it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import files
from core.actors import Actor
from core.models import Attachment
from tickets import rules
from tickets.models import Message, Ticket
from tickets.states import Visibility


def write(
    ticket: Ticket,
    *,
    body: str,
    by: Actor,
    at: datetime,
    channel: str,
    visibility: Visibility = Visibility.PUBLIC,
    external_id: str = "",
    attachments: Sequence[Attachment] = (),
) -> Message:
    """Store a message and hang its files on it."""
    message = Message.objects.create(
        ticket=ticket,
        channel=channel,
        visibility=visibility,
        external_id=external_id,
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        actor_name=by.display_name,
        language=ticket.language,
        body=rules.plain(body),
        created_at=at,
    )
    if attachments:
        files.claim(attachments, subject=message, by=by, public=visibility == Visibility.PUBLIC)
    return message


def delivered(channel: str, external_id: str) -> Message | None:
    """The message of a delivery that came before; None for a new one or one without an id."""
    if not external_id:
        return None
    return Message.objects.filter(channel=channel, external_id=external_id).first()


def latest(message: Message, *, by: Actor) -> dict[str, Any]:
    """The ticket's fields that tell a queue about the newest public message."""
    return {
        "last_message_at": message.created_at,
        "last_message_by": by.actor_kind,
        "last_message_preview": rules.one_line(message.body, rules.PREVIEW_LENGTH),
    }
