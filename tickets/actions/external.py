"""Clocks of deadlines that somebody else sets: they start and are met beside those of the policy."""

from datetime import datetime

from django.db import transaction

from core import clock, events
from core.actors import Actor
from tickets import clocks, conditions, merged
from tickets.actions.row import change, locked_survivor
from tickets.models import Clock, ExternalPromise, Message, Ticket
from tickets.states import ClockKind, ExternalStart, MetBy, TicketStatus, Visibility


@transaction.atomic
def start_external(
    ticket: Ticket, starts_on: ExternalStart, *, since: datetime, by: Actor, about: str = ""
) -> list[Clock]:
    """Start every external clock that begins with this and applies to the ticket; returns those started.

    They count from `since`, when it happened, however late this is asked. What has been done since then meets
    them at once. `about` is the number of the case it is about; one clock of a kind runs for it at a time.
    For a merged ticket they run where that goes on.
    """
    ticket = locked_survivor(ticket)
    now, live = clock.now(), clocks.live(ticket, clock.now())
    running = {(one.external_id, one.about) for one in live}
    begun = [
        clocks.external(ticket, promise, since, turn=turn, about=about)
        for turn, promise in enumerate(_promises(ticket, starts_on, now), start=_turns(ticket) + 1)
        if (promise.pk, about) not in running
    ]
    if not begun or ticket.status == TicketStatus.CLOSED:
        return []
    clocks.start(begun)
    for met_by, moment in _done_since(ticket, since).items():
        clocks.fulfil_external(begun, met_by, moment, about)
    change(ticket, now, running=[*live, *begun])
    for one in begun:
        events.record("clock.started", one, by=by, thread=ticket, at=now, about=about, **one.names)
    return begun


@transaction.atomic
def meet_external(ticket: Ticket, met_by: MetBy, *, by: Actor, about: str = "") -> Ticket:
    """What somebody else waited for has been done: their clocks are met. Without any, nothing changes."""
    ticket = locked_survivor(ticket)
    now = clock.now()
    live = clocks.live(ticket, now)
    met = [one for one in live if one.external and (one.external.met_by, one.about) == (met_by, about)]
    if met:
        clocks.fulfil_external(live, met_by, now, about)
        change(ticket, now, running=live)
    for one in met:
        events.record("clock.met", one, by=by, thread=ticket, at=now, about=about, **one.names)
    return ticket


def _promises(ticket: Ticket, starts_on: ExternalStart, at: datetime) -> list[ExternalPromise]:
    promises = ExternalPromise.objects.filter(is_active=True, starts_on=starts_on).order_by("pk")
    return [
        promise
        for promise in promises.select_related("calendar__current")
        if conditions.matches(conditions.parse(promise.conditions), ticket, at)
    ]


def _turns(ticket: Ticket) -> int:
    return ticket.clocks.filter(kind=ClockKind.EXTERNAL, cycle=ticket.cycle).count()


def _done_since(ticket: Ticket, since: datetime) -> dict[MetBy, datetime]:
    """What happened between the start of a clock and its being written down, and when."""
    done: dict[MetBy, datetime] = {}
    replies = Message.objects.filter(
        ticket__in=merged.family(ticket),
        visibility=Visibility.PUBLIC,
        actor_kind="user",
        created_at__gt=since,
    ).order_by("pk")
    if (reply := replies.first()) is not None:
        done[MetBy.REPLIED] = reply.created_at
    if ticket.solved_at is not None and ticket.solved_at > since:
        done[MetBy.SOLVED] = ticket.solved_at
    return done
