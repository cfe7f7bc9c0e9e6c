"""Tickets that belong together: linked, suspected to be the same, or known not to be."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import merged
from tickets.actions.row import hold_customers
from tickets.models import Ticket, TicketLink
from tickets.states import LinkKind


@transaction.atomic
def link(ticket: Ticket, *, other: Ticket, kind: str = LinkKind.RELATED, by: Actor) -> TicketLink:
    """Link two tickets; as a parent `ticket` gathers `other`. Two that are linked are linked anew.

    Refuses with ticket.cannot_link: itself, or tickets that were split from each other.
    """
    now = clock.now()
    hold_customers(ticket, other)
    known = TicketLink.objects.between(ticket, other).first() if ticket.pk != other.pk else None
    if ticket.pk == other.pk or (known is not None and known.kind == LinkKind.SPLIT):
        raise Refused("ticket.cannot_link", number=ticket.number, other=other.number)
    if known is not None and _says(known, ticket, kind):
        return known
    row = tie(ticket, other, kind, now)
    _tell("ticket.linked", row, by=by, at=now)
    return row


@transaction.atomic
def unlink(ticket: Ticket, *, other: Ticket, by: Actor) -> None:
    """Take the link of two tickets away. A suspicion is remembered as wrong; twice changes nothing."""
    hold_customers(ticket, other)
    row = TicketLink.objects.between(ticket, other).filter(dismissed_at=None).first()
    if row is None:
        return
    now = clock.now()
    if row.kind == LinkKind.SPLIT:
        raise Refused("ticket.cannot_link", number=ticket.number, other=other.number)
    if row.kind == LinkKind.DUPLICATE:
        row.dismissed_at = now
        row.save(update_fields=["dismissed_at"])
    else:
        TicketLink.objects.filter(pk=row.pk).delete()
    kind = "ticket.not_duplicate" if row.kind == LinkKind.DUPLICATE else "ticket.unlinked"
    _tell(kind, row, by=by, at=now)


@transaction.atomic
def suspect_again(ticket: Ticket, *, other: Ticket, by: Actor) -> TicketLink | None:
    """Take back that two tickets are not the same; None where nobody had said so."""
    hold_customers(ticket, other)
    row = TicketLink.objects.between(ticket, other).exclude(dismissed_at=None).first()
    if row is None:
        return None
    row.dismissed_at = None
    row.save(update_fields=["dismissed_at"])
    _tell("ticket.suspected", row, by=by, at=clock.now(), reason=row.reason)
    return row


@transaction.atomic
def suspect_duplicate(ticket: Ticket, *, other: Ticket, reason: str, by: Actor) -> TicketLink | None:
    """Note that two tickets may be the same request, for a person to decide; None when they are one.

    `reason` is one of `Suspicion`. Two that are linked in any way, or were found to be different, stay so.
    """
    ticket, other = (merged.surviving(Ticket.objects.get(pk=one.pk)) for one in (ticket, other))
    if ticket.pk == other.pk:
        return None
    hold_customers(ticket, other)
    if (known := TicketLink.objects.between(ticket, other).first()) is not None:
        return known
    now = clock.now()
    row = tie(ticket, other, LinkKind.DUPLICATE, now, reason=reason)
    _tell("ticket.suspected", row, by=by, at=now, reason=reason)
    return row


def tie(ticket: Ticket, other: Ticket, kind: str, at: datetime, *, reason: str = "") -> TicketLink:
    """Store the link of two tickets, in place of the one they had."""
    TicketLink.objects.between(ticket, other).delete()
    return TicketLink.objects.create(ticket=ticket, other=other, kind=kind, reason=reason, created_at=at)


def _says(row: TicketLink, ticket: Ticket, kind: str) -> bool:
    """Whether a link says this already; only a parent is told from one side."""
    told = kind != LinkKind.PARENT or row.ticket_id == ticket.pk
    return row.dismissed_at is None and row.kind == kind and told


def _tell(kind: str, row: TicketLink, *, by: Actor, at: datetime, **facts: Any) -> None:
    """On both timelines, told from each: `number` is the other ticket there."""
    for here, there in ((row.ticket, row.other), (row.other, row.ticket)):
        first = here.pk == row.ticket_id
        events.record(kind, here, by=by, at=at, number=there.number, link=row.kind, is_first=first, **facts)
