"""What time does to tickets: asked again and again by the worker, in cost proportional to what is due."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core.actors import SYSTEM
from tickets import actions, clocks
from tickets.models import Clock, Ticket
from tickets.states import TicketStatus

log = logging.getLogger(__name__)

BATCH = 500


def breach_due(at: datetime) -> int:
    """Note every deadline missed by `at`; returns how many. Several workers share the work.

    A clock on which this fails is set aside for a person to see and holds up no other.
    """
    handled = 0
    while batch := _breach_batch(at):
        handled += batch
    return handled


@transaction.atomic
def _breach_batch(at: datetime) -> int:
    due = Clock.objects.due(at).select_related("ticket").defer("ticket__search")
    batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    if not batch:
        return 0
    try:
        _breach(batch, at)
    except Exception:  # one of them is broken; find out which
        for clock in batch:
            _breach_or_set_aside(clock, at)
    return len(batch)


@transaction.atomic
def _breach(batch: Sequence[Clock], at: datetime) -> None:
    clocks.breach(batch, at)


def _breach_or_set_aside(clock: Clock, at: datetime) -> None:
    try:
        _breach([clock], at)
    except Exception as error:
        log.exception("clock %s of ticket %s set aside", clock.pk, clock.ticket_id)
        reason = f"{type(error).__name__}: {error}"[:2000]
        Clock.objects.filter(pk=clock.pk).update(set_aside_at=at, set_aside_because=reason)


def close_old(at: datetime) -> int:
    """Close tickets that have been solved for so long that nobody will reopen them; returns how many."""
    limit = at - timedelta(days=settings.TICKETS_CLOSE_AFTER_DAYS)
    old = Ticket.objects.filter(status=TicketStatus.SOLVED, updated_at__lte=limit).order_by(
        "updated_at", "pk"
    )
    batch = list(old[:BATCH])
    for ticket in batch:
        actions.close(ticket, by=SYSTEM)
    return len(batch)


def take_back(clock: Clock) -> Clock:
    """Let the sweep look again at a clock that was set aside."""
    Clock.objects.filter(pk=clock.pk).update(set_aside_at=None, set_aside_because="")
    clock.refresh_from_db()
    return clock
