"""Two tickets about one thing become one, and can be taken apart again.

A merged ticket stays whole, closed, and points to the one that goes on, which is read together with it
(docs/decisions/0017). Only work goes over: what is promised, who looks after it, what is being written.
Merges of one customer come one after the other, so crossed ones and chains always leave exactly one ticket to
go on with.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import clocks, merged, rules
from tickets.actions import moving_drafts
from tickets.actions.row import change, hold_customers, locked
from tickets.models import Clock, Merge, Message, Ticket
from tickets.states import UNSOLVED, WAITING, ClockKind, TicketStatus, Visibility

ACTIVE = (TicketStatus.NEW, TicketStatus.OPEN)
LOOKS_AFTER = ("assignee_id", "team_id")


@transaction.atomic
def merge(ticket: Ticket, *, into: Ticket, by: Actor, note: str = "") -> Ticket:
    """Let a ticket go on in another, or in the one that goes on for that; returns the one that goes on.

    What was owed earliest is still owed, once. Of two that are one already nothing changes. Refuses with
    ticket.cannot_merge: itself, tickets of two people, a closed one, an open one into a solved one.
    """
    if ticket.pk == into.pk:
        raise Refused("ticket.cannot_merge", number=ticket.number, into=into.number, why="itself")
    hold_customers(ticket, into)
    source, target = locked(ticket), merged.surviving(Ticket.objects.get(pk=into.pk))
    if merged.surviving(source).pk == target.pk:
        return target
    if source.merged_into is not None:
        raise Refused(
            "ticket.cannot_merge", number=source.number, into=source.merged_into.number, why="elsewhere"
        )
    target = locked(target)
    _check(source, target)
    now = clock.now()
    was: dict[str, Any] = {"status": source.status, "into": target.status}
    was["looks_after"] = _looks_after(source, target)
    _take_over(source, target, was["status"], now, was["looks_after"])
    was["drafts"] = moving_drafts.take_along(source, target)
    Merge.objects.create(
        ticket=source, into=target, note=note.strip(), was=was, into_version=target.version, at=now
    )
    facts: dict[str, Any] = {"number": source.number, "into": target.number, "note": note.strip()}
    events.record("ticket.merged", source, by=by, public=True, at=now, **facts)
    events.record("ticket.took_in", target, by=by, at=now, **facts)
    return target


@transaction.atomic
def merge_all(tickets: list[Ticket], *, by: Actor) -> Ticket:
    """Merge several into the one that was opened first and can take them in; returns it."""
    oldest = sorted(tickets, key=lambda ticket: ticket.pk)
    open_ones = [ticket for ticket in oldest if ticket.status in UNSOLVED] or oldest
    target = open_ones[0]
    for ticket in oldest:
        if ticket.pk != target.pk:
            target = merge(ticket, into=target, by=by)
    return target


@transaction.atomic
def unmerge(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a merged ticket out again: status, promises and words are where they were.

    What came since stays at the one that went on. One that is not merged stays as it is. Refuses with
    ticket.cannot_unmerge while the other is merged itself, or when the ticket was split off and taken back.
    """
    hold_customers(ticket)
    source = locked(ticket)
    if source.merged_into is None:
        return source
    target = locked(source.merged_into)
    done = Merge.objects.filter(ticket=source, into=target, undone_at=None).first()
    if done is None or target.merged_into is not None:
        why = "split" if done is None else "merged_on"
        raise Refused("ticket.cannot_unmerge", number=source.number, into=target.number, why=why)
    now, untouched = clock.now(), target.version == done.into_version
    ours = clocks.live(target, now)
    own = clocks.part(source, ours, target, now)
    change(source, now, running=own, status=done.was["status"], closed_at=None, merged_into_id=None)
    source.merged_into = None
    done.undone_at = now
    done.save(update_fields=["undone_at"])
    status = done.was["into"] if untouched else target.status
    _stand(ours, status, now)
    taken_back = _given_back(done.was.get("looks_after", {}), target)
    change(target, now, running=ours, status=status, **taken_back, **latest_of(target))
    moving_drafts.bring_back(done.was.get("drafts", []), source, target)
    facts: dict[str, Any] = {"number": source.number, "into": target.number}
    events.record("ticket.unmerged", source, by=by, public=True, at=now, status=source.status, **facts)
    events.record("ticket.gave_back", target, by=by, at=now, **facts)
    return source


def _check(source: Ticket, target: Ticket) -> None:
    why = ""
    if source.customer_id != target.customer_id:
        why = "two_people"
    elif source.status == TicketStatus.CLOSED:
        why = "closed"
    elif target.status == TicketStatus.CLOSED:
        why = "into_closed"
    elif target.status == TicketStatus.SOLVED and source.status in UNSOLVED:
        why = "into_solved"
    if why:
        raise Refused("ticket.cannot_merge", number=source.number, into=target.number, why=why)


def _looks_after(source: Ticket, target: Ticket) -> dict[str, Any]:
    """Whom and which team the survivor gets from the merged one, where it has none of its own."""
    names = [name for name in LOOKS_AFTER if getattr(target, name) is None]
    return {name: getattr(source, name) for name in names if getattr(source, name) is not None}


def _given_back(taken: dict[str, Any], target: Ticket) -> dict[str, Any]:
    """What the survivor got, as far as nobody changed it since."""
    return {name: None for name, key in taken.items() if getattr(target, name) == key}


def _take_over(source: Ticket, target: Ticket, was: str, at: datetime, looks_after: dict[str, Any]) -> None:
    """Close the merged one and let what is owed go on at the survivor, at work if one of both was."""
    theirs, ours = clocks.live(source, at), clocks.live(target, at)
    clocks.join(theirs, ours, target, at)
    change(source, at, running=(), status=TicketStatus.CLOSED, closed_at=at, merged_into_id=target.pk)
    status = TicketStatus.OPEN if target.status in WAITING and was in ACTIVE else target.status
    _stand(ours, status, at)
    change(target, at, running=ours, status=status, **looks_after, **latest_of(target))


def _stand(live: list[Clock], status: str, at: datetime) -> None:
    """Let clocks run or stand still as they do in a status."""
    if status in WAITING:
        clocks.pause(live, ClockKind.RESOLUTION, at)
    elif status in ACTIVE:
        clocks.resume(live, at)


def latest_of(ticket: Ticket) -> dict[str, Any]:
    """The ticket's fields that tell a queue about the newest public message, of everything merged into it."""
    said = Message.objects.filter(ticket__in=merged.family(ticket), visibility=Visibility.PUBLIC)
    newest = said.order_by("-pk").first()
    if newest is None:
        return {}
    return {
        "last_message_at": newest.created_at,
        "last_message_by": newest.actor_kind,
        "last_message_preview": rules.one_line(newest.body, rules.PREVIEW_LENGTH),
    }
