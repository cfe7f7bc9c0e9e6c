"""Moving a ticket along: waiting, going on, solved, reopened, closed."""

from datetime import datetime
from typing import Any

from django.db import transaction

from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import clocks
from tickets.actions.row import change, locked, require
from tickets.models import Clock, Message, Ticket
from tickets.states import FROM_THE_START, UNSOLVED, ClockKind, MetBy, TicketStatus


@transaction.atomic
def wait(ticket: Ticket, *, by: Actor, third_party: bool = False) -> Ticket:
    """Wait for the customer (or a third party): the resolution clock stands still with what is left."""
    ticket = locked(ticket)
    target = TicketStatus.PENDING_THIRD_PARTY if third_party else TicketStatus.PENDING_CUSTOMER
    if ticket.status == target:
        return ticket
    require(ticket, target, "ticket.cannot_wait")
    now, was = clock.now(), ticket.status
    live = clocks.live(ticket, now)
    clocks.pause(live, ClockKind.RESOLUTION, now)
    change(ticket, now, running=live, status=target)
    events.record("ticket.waiting", ticket, by=by, at=now, was=was, status=target)
    return ticket


@transaction.atomic
def resume(ticket: Ticket, *, by: Actor) -> Ticket:
    """Go on with a waiting or new ticket: it is open and its clocks run."""
    ticket = locked(ticket)
    if ticket.status == TicketStatus.OPEN:
        return ticket
    if ticket.status not in UNSOLVED:  # a solved ticket is taken up again by `reopen`, in a new cycle
        raise Refused("ticket.cannot_resume", number=ticket.number, status=ticket.status)
    now, was = clock.now(), ticket.status
    live = clocks.live(ticket, now)
    clocks.resume(live, now)
    change(ticket, now, running=live, status=TicketStatus.OPEN)
    events.record("ticket.resumed", ticket, by=by, at=now, was=was, status=TicketStatus.OPEN)
    return ticket


@transaction.atomic
def solve(
    ticket: Ticket,
    *,
    by: Actor,
    told_in: Message | None = None,
    told: bool = False,
    seen: int | None = None,
) -> Ticket:
    """The concern is settled: the resolution is met, a first response that never came is no longer owed.

    `told_in` is the reply that went out with it, so that the customer is not told twice; `told` says that the
    caller has told them in another way. `seen` is the newest event the decision knew: when the customer wrote
    after it, it is refused with `ticket.customer_wrote_meanwhile`.
    """
    ticket = locked(ticket)
    if ticket.status == TicketStatus.SOLVED:
        return ticket
    if seen is not None and events.timeline(ticket).filter(pk__gt=seen, kind="message.received").exists():
        raise Refused("ticket.customer_wrote_meanwhile", number=ticket.number)
    require(ticket, TicketStatus.SOLVED, "ticket.cannot_solve")
    now, was = clock.now(), ticket.status
    live = clocks.live(ticket, now)
    clocks.fulfil(live, ClockKind.RESOLUTION, now)
    clocks.fulfil_external(live, MetBy.SOLVED, now)
    clocks.cancel(live, now)
    change(ticket, now, running=live, status=TicketStatus.SOLVED, solved_at=now)
    facts: dict[str, Any] = {"message": told_in.pk} if told_in else {"told": True} if told else {}
    events.record(
        "ticket.solved",
        ticket,
        by=by,
        public=True,
        at=now,
        cycle=ticket.cycle,
        was=was,
        status=ticket.status,
        **facts,
    )
    return ticket


@transaction.atomic
def reopen(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a solved ticket up again, in a new cycle with a resolution clock of its own.

    A ticket that is not solved is open already and stays as it is.
    """
    ticket = locked(ticket)
    if ticket.status in UNSOLVED:
        return ticket
    require(ticket, TicketStatus.OPEN, "ticket.cannot_reopen")
    now = clock.now()
    live = clocks.live(ticket, now)
    fields = start_cycle(ticket, live, now)
    change(ticket, now, running=live, **fields)
    events.record(
        "ticket.reopened", ticket, by=by, public=True, at=now, cycle=ticket.cycle, status=ticket.status
    )
    return ticket


def start_cycle(ticket: Ticket, live: list[Clock], at: datetime) -> dict[str, Any]:
    """Begin the next cycle of a locked ticket: adds its clocks to `live`, returns the fields to change."""
    ticket.cycle += 1
    owed = FROM_THE_START if ticket.first_response_at is None else (ClockKind.RESOLUTION,)
    live.extend(clocks.start(clocks.promised(ticket, ticket.policy_version, owed, at)))
    return {"cycle": ticket.cycle, "status": TicketStatus.OPEN, "solved_at": None}


@transaction.atomic
def close(ticket: Ticket, *, by: Actor) -> Ticket:
    """End a ticket for good; its promises are no longer owed. A later message opens a follow-up."""
    ticket = locked(ticket)
    if ticket.status == TicketStatus.CLOSED:
        return ticket
    require(ticket, TicketStatus.CLOSED, "ticket.cannot_close")
    now, was = clock.now(), ticket.status
    live = clocks.live(ticket, now)
    clocks.cancel(live, now)
    change(ticket, now, running=live, status=TicketStatus.CLOSED, closed_at=now)
    events.record("ticket.closed", ticket, by=by, public=True, at=now, was=was, status=ticket.status)
    return ticket
