"""Part of a conversation becomes a ticket of its own, and can be put back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock, events, search
from core.actors import Actor
from core.errors import Refused
from core.numbers import next_number
from tickets import clocks, merged, rules
from tickets.actions.linking import tie
from tickets.actions.merging import latest_of
from tickets.actions.opening import policy_for
from tickets.actions.row import change, hold_customers, locked
from tickets.models import Clock, Message, Split, Ticket, TicketLink
from tickets.states import FROM_THE_START, ClockKind, LinkKind, TicketStatus, Visibility


@transaction.atomic
def split(ticket: Ticket, *, messages: Sequence[Message], subject: str, by: Actor) -> Ticket:
    """Start a ticket of the same customer with some messages of this one; returns the new one.

    What is promised counts from the first thing the customer said in it. Refuses with ticket.cannot_split:
    nothing of the customer's chosen, nothing left, not on this ticket, or a closed ticket.
    """
    hold_customers(ticket)
    source = locked(ticket)
    chosen = _chosen(source, messages)
    asked = next(message for message in chosen if _is_asked(message))
    now = clock.now()
    new = _begun(source, asked, subject, chosen, now)
    moved = {str(message.pk): message.ticket_id for message in chosen}
    Message.objects.filter(pk__in=moved).update(ticket=new)
    _promise(new, chosen, now)
    Split.objects.create(source=source, ticket=new, moved=moved, at=now)
    tie(source, new, LinkKind.SPLIT, now)
    change(source, now, **latest_of(source))
    facts: dict[str, Any] = {"number": source.number, "other": new.number, "messages": len(chosen)}
    events.record("ticket.split", source, by=by, at=now, **facts)
    events.record("ticket.split_off", new, by=by, at=now, **facts)
    return new


@transaction.atomic
def unsplit(ticket: Ticket, *, by: Actor) -> Ticket:
    """Put a split-off ticket back: its messages go where they were; returns the one it came from.

    The split-off one stays as an address that leads there. Twice changes nothing. Refuses with
    ticket.cannot_unsplit when it was not split off, or something was said on it since: merge it then.
    """
    hold_customers(ticket)
    new = locked(ticket)
    done = Split.objects.select_related("source").filter(ticket=new).first()
    if done is not None and done.undone_at is not None:
        return merged.surviving(new)
    if done is None or not _is_as_it_began(new, done):
        why = "not_split" if done is None else "went_on"
        raise Refused("ticket.cannot_unsplit", number=new.number, why=why)
    source = locked(done.source)
    if source.merged_into is not None:
        raise Refused("ticket.cannot_unsplit", number=new.number, why="went_on")
    now = clock.now()
    for pk, origin in done.moved.items():
        Message.objects.filter(pk=pk).update(ticket=origin)
    clocks.drop(clocks.live(new, now), now)
    change(new, now, running=(), status=TicketStatus.CLOSED, closed_at=now, merged_into_id=source.pk)
    change(source, now, **latest_of(source))
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    TicketLink.objects.between(source, new).delete()
    facts: dict[str, Any] = {"number": source.number, "other": new.number}
    events.record("ticket.unsplit", source, by=by, at=now, **facts)
    events.record("ticket.put_back", new, by=by, at=now, **facts)
    return source


def _chosen(source: Ticket, messages: Sequence[Message]) -> list[Message]:
    """The chosen messages as they are now, in order; refuses what cannot begin a ticket."""
    keys = {message.pk for message in messages}
    here = Message.objects.filter(ticket__in=merged.family(source)).order_by("pk")
    chosen = [message for message in here if message.pk in keys]
    left = [message for message in here if message.pk not in keys and _is_asked(message)]
    why = ""
    if source.status == TicketStatus.CLOSED:
        why = "closed"
    elif len(chosen) < len(keys):
        why = "not_here"
    elif not any(_is_asked(message) for message in chosen):
        why = "nothing_asked"
    elif not left:
        why = "nothing_left"
    if why:
        raise Refused("ticket.cannot_split", number=source.number, why=why)
    return chosen


def _is_asked(message: Message) -> bool:
    return message.is_from_customer and message.visibility == Visibility.PUBLIC


def _begun(source: Ticket, asked: Message, subject: str, chosen: Sequence[Message], at: datetime) -> Ticket:
    """The new ticket, stored, without its messages and clocks."""
    said = [message for message in chosen if message.visibility == Visibility.PUBLIC]
    new = Ticket(
        number=next_number("T"),
        customer=source.customer,
        subject=rules.one_line(subject, rules.SUBJECT_LENGTH) or source.subject,
        order_id=source.order_id,
        type=source.type,
        priority=source.priority,
        channel=asked.channel,
        language=source.language,
        team_id=source.team_id,
        assignee_id=source.assignee_id,
        created_at=asked.created_at,
        updated_at=at,
        last_message_at=said[-1].created_at,
        last_message_by=said[-1].actor_kind,
        last_message_preview=rules.one_line(said[-1].body, rules.PREVIEW_LENGTH),
    )
    new.policy_version = policy_for(new, at)
    words = " ".join(message.body for message in chosen)
    new.search = search.vector(f"{new.number} {new.subject}", words, source.customer.name)
    new.save(force_insert=True)
    del new.search
    return new


def _promise(new: Ticket, chosen: Iterable[Message], at: datetime) -> None:
    """Run the clocks through what was said, as if it had been said here."""
    live: list[Clock] = []
    for message in chosen:
        moment = message.created_at
        clocks.advance(live, moment)
        if _is_asked(message):
            _owe(new, live, moment)
        elif message.visibility == Visibility.PUBLIC and message.actor_kind == "user":
            new.first_response_at = new.first_response_at or moment
            clocks.fulfil(live, ClockKind.FIRST_RESPONSE, moment)
            clocks.fulfil(live, ClockKind.NEXT_RESPONSE, moment)
            live = [one for one in live if one.fulfilled_at is None]
    clocks.advance(live, at)
    status = TicketStatus.OPEN if new.first_response_at else TicketStatus.NEW
    change(new, at, running=live, status=status, first_response_at=new.first_response_at)


def _owe(new: Ticket, live: list[Clock], at: datetime) -> None:
    """What a message of the customer's makes us owe."""
    if not live and new.first_response_at is None:
        live.extend(clocks.start(clocks.promised(new, new.policy_version, FROM_THE_START, at)))
    elif new.first_response_at and not any(one.kind == ClockKind.NEXT_RESPONSE for one in live):
        turn = new.clocks.filter(kind=ClockKind.NEXT_RESPONSE).count() + 1
        owed = (ClockKind.NEXT_RESPONSE,)
        live.extend(clocks.start(clocks.promised(new, new.policy_version, owed, at, turn=turn)))


def _is_as_it_began(new: Ticket, done: Split) -> bool:
    said = set(new.messages.values_list("pk", flat=True))
    alone = not new.merged.exists()
    return new.status != TicketStatus.CLOSED and alone and said == {int(pk) for pk in done.moved}
