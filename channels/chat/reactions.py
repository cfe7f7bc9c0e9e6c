"""What follows in a chat when something happens on its ticket. Each is a reaction.

They lock the chat before anybody in their line locks the ticket, so they stand first.
"""

from accounts.models import User
from channels.actions.chat import end
from channels.actions.chat_desk import pass_on
from channels.chat import emails, hints, rules
from channels.chat.states import LIVE, EndedBy
from channels.models import ChatSession
from core import clock
from core.actors import SYSTEM
from core.models import Event
from tickets import merged
from tickets.access import messages_of
from tickets.models import Message, Ticket
from tickets.states import UNSOLVED


def deliver(event: Event) -> bool:
    """Bring a reply to the customer of a chat: through the window while they look at it, else to the address
    they typed.

    Returns whether that was done. If not, the reply goes the ordinary way, by mail to the address we know.
    """
    message = Message.objects.select_related("ticket").get(pk=event.data["message"])
    session = _latest(message.ticket)
    if session is None:
        return False
    hints.changed(session)
    if _was_in_the_window(message, session):
        return True
    known = session.ticket.customer.email
    if session.email and session.email != known:
        _send(event, session, [message])
        return True
    if known:
        _note_mailed(session, message.pk)
    return False


def _was_in_the_window(message: Message, session: ChatSession) -> bool:
    """Whether the customer looks now, or looked when it was said in a chat that has a transcript since."""
    if session.is_here(clock.now()):
        return True
    said, ended = message.created_at, session.ended_at
    return ended is not None and said <= ended and rules.was_seen(session.seen_at, said)


def follow_ticket(event: Event) -> None:
    """A ticket that a person gave to somebody takes its chat along, wherever that was done.

    What counts is who looks after the ticket now: of two who were given it quickly, the later one has both.
    Whom the desk chose by itself for the ticket alone need not be there to chat.
    """
    to = event.data.get("to")
    if event.kind == "ticket.assigned" and (to is None or event.actor_kind != User.actor_kind):
        return
    ticket = Ticket.objects.get(pk=event.subject_pk)
    session = _latest(ticket)
    ticket.refresh_from_db(fields=["assignee"])
    if session is None or not session.is_open or session.agent_id == to or ticket.assignee_id != to:
        return
    pass_on(session, to=User.objects.get(pk=to) if to else None, at=event.at)
    hints.changed(session)


def end_with_ticket(event: Event) -> None:
    """A ticket that was solved, closed or merged into another ends its open chat; those who talk are told.

    One that was taken up again meanwhile keeps it.
    """
    session = ChatSession.objects.filter(ticket=event.subject_pk).open().select_for_update().first()
    if session is None or Ticket.objects.get(pk=event.subject_pk).status in UNSOLVED:
        return
    end(session, by=SYSTEM, why=EndedBy.MERGED if event.kind == "ticket.merged" else EndedBy.SOLVED)


def bring_what_was_missed(event: Event) -> None:
    """Somebody left: what they have not read goes to them by mail."""
    session = _locked(event.subject_pk)
    missed = messages_of(session.ticket).filter(pk__gt=max(session.customer_read, session.mailed))
    unread = [message for message in missed if not message.is_from_customer]
    if unread:
        _send(event, session, unread)


def send_transcript(event: Event) -> None:
    """A chat is over, or goes on by mail: what was said goes to whom it belongs."""
    session = _locked(event.subject_pk)
    if event.kind == "chat.ended" and not _owed_a_transcript(event, session):
        return
    if emails.send_transcript(event, session) is not None:
        newest = messages_of(session.ticket).order_by("-pk").values_list("pk", flat=True).first()
        _note_mailed(session, newest or 0)


def _owed_a_transcript(event: Event, session: ChatSession) -> bool:
    """Whether a chat that ended is worth a mail: it was alive, and there is somebody to write to."""
    if event.data["why"] == EndedBy.BLOCKED or event.data["was"] not in LIVE:
        return False
    return session.may_tell_all or bool(session.email)


def _send(event: Event, session: ChatSession, messages: list[Message]) -> None:
    if emails.send_answer(event, session, messages) is not None:
        _note_mailed(session, messages[-1].pk)


def _note_mailed(session: ChatSession, upto: int) -> None:
    ChatSession.objects.filter(pk=session.pk, mailed__lt=upto).update(mailed=upto)


def _latest(ticket: Ticket) -> ChatSession | None:
    """The latest chat of a request, also where it began on a ticket that was merged into this one."""
    rows = ChatSession.objects.filter(ticket__in=merged.family(ticket)).order_by("-pk")
    return rows.select_for_update().first()


def _locked(pk: int) -> ChatSession:
    return ChatSession.objects.select_for_update().get(pk=pk)
