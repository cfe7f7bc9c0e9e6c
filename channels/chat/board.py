"""The board of chats as a member of staff sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Count, F, Q

from accounts.models import Absence, User
from accounts.rules import Duty, duty
from channels.chat import rules
from channels.chat.desk import desk
from channels.chat.states import ChatState
from channels.models import ChatDuty, ChatSession, ChatSessionQuerySet
from tickets.models import Message
from tickets.states import Visibility

SHOWN = 60
"""So many chats of each kind are on the board."""


@dataclass(frozen=True)
class Board:
    """Chats that wait, mine, those of colleagues, and those that go on by mail; and who is there."""

    waiting: Sequence[ChatSession]
    mine: Sequence[ChatSession]
    others: Sequence[ChatSession]
    by_mail: Sequence[ChatSession]
    is_available: bool
    capacity: int
    missed: int
    """So many chats rang for the reader in vain, and so none is given to them any more."""
    there: int
    duty: Duty
    """Whether the reader is on shift: nothing rings for whoever is not."""
    at: datetime

    @property
    def fingerprint(self) -> str:
        """Changes when a row, a count or who is there does."""
        rows = [
            (
                *(one.pk, one.state, one.agent_id, one.offered_to_id, one.ticket.version),
                one.unread,  # type: ignore[attr-defined]
                one.is_here(self.at),
            )
            for one in (*self.waiting, *self.mine, *self.others, *self.by_mail)
        ]
        told = (rows, self.is_available, self.capacity, self.there, self.duty.presence)
        return sha256(repr(told).encode()).hexdigest()[:16]


def of(chats: ChatSessionQuerySet, user: User, at: datetime) -> Board:
    """The board for somebody at an instant."""
    told = ChatDuty.objects.filter(member=user).first()
    open_ones = list(with_unread(chats.open()).order_by("-is_returned", "waiting_since", "pk")[: SHOWN * 4])
    active = [one for one in open_ones if one.state == ChatState.ACTIVE]
    return Board(
        waiting=[one for one in open_ones if one.state == ChatState.WAITING][:SHOWN],
        mine=[one for one in active if one.agent_id == user.pk][:SHOWN],
        others=[one for one in active if one.agent_id != user.pk][:SHOWN],
        by_mail=[one for one in open_ones if one.state == ChatState.AWAY and one.ticket.needs_answer][:SHOWN],
        is_available=told is not None and told.is_available,
        capacity=told.capacity if told else rules.CAPACITY,
        missed=told.missed if told and not told.is_available else 0,
        there=sum(one.is_on_duty for one in desk(at).candidates),
        duty=_duty_of(user, at),
        at=at,
    )


def _duty_of(user: User, at: datetime) -> Duty:
    away = Absence.objects.not_over(at).filter(member=user).values_list("starts_at", "ends_at")
    return duty(user.shifts, user.time_zone, away, at)


def ringing_for(user: User, at: datetime) -> Sequence[ChatSession]:
    """The chats that ring for somebody now."""
    rows = ChatSession.objects.filter(offered_to=user, offered_until__gt=at).select_related(
        "ticket__customer", "ticket__order"
    )
    return list(rows.order_by("offered_until", "pk"))


def is_at_the_desk(user: User) -> bool:
    """Whether somebody takes chats or is in one, so that their pages have to give signs of life."""
    takes = ChatDuty.objects.filter(member=user, is_available=True).exists()
    return takes or ChatSession.objects.live().filter(agent=user).exists()


def with_unread(chats: ChatSessionQuerySet) -> ChatSessionQuerySet:
    """Chats with their tickets, and how many messages of the customer nobody of us has read (`unread`)."""
    unread = Q(
        ticket__messages__actor_kind="customer",
        ticket__messages__visibility=Visibility.PUBLIC,
        ticket__messages__pk__gt=F("staff_read"),
    )
    rows = chats.select_related(
        "ticket__customer", "ticket__assignee", "ticket__order", "agent", "offered_to"
    )
    return rows.defer("ticket__search").annotate(unread=Count("ticket__messages", filter=unread))


def others_of(chats: ChatSessionQuerySet, user: User, session: ChatSession) -> Sequence[ChatSession]:
    """The other chats somebody is in, to go from one to the next."""
    mine = chats.live().filter(agent=user).exclude(pk=session.pk)
    return list(with_unread(mine).order_by("pk")[:SHOWN])


def newest_of(session: ChatSession) -> int:
    """The key of the newest message of a chat; 0 before there is one."""
    keys = Message.objects.filter(ticket=session.ticket_id).order_by("-pk").values_list("pk", flat=True)
    return keys.first() or 0


def is_read(session: ChatSession) -> bool:
    """Whether the newest of what we said to the customer has been read; false before we said anything."""
    said = Message.objects.filter(ticket=session.ticket_id, visibility=Visibility.PUBLIC)
    ours = said.exclude(actor_kind="customer").order_by("-pk").values_list("pk", flat=True).first()
    return ours is not None and session.customer_read >= ours
