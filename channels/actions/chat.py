"""The customer's side of a chat: begin, say, read, leave, rate. A chat is locked before its ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from channels.actions.chat_row import due, locked, message_id, move, record, store, turning, wait_again
from channels.chat import hints, rules
from channels.chat.desk import desk, hold
from channels.chat.states import ChatState, EndedBy
from channels.models import ChatSession
from core import clock
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from customers.actions import contacts_from, create_guest
from customers.actions.people import attach
from customers.models import Customer
from orders.models import Order
from tickets import actions as tickets
from tickets.actions.writing import delivered
from tickets.models import Message, Ticket
from tickets.rules import one_line
from tickets.states import Channel

SUBJECT_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """The first words of a chat, and what is known about who says them.

    `customer` is who the `visitor` has proven to be; without one it is a guest, whose typed `email` shows
    nobody anything. `key` is the browser's name for the chat, `message_key` that for its first message.
    """

    visitor: str
    key: str
    message_key: str
    body: str
    language: str
    customer: Customer | None = None
    order: Order | None = None
    name: str = ""
    email: str = ""
    origin: str = ""
    page: str = ""
    attachments: Sequence[Attachment] = ()

    def known(self) -> ChatSession | None:
        """The chat of the same beginning that came before, else the one the visitor has open."""
        mine = ChatSession.objects.filter(visitor=self.visitor)
        return mine.filter(key=self.key).first() or mine.open().first()


def start(beginning: Beginning) -> ChatSession:
    """Begin a chat with its first message, which opens a ticket; the same key again is the same chat.

    A visitor who has an open chat goes on with it. When nobody takes chats now it goes on by mail from the
    beginning: nothing that was written is refused. Refuses with chat.blocked, chat.too_many, chat.too_long or
    customer.email_invalid.
    """
    _require_length(beginning.body)
    try:
        session, is_new = _started(beginning)
    except IntegrityError:  # the same start, or that of another tab, a moment earlier
        found = beginning.known()
        if found is None:
            raise
        session, is_new = found, False
    if not is_new and session.key != beginning.key:
        send(session, body=beginning.body, key=beginning.message_key, attachments=beginning.attachments)
    return session


@transaction.atomic
def _started(beginning: Beginning) -> tuple[ChatSession, bool]:
    if (known := beginning.known()) is not None:
        return known, False
    now = clock.now()
    _require_welcome(beginning.visitor, beginning.origin, now)
    session = _new_row(beginning, now)
    session.ticket = _opened(session, beginning)
    session.due_at = due(session)
    session.save(force_insert=True)
    record("chat.started", session, by=session.ticket.customer, at=now, state=session.state)
    hints.changed(session)
    return session, True


def _new_row(beginning: Beginning, at: datetime) -> ChatSession:
    return ChatSession(
        visitor=beginning.visitor,
        key=beginning.key,
        origin=beginning.origin,
        is_proven=beginning.customer is not None,
        email=_address(beginning.email),
        language=beginning.language,
        page=beginning.page[:200],
        state=ChatState.WAITING if desk(at).is_open() else ChatState.AWAY,
        started_at=at,
        waiting_since=at,
        last_message_at=at,
        seen_at=at,
    )


def _opened(session: ChatSession, beginning: Beginning) -> Ticket:
    """The ticket that the first words open."""
    person = beginning.customer or create_guest(
        name=beginning.name, email=beginning.email, language=beginning.language, by=SYSTEM
    )
    ticket, _new = tickets.open_ticket(
        customer=person,
        subject=one_line(beginning.body, SUBJECT_LENGTH) or str(Channel.CHAT.label),
        body=beginning.body,
        channel=Channel.CHAT,
        by=person,
        order=beginning.order,
        language=beginning.language,
        external_id=message_id(session, beginning.message_key),
        attachments=beginning.attachments,
        told=True,
        proven=session.is_proven,
    )
    return ticket


def _require_welcome(visitor: str, origin: str, at: datetime) -> None:
    """Refuse whom we blocked a while ago, and whoever opens one chat after the other."""
    blocked = ChatSession.objects.filter(blocked_at__gt=at - rules.BLOCKED_FOR)
    if blocked.filter(visitor=visitor).exists() or (origin and blocked.filter(origin=origin).exists()):
        raise Refused("chat.blocked")
    if origin and ChatSession.objects.open().filter(origin=origin).count() >= rules.OPEN_PER_ORIGIN:
        raise Refused("chat.too_many", limit=rules.OPEN_PER_ORIGIN)


def _require_length(body: str) -> None:
    if len(body) > rules.BODY_LENGTH:
        raise Refused("chat.too_long", limit=rules.BODY_LENGTH)


def _address(email: str) -> str:
    """An address as it was typed; refuses with customer.email_invalid."""
    return next((contact.value for contact in contacts_from(email=email)), "")


@transaction.atomic
def send(session: ChatSession, *, body: str, key: str, attachments: Sequence[Attachment] = ()) -> Message:
    """Take in what the customer says; the same `key` again is the same message.

    A chat that goes on by mail or is over is taken up again. Refuses with chat.too_long or chat.blocked.
    """
    _require_length(body)
    person = session.ticket.customer
    session = locked(session, ticket=session.ticket)
    external_id = message_id(session, key)
    if (told := delivered(Channel.CHAT, external_id)) is not None:
        return told
    if session.blocked_at is not None:
        raise Refused("chat.blocked")
    if not session.is_live and session.agent_id is not None:
        hold(session.agent_id)
    message = tickets.receive(
        session.ticket,
        body=body,
        by=person,
        channel=Channel.CHAT,
        external_id=external_id,
        attachments=attachments,
    )
    now = message.created_at
    session.ticket = message.ticket  # a closed ticket goes on in its follow-up
    session.last_message_at = session.seen_at = now
    session.customer_read = max(session.customer_read, message.pk)
    if not session.is_live:
        _take_up(session, by=person, at=now)
    store(session, "ticket", "last_message_at", "seen_at", "customer_read", "ended_at", "ended_by")
    hints.silent(session, hints.CUSTOMER)
    hints.changed(session)
    return message


def _take_up(session: ChatSession, *, by: Actor, at: datetime) -> None:
    """Go on in the window, with whoever talked last or whoever is there; by mail when nobody is."""
    was, there = session.state, desk(at)
    if there.has_room_for(session.agent_id):
        move(session, ChatState.ACTIVE)
    elif there.is_open():
        wait_again(session, at)
    else:
        move(session, ChatState.AWAY)
    if session.state == was:
        return
    session.ended_at, session.ended_by = None, ""
    record("chat.resumed", session, by=by, at=at)


@transaction.atomic
def read(session: ChatSession, *, upto: int, by: Actor) -> ChatSession:
    """Note how far a side has read. That moves only forward and is nothing for a timeline."""
    is_customer = by.actor_kind == Customer.actor_kind
    field = "customer_read" if is_customer else "staff_read"
    session = locked(session, ticket=session.ticket)
    newest = session.ticket.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    upto = min(upto, newest)
    if upto <= getattr(session, field):
        return session
    setattr(session, field, upto)
    ChatSession.objects.filter(pk=session.pk).update(**{field: upto})
    hints.read(session, hints.CUSTOMER if is_customer else hints.STAFF)
    return session


def touch(session: ChatSession, *, at: datetime) -> None:
    """Note a sign of life of the customer's page, every now and then; not while somebody changes the chat."""
    if at < session.seen_at + rules.NOTED_EVERY:
        return
    session.seen_at = at
    ChatSession.objects.filter(pk=session.pk, seen_at__lt=at).update(seen_at=at)


