"""Whom at the desk an event concerns, and what they are told. Each is a reaction, run once by a worker."""

from collections.abc import Iterable

from django.urls import reverse

from accounts import notifying
from accounts.models import User
from accounts.notifying import Notice
from accounts.rights import Right
from accounts.states import NoticeKind
from core.models import Event, key_of
from tickets.models import HeldReply, Message, Ticket


def tell_mentioned(event: Event) -> None:
    """Tell a member that a note names them."""
    _tell([event.data["member"]], NoticeKind.MENTIONED, event)


def tell_assigned(event: Event) -> None:
    """Tell a member that somebody gave them a ticket; who took it oneself knows."""
    _tell([event.data.get("to")], NoticeKind.ASSIGNED, event)


def tell_of_message(event: Event) -> None:
    """Tell the assignee what a customer wrote, and the followers what anybody wrote."""
    ticket = _ticket(event)
    told = {ticket.assignee_id} if event.kind == "message.received" else set()
    _tell(told, NoticeKind.ANSWERED, event)
    tell_followers(event, apart_from=told | _mentioned(event))


def _mentioned(event: Event) -> set[int | None]:
    """Those whom the note names; they are told of that instead."""
    if event.kind != "message.noted":
        return set()
    named = Event.objects.filter(thread=event.thread, pk__gt=event.pk, kind="member.mentioned")
    return set(named.filter(data__message=event.data["message"]).values_list("data__member", flat=True))


def tell_followers(event: Event, *, apart_from: Iterable[int | None] = ()) -> None:
    """Tell those who follow a ticket what happened on it."""
    followers = _ticket(event).follows.values_list("member", flat=True)
    _tell(set(followers) - set(apart_from), NoticeKind.FOLLOWED, event)


def tell_returned(event: Event) -> None:
    """Tell a member that a reply of theirs could not be sent and is a draft again."""
    held = HeldReply.objects.get(pk=event.subject_pk)
    _tell([held.author_id], NoticeKind.RETURNED, event, excerpt=held.body, even_oneself=True)


def _tell(
    members: Iterable[int | None],
    kind: NoticeKind,
    event: Event,
    *,
    excerpt: str = "",
    even_oneself: bool = False,
) -> None:
    wanted = {pk for pk in members if pk is not None}
    if not even_oneself and event.actor_kind == User.actor_kind:
        wanted.discard(event.actor_id or 0)
    if not wanted:
        return
    notice = _notice(event, _ticket(event), excerpt)
    for member in User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"):
        if member.may(Right.READ_TICKETS):
            notifying.notify(member, kind, notice)


def _notice(event: Event, ticket: Ticket, excerpt: str) -> Notice:
    message = Message.objects.filter(pk=event.data.get("message")).first()
    address = reverse("console:ticket", args=[ticket.number])
    return Notice(
        # a note that names somebody who follows the ticket is one notice
        key=f"message:{message.pk}" if message else f"event:{event.pk}",
        who=event.actor_name,
        title=f"{ticket.number} {ticket.subject}",
        about=key_of(ticket),
        url=f"{address}#message-{message.pk}" if message else address,
        excerpt=excerpt or (" ".join(message.body.split()) if message else ""),
    )


def _ticket(event: Event) -> Ticket:
    return Ticket.objects.get(pk=event.thread.partition(":")[2])
