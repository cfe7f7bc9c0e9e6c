"""Our side of a chat: be there, take one, answer, hand over, end, block."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from accounts.rights import Right
from channels.actions.chat import end
from channels.actions.chat_row import locked, message_id, move, record, store, wait_again
from channels.chat import hints
from channels.chat.desk import hold, note_alive
from channels.chat.states import ChatState, EndedBy
from channels.models import ChatDuty, ChatSession
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from core.models import Attachment
from tickets import actions as tickets
from tickets.macros import using
from tickets.models import Message
from tickets.states import Channel


@transaction.atomic
def set_available(member: User, *, on: bool, by: Actor, capacity: int | None = None) -> ChatDuty:
    """Say whether a member takes chats from now on, and how many at once. Twice is a sign of life alone.

    Who takes no more goes on with the chats they have; one that rings for them rings on for somebody else.
    Refuses with chat.cannot_work whoever may not answer customers.
    """
    if on and not member.may(Right.WORK_TICKETS):
        raise Refused("chat.cannot_work", name=member.display_name)
    now = clock.now()
    duty, _new = ChatDuty.objects.get_or_create(member=member, defaults={"changed_at": now})
    duty = ChatDuty.objects.select_for_update().get(pk=duty.pk)
    if by == member:
        duty.seen_at = now
    was, wanted = (duty.is_available, duty.capacity), (on, capacity or duty.capacity)
    duty.is_available, duty.capacity = wanted
    if was == wanted:
        duty.save(update_fields=["seen_at"])
        return duty
    duty.changed_at = now
    if on or by == member:  # else it is told why nothing rings any more
        duty.missed = 0
    duty.save(update_fields=["is_available", "capacity", "changed_at", "missed", "seen_at"])
    events.record(
        "chat.available" if on else "chat.unavailable",
        duty,
        by=by,
        at=now,
        name=member.display_name,
        capacity=wanted[1],
    )
    hints.desk_changed()
    hints.rings(member.pk)
    return duty


@transaction.atomic
def accept(session: ChatSession, *, by: User) -> ChatSession:
    """Take a chat, and its ticket with it. The first gets it; the next hears who was first.

    It is a decision of a person and may go beyond how many they take at once.
    """
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
    hold(by.pk)
    put(session, to=by, by=by, at=now)
    ChatDuty.objects.update_or_create(
        member=by, defaults={"seen_at": now, "missed": 0}, create_defaults={"seen_at": now, "changed_at": now}
    )
    waited = int((now - session.waiting_since).total_seconds())
    record("chat.accepted", session, by=by, at=now, waited=waited)
    hints.changed(session)
    return session


def put(session: ChatSession, *, to: User, by: Actor, at: datetime) -> None:
    """Let a locked chat go on with a member, and its ticket with it."""
    if session.ticket.assignee_id != to.pk:
        session.ticket = tickets.assign(session.ticket, to=to, by=by)
    move(session, ChatState.ACTIVE)
    session.agent, session.accepted_at = to, session.accepted_at or at
    session.last_message_at = at  # the silence is counted from here
    store(session, "accepted_at", "last_message_at")


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
    session = locked(session, ticket=session.ticket)
    if session.state in (ChatState.WAITING, ChatState.AWAY):
        session = accept(session, by=by)
    picked = using.pick(macros, steps, by=by) if macros or steps else using.Picked()
    message = using.reply_with(
        session.ticket,
        picked,
        body=body,
        by=by,
        channel=Channel.CHAT,
        attachments=attachments,
        external_id=message_id(session, key),
    )
    session.last_message_at = max(session.last_message_at, message.created_at)
    session.staff_read = max(session.staff_read, message.pk)
    store(session, "last_message_at", "staff_read")
    note_alive(by, message.created_at)
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
        hold(to.pk)
        move(session, ChatState.ACTIVE)
        session.agent, session.accepted_at, session.last_message_at = to, session.accepted_at or at, at
    elif session.is_live:
        wait_again(session, at)
    store(session, "accepted_at", "last_message_at")


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