@transaction.atomic
def end(session: ChatSession, *, by: Actor, why: EndedBy | None = None) -> ChatSession:
    """The chat is over; its ticket stays as it is. Twice changes nothing."""
    session = locked(session)
    if session.state == ChatState.ENDED:
        return session
    now, was = clock.now(), session.state
    move(session, ChatState.ENDED)
    session.ended_at = now
    session.ended_by = why or (EndedBy.CUSTOMER if by.actor_kind == Customer.actor_kind else EndedBy.STAFF)
    store(session, "ended_at", "ended_by")
    record("chat.ended", session, by=by, at=now, was=was, why=session.ended_by)
    hints.changed(session)
    return session


@transaction.atomic
def continue_by_mail(session: ChatSession, *, email: str, by: Actor) -> ChatSession:
    """Write to the customer from now on, to the address they give; what was said so far goes there at once.

    An address that is somebody else's gets our answers and nothing of what is known about that person.
    Refuses with customer.no_contact without any address, customer.email_invalid.
    """
    session = locked(session)
    session.email = _address(email) or session.email
    if not session.address:
        raise Refused("customer.no_contact")
    now = clock.now()
    person = session.ticket.customer
    if not session.is_proven and not person.email:
        attach(person, contacts_from(email=session.email), by=SYSTEM)
    if session.is_live:
        move(session, ChatState.AWAY)
    store(session, "email")
    record("chat.continued_by_mail", session, by=by, at=now, email=session.address)
    hints.changed(session)
    return session


@transaction.atomic
def rate(session: ChatSession, *, score: int, comment: str, by: Actor) -> ChatSession:
    """Keep what the customer thought of a chat. Another answer takes its place; the same changes nothing."""
    if score not in rules.SCORES:
        raise Refused("chat.score_out_of_range", score=score)
    session = locked(session)
    comment = comment.replace("\x00", "").strip()[: rules.BODY_LENGTH]
    if (session.rating, session.rating_comment) == (score, comment):
        return session
    session.rating, session.rating_comment, session.rated_at = score, comment, clock.now()
    store(session, "rating", "rating_comment", "rated_at")
    record(
        "chat.rated",
        session,
        by=by,
        at=session.rated_at,
        score=score,
        comment=comment,
        agent=session.agent_id,
        cycle=session.ticket.cycle,
    )
    return session


@transaction.atomic
def lapse(session: ChatSession, *, by: Actor) -> ChatSession:
    """Do what is due with a chat in which nothing happened: on by mail, or over."""
    session = locked(session)
    now = clock.now()
    then = turning(session)
    if then is None or then[0] > now:
        store(session)  # a sign of life came meanwhile
        return session
    if then[1] == ChatState.ENDED:
        return end(session, by=by, why=EndedBy.SILENCE)
    was_here = session.is_here(now)
    move(session, ChatState.AWAY)
    store(session)
    record("chat.left", session, by=by, at=now, unanswered=was_here)
    hints.changed(session)
    return session
