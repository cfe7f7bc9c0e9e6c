"""Putting a message on a ticket; the verbs of conversation and opening share it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import files
from core.actors import Actor
from core.errors import Refused
from core.models import Attachment, key_of
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


def require_same(told: Message, *, by: Actor, body: str, attachments: Sequence[Attachment] = ()) -> Message:
    """What came before under a name, if it is what comes under it now; else message.told_otherwise.

    A file that was told before may be missing now: that loses nothing. A message may have been moved since,
    and its writer be one with somebody else.
    """
    theirs = by.pk in (told.actor_id, told.ticket.customer_id)
    known = Attachment.objects.filter(subject=key_of(told)).values_list("sha256", flat=True)
    new = {file.sha256 for file in attachments} - (set(known) if attachments else set())
    if new or not theirs or not rules.same_text(told.body, body):
        raise Refused("message.told_otherwise", number=told.ticket.number)
    return told


def latest(message: Message, *, by: Actor) -> dict[str, Any]:
    """The ticket's fields that tell a queue about the newest public message."""
    return {
        "last_message_at": message.created_at,
        "last_message_by": by.actor_kind,
        "last_message_preview": rules.one_line(message.body, rules.PREVIEW_LENGTH),
    }
