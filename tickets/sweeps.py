"""What time does to tickets: asked again and again by the worker, in cost proportional to what is due."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from core import clock as present
from core.actors import SYSTEM
from tickets import actions, clocks
from tickets.actions import holding
from tickets.models import Clock, HeldReply, Placement, Ticket
from tickets.states import TicketStatus

log = logging.getLogger(__name__)

BATCH = 500
SHARED = ("calendar", "policy_version", "external")
"""Few rows that many clocks point to: each is read and taken apart once for a whole batch."""

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)


def sweep_clocks(at: datetime) -> int:
    """Take every step and note every deadline that was due by `at`; returns on how many clocks.

    Several workers share the work. A clock on which this fails is pushed ahead, shown to people and tried
    again later; it holds up no other.
    """
    handled = 0
    while batch := _sweep_batch(at):
        handled += batch
    return handled


@transaction.atomic
def _sweep_batch(at: datetime) -> int:
    due = Clock.objects.due(at).prefetch_related(*SHARED)
    batch = list(due.select_for_update(skip_locked=True)[:BATCH])
    if not batch:
        return 0
    try:
        _advance(batch, at)
    except Exception:  # one of them is broken; find out which
        for clock in Clock.objects.filter(pk__in=[clock.pk for clock in batch]).prefetch_related(*SHARED):
            _advance_or_push_ahead(clock, at)
    return len(batch)


@transaction.atomic
def _advance(batch: Sequence[Clock], at: datetime) -> None:
    clocks.advance(batch, at)


def _advance_or_push_ahead(clock: Clock, at: datetime) -> None:
    try:
        _advance([clock], at)
    except Exception as error:
        log.exception("clock %s of ticket %s pushed ahead", clock.pk, clock.ticket_id)
        Clock.objects.filter(pk=clock.pk).update(
            next_at=at + min(FIRST_DELAY * 2**clock.failures, LONGEST_DELAY),
            failures=min(clock.failures + 1, 30),
            failing_since=clock.failing_since or at,
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )


def send_held(at: datetime) -> int:
    """Send replies whose moment to be taken back is over; returns how many left."""
    due = HeldReply.objects.held().filter(due_at__lte=at).order_by("due_at", "pk")
    return sum(holding.send_held(held, at) is not None for held in due[:BATCH])


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


def assign_waiting() -> int:
    """Give tickets that wait for somebody to whoever has come on shift or has room now; returns how many.

    What somebody took by hand meanwhile waits no longer.
    """
    waiting = Placement.objects.waiting()
    waiting.exclude(pk__in=Placement.objects.placeable().values("pk")).update(reason="")
    teams = waiting.order_by("team").values_list("team", flat=True).distinct()
    return sum(actions.place_waiting(team, by=SYSTEM) for team in list(teams))


def try_again(clock: Clock) -> Clock:
    """Let the sweep look at once at a clock that was pushed ahead."""
    Clock.objects.failing().filter(pk=clock.pk).update(next_at=present.now())
    clock.refresh_from_db()
    return clock
