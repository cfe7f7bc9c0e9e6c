"""Saying that a ticket may be about what another is about already."""

from django.db import transaction

from core import events
from core.actors import Actor
from tickets.models import Ticket


@transaction.atomic
def suspect_duplicate(ticket: Ticket, *, of: Ticket, by: Actor) -> Ticket:
    """Note on both tickets that they may be one; twice changes nothing."""
    known = events.history(ticket, kinds=["ticket.possible_duplicate"]).filter(data__of=of.number)
    if ticket.pk == of.pk or known.exists():
        return ticket
    events.record("ticket.possible_duplicate", ticket, by=by, number=ticket.number, of=of.number)
    events.record("ticket.possible_duplicate", of, by=by, number=of.number, of=ticket.number)
    return ticket
