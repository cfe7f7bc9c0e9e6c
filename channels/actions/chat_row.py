"""What every verb does with the row of a chat: hold it, move it, store a change, write its event.

A chat is held before the members it is given to, and those before its ticket.
"""

from datetime import datetime
from typing import Any

from channels.chat import hints, rules
from channels.chat.states import ChatState, may_follow
from channels.models import ChatSession
from core import events
from core.actors import Actor
from core.errors import Refused
from tickets.models import Ticket


def locked(session: ChatSession, *, ticket: Ticket | None = None) -> ChatSession:
    """The fresh row, held until the transaction ends.

    Nothing is joined: after waiting for the lock Postgres shows this row as it is now, and joined ones as
    they were before. `ticket` is the ticket as it was read before, for verbs that will hold it anyway.
    """
    row = ChatSession.objects.select_for_update().get(pk=session.pk)
    if ticket is not None and ticket.pk == row.ticket_id:
        row.ticket = ticket
    return row


def move(session: ChatSession, target: ChatState) -> None:
    """Let a locked chat become `target`; refuses with chat.cannot. Only one that waits may ring."""
    if session.state != target and not may_follow(session.state, target):
        raise Refused("chat.cannot", number=session.ticket.number, state=session.state)
    session.state = target
    if target != ChatState.WAITING:
        stop_ringing(session)
        session.is_returned, session.passed_by = False, []


def stop_ringing(session: ChatSession) -> None:
    """Let a locked chat ring for nobody, and tell whom it rang for."""
    if session.offered_to_id is not None:
        hints.rings(session.offered_to_id)
        session.offered_to = None


def wait_again(session: ChatSession, at: datetime) -> None:
    """Let a locked chat stand in line anew; one that somebody has talked in stands before the others."""
    move(session, ChatState.WAITING)
    session.agent, session.waiting_since = None, at
    session.is_returned = session.accepted_at is not None


def store(session: ChatSession, *fields: str) -> None:
    """Write changed fields of a locked chat, where it stands and when something is due with it."""
    session.due_at = due(session)
    standing = ("state", "agent", "waiting_since", "is_returned", "offered_to", "offered_until", "passed_by")
    session.save(update_fields=[*standing, "due_at", *fields])


def record(kind: str, session: ChatSession, *, by: Actor, at: datetime | None = None, **facts: Any) -> None:
    """Write the event of a chat, on the timeline of its ticket."""
    events.record(kind, session, by=by, thread=session.ticket, at=at, number=session.ticket.number, **facts)


def message_id(session: ChatSession, key: str) -> str:
    """What a message of a chat is known by, so that nobody's key can name a message of another chat."""
    return f"{session.reference.hex}:{key}" if key else ""


def turning(session: ChatSession) -> tuple[datetime, ChatState] | None:
    """What becomes of a chat in which nothing more happens, and when."""
    return rules.turning(
        session.state,
        waiting_since=session.waiting_since,
        seen_at=session.seen_at,
        last_message_at=session.last_message_at,
    )


def due(session: ChatSession) -> datetime | None:
    """When something is due with a chat."""
    then = turning(session)
    return then[0] if then else None
