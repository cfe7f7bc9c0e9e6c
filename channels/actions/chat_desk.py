"""Our side of a chat: be there, take one, answer, hand over, end, block."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from accounts.rights import Right
from channels.actions.chat import end, locked, message_id, move, record, store
from channels.chat import hints
from channels.chat.states import ChatState, EndedBy
from channels.models import ChatDuty, ChatSession
from core import clock, events
from core.errors import Refused
from core.models import Attachment
from tickets import actions as tickets
from tickets.macros import using
from tickets.models import Message
from tickets.states import Channel


@transaction.atomic
def set_available(member: User, *, on: bool, by: User, capacity: int | None = None) -> ChatDuty:
    """Say whether a member takes chats from now on, and how many at once. Twice changes nothing.

    Refuses with chat.cannot_work whoever may not answer customers.
    """
    if on and not member.may(Right.WORK_TICKETS):
        raise Refused("chat.cannot_work", name=member.display_name)
    now = clock.now()
    duty, _new = ChatDuty.objects.get_or_create(member=member, defaults={"changed_at": now})
    duty = ChatDuty.objects.select_for_update().get(pk=duty.pk)
    wanted = (on, capacity or duty.capacity)
    if (duty.is_available, duty.capacity) == wanted:
        return duty
    duty.is_available, duty.capacity = wanted
    duty.changed_at = now
    duty.save(update_fields=["is_available", "capacity", "changed_at"])
    events.record(
        "chat.available" if on else "chat.unavailable",
        duty,
        by=by,
        at=now,
        name=member.display_name,
        capacity=wanted[1],
    )
    hints.desk_changed()
    return duty


@transaction.atomic
def accept(session: ChatSession, *, by: User) -> ChatSession:
    """Take a chat, and its ticket with it. The first gets it; the next hears who was first."""
    session = locked(session)
    if session.state == ChatState.ACTIVE and session.agent_id == by.pk:
        return session
    if not by.may(Right.WORK_TICKETS):
        raise Refused("chat.cannot_work", name=by.display_name)
    if session.state == ChatState.ACTIVE and session.agent is not None:
        raise Refused("chat.already_taken", number=session.ticket.number, name=session.agent.display_name)
    if session.state == ChatState.ENDED:
        raise Refused("chat.ended", number=session.ticket.number)
    now = clock.now()
    if session.ticket.assignee_id != by.pk:
        session.ticket = tickets.assign(session.ticket, to=by, by=by)
    move(session, ChatState.ACTIVE)
    session.agent, session.accepted_at = by, session.accepted_at or now
    session.last_message_at = now  # the silence is counted from here
    store(session, "accepted_at", "last_message_at")
    waited = int((now - session.waiting_since).total_seconds())
    record("chat.accepted", session, by=by, at=now, waited=waited)
    hints.changed(session)
    return session


@transaction.atomic
def answer(
    session: ChatSession,
    *,
    body: str,
    key: str,
    by: User,
    macros: Sequence[str] = (),
    steps: Sequence[str] = (),
    attachments: Sequence[Attachment] = (),
) -> Message:
    """Say something to the customer; the same `key` again is the same message.

    A chat that waits is taken with it. One that is over stays over: the answer goes by mail.
    """
    session = locked(session)
    if session.state in (ChatState.WAITING, ChatState.AWAY):
        session = accept(session, by=by)
    message = using.reply_with(
        session.ticket,
        using.pick(macros, steps, by=by),
        body=body,
        by=by,
        channel=Channel.CHAT,
        attachments=attachments,
        external_id=message_id(session, key),
    )
    session.last_message_at = max(session.last_message_at, message.created_at)
    session.staff_read = max(session.staff_read, message.pk)
    store(session, "last_message_at", "staff_read")
    hints.silent(session, hints.STAFF)
    hints.changed(session)
    return message


@transaction.atomic
def transfer(
    session: ChatSession, *, note: str, by: User, to: User | None = None, team: Team | None = None
) -> ChatSession:
    """Hand a chat over with its ticket: a colleague goes on at once, in a team it waits for the first."""
    session = locked(session)
    if session.state == ChatState.ENDED:
        raise Refused("chat.ended", number=session.ticket.number)
    session.ticket = tickets.hand_over(session.ticket, note=note, by=by, to=to, team=team)
    now = clock.now()
    pass_on(session, to=to, at=now)
    receiving: dict[str, Any] = {"name": to.display_name if to else ""}
    if team is not None:
        receiving |= {"team_en": team.name_en, "team_zh": team.name_zh}
    record("chat.transferred", session, by=by, at=now, **receiving)
    hints.changed(session)
    return session


def pass_on(session: ChatSession, *, to: User | None, at: datetime) -> None:
    """Let a locked chat follow its ticket: to a colleague at once, else back among those that wait."""
    if to is not None:
        move(session, ChatState.ACTIVE)
        session.agent, session.last_message_at = to, at
    elif session.is_live:
        move(session, ChatState.WAITING)
        session.agent, session.waiting_since = None, at
    store(session, "last_message_at")


@transaction.atomic
def block(session: ChatSession, *, by: User) -> ChatSession:
    """End a chat and let its visitor begin none for a day. Twice changes nothing."""
    session = locked(session)
    if session.blocked_at is not None:
        return session
    session.blocked_at = clock.now()
    session.save(update_fields=["blocked_at"])
    record("chat.blocked", session, by=by)
    return end(session, by=by, why=EndedBy.BLOCKED)
