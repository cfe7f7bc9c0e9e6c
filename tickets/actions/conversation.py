"""Saying something: a public reply, what the customer writes, a note among colleagues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock, events
from core.actors import Actor, System
from core.errors import Refused
from core.models import Attachment
from customers.models import Customer
from tickets import clocks, merged, rules
from tickets.actions import opening
from tickets.actions.following import mention_all
from tickets.actions.progress import start_cycle
from tickets.actions.row import change, locked_survivor
from tickets.actions.writing import delivered, latest, require_same, write
from tickets.models import Clock, Message, Ticket
from tickets.states import WAITING, ClockKind, MetBy, TicketStatus, Visibility


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    body: str,
    by: User | System,
    version: int | None = None,
    attachments: Sequence[Attachment] = (),
    channel: str | None = None,
    external_id: str = "",
) -> Message:
    """Answer the customer. A person's answer meets the first response; an automatic one does not.

    `version` is the ticket's version the answer was written against; when something was said or done since,
    or the ticket was merged, it is refused with `ticket.changed_meanwhile`. A closed ticket takes no reply,
    of a merged one the ticket takes it in which that goes on. The same delivery again is one message; another
    under its name is refused with `message.sent_elsewhere`.
    """
    asked, ticket = ticket, locked_survivor(ticket)
    channel = channel or ticket.channel
    if (told := delivered(channel, external_id)) is not None:
        return _same(told, ticket, body)
    if ticket.status == TicketStatus.CLOSED:
        raise Refused("ticket.cannot_reply", number=ticket.number)
    if asked.pk != ticket.pk and version is not None:
        raise Refused("ticket.changed_meanwhile", number=ticket.number, version=ticket.version)
    _require_version(ticket, version)
    now = clock.now()
    message = write(
        ticket, body=body, by=by, at=now, channel=channel, external_id=external_id, attachments=attachments
    )
    was, fields = ticket.status, latest(message, by=by)
    if was == TicketStatus.NEW:
        fields["status"] = TicketStatus.OPEN
    live = clocks.live(ticket, now)
    if by.actor_kind == User.actor_kind:
        fields["first_response_at"] = ticket.first_response_at or now
        _keep_promises(live, now)
    change(ticket, now, running=live, found_by=message.body, **fields)
    _record("message.sent", ticket, message, by=by, was=was, public=True)
    return message


def _same(told: Message, ticket: Ticket, body: str) -> Message:
    """A message that was sent before, if it is the one that is sent again: it may have been moved since."""
    if told.ticket_id != ticket.pk and told.body != rules.plain(body):
        raise Refused("message.sent_elsewhere", number=told.ticket.number)
    return told


def _keep_promises(live: list[Clock], at: datetime) -> None:
    """A person has answered: the clocks that waited for it stop."""
    clocks.fulfil(live, ClockKind.FIRST_RESPONSE, at)
    clocks.fulfil(live, ClockKind.NEXT_RESPONSE, at)
    clocks.fulfil_external(live, MetBy.REPLIED, at)


def _require_version(ticket: Ticket, version: int | None) -> None:
    """Refuse what was written against an earlier version of a ticket."""
    if version not in (None, ticket.version):
        raise Refused("ticket.changed_meanwhile", number=ticket.number, version=ticket.version)


@transaction.atomic
def receive(
    ticket: Ticket,
    *,
    body: str,
    by: Customer,
    channel: str,
    external_id: str = "",
    attachments: Sequence[Attachment] = (),
) -> Message:
    """Take in what the customer writes, whatever the ticket's status.

    A waiting ticket is open again and its clocks run on; a solved one is reopened; to a closed one a linked
    follow-up ticket is opened, or the follow-up it has already gets the message; what is written to a merged
    one arrives where that goes on. The same delivery again is one message; another under its name is refused
    with `message.told_otherwise`.
    """
    ticket = locked_survivor(ticket)
    if (told := delivered(channel, external_id)) is not None:
        return require_same(told, by=by, body=body, attachments=attachments)
    if ticket.status == TicketStatus.CLOSED:
        return _follow_up(ticket, body, by, channel, external_id, attachments)
    now = clock.now()
    message = write(
        ticket, body=body, by=by, at=now, channel=channel, external_id=external_id, attachments=attachments
    )
    was, live = ticket.status, clocks.live(ticket, now)
    fields = latest(message, by=by)
    if was == TicketStatus.SOLVED:
        fields |= start_cycle(ticket, live, now)
    elif was in WAITING:
        clocks.resume(live, now)
        fields["status"] = TicketStatus.OPEN
    _owe_answer(ticket, live, now)
    change(ticket, now, running=live, found_by=message.body, **fields)
    _record("message.received", ticket, message, by=by, was=was, public=True)
    if was == TicketStatus.SOLVED:
        events.record("ticket.reopened", ticket, by=by, public=True, at=now, cycle=ticket.cycle)
    return message


def _owe_answer(ticket: Ticket, live: list[Clock], at: datetime) -> None:
    """Start the next response clock when somebody answered before and no answer is owed yet."""
    if ticket.first_response_at is None or any(clock.kind == ClockKind.NEXT_RESPONSE for clock in live):
        return
    turns = ticket.clocks.filter(kind=ClockKind.NEXT_RESPONSE, cycle=ticket.cycle).count()
    owed = (ClockKind.NEXT_RESPONSE,)
    live.extend(clocks.start(clocks.promised(ticket, ticket.policy_version, owed, at, turn=turns + 1)))


def _follow_up(
    ticket: Ticket,
    body: str,
    by: Customer,
    channel: str,
    external_id: str,
    attachments: Sequence[Attachment],
) -> Message:
    if (following := _goes_on_in(ticket)) is not None:
        return receive(
            following, body=body, by=by, channel=channel, external_id=external_id, attachments=attachments
        )
    follow_up = opening.follow_up(
        ticket, body=body, by=by, channel=channel, external_id=external_id, attachments=attachments
    )
    return follow_up.messages.get()


def _goes_on_in(ticket: Ticket) -> Ticket | None:
    """The latest open follow-up of a closed ticket, or what one of them was merged into."""
    for follow_up in ticket.follow_ups.order_by("-pk"):
        following = merged.surviving(follow_up)
        if following.status != TicketStatus.CLOSED:
            return following
    return None


@transaction.atomic
def add_note(
    ticket: Ticket,
    *,
    body: str,
    by: Actor,
    version: int | None = None,
    attachments: Sequence[Attachment] = (),
    external_id: str = "",
) -> Message:
    """Write something that only staff will read. Status and clocks stay; a closed ticket takes it too.

    `version` counts as in `reply`, on a merged ticket that of its own page. The same form again is one note.
    A note on a merged ticket stands where that goes on. Colleagues whom a member names with an at sign are
    told and follow the ticket.
    """
    asked, ticket = ticket, locked_survivor(ticket)
    if (told := delivered(ticket.channel, external_id)) is not None:
        return told
    _require_version(ticket if asked.pk == ticket.pk else Ticket.objects.get(pk=asked.pk), version)
    now = clock.now()
    message = write(
        ticket,
        body=body,
        by=by,
        at=now,
        channel=ticket.channel,
        visibility=Visibility.INTERNAL,
        attachments=attachments,
        external_id=external_id,
    )
    change(ticket, now, found_by=message.body)
    _record("message.noted", ticket, message, by=by, was=ticket.status, public=False)
    if by.actor_kind == User.actor_kind:
        mention_all(ticket, message, by=by)
    return message


def _record(kind: str, ticket: Ticket, message: Message, *, by: Actor, was: str, public: bool) -> None:
    """The event of a message, on the ticket's timeline, with the status it changed."""
    moved: dict[str, Any] = {} if was == ticket.status else {"was": was, "status": ticket.status}
    events.record(
        kind,
        message,
        by=by,
        thread=ticket,
        public=public,
        at=message.created_at,
        number=ticket.number,
        message=message.pk,
        **moved,
    )
