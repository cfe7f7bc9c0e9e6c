"""Who looks after a ticket, and how it is classed."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from accounts.rights import Right
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import clocks
from tickets.actions.opening import policy_for
from tickets.actions.row import change, locked
from tickets.models import Ticket
from tickets.states import Priority, TicketStatus, TicketType


@transaction.atomic
def assign(ticket: Ticket, *, to: User | None, by: Actor, team: Team | None = None) -> Ticket:
    """Give the ticket to a member of staff, or to nobody; `team` None leaves the team as it is."""
    ticket = locked(ticket)
    team_id = team.pk if team else ticket.team_id
    if (ticket.assignee_id, ticket.team_id) == (to.pk if to else None, team_id):
        return ticket
    require_not_closed(ticket, "ticket.cannot_assign")
    if to is not None:
        require_worker(to)
    give(ticket, to=to, team=team, by=by, at=clock.now())
    return ticket


def give(ticket: Ticket, *, to: User | None, team: Team | None, by: Actor, at: datetime, **how: Any) -> None:
    """Store who looks after a locked ticket; `how` tells the timeline why, where no person chose."""
    change(ticket, at, assignee_id=to.pk if to else None, team_id=team.pk if team else ticket.team_id)
    events.record(
        "ticket.assigned",
        ticket,
        by=by,
        at=at,
        number=ticket.number,
        to=to.pk if to else None,
        name=to.display_name if to else "",
        team=team.code if team else "",
        **how,
    )


def require_worker(member: User) -> None:
    """Refuse to give a ticket to somebody who may not work on it."""
    if not member.may(Right.WORK_TICKETS):
        raise Refused("ticket.assignee_cannot_work", name=member.display_name)


@transaction.atomic
def set_priority(ticket: Ticket, *, priority: int, by: Actor) -> Ticket:
    """Make it more or less urgent; the promises for that priority hold from the opening on."""
    ticket = locked(ticket)
    if ticket.priority == priority:
        return ticket
    require_not_closed(ticket, "ticket.cannot_change")
    now, was = clock.now(), ticket.priority
    ticket.priority = Priority(priority)
    _keep_promises(ticket, now, priority=ticket.priority)
    events.record("ticket.priority_set", ticket, by=by, at=now, was=was, priority=ticket.priority)
    return ticket


@transaction.atomic
def set_type(ticket: Ticket, *, type: str, by: Actor) -> Ticket:  # noqa: A002 - the word of the field
    """Class it as another kind of concern; the promises for that type hold from the opening on."""
    ticket = locked(ticket)
    if ticket.type == type:
        return ticket
    require_not_closed(ticket, "ticket.cannot_change")
    now, was = clock.now(), ticket.type
    ticket.type = TicketType(type)
    _keep_promises(ticket, now, type=ticket.type)
    events.record("ticket.type_set", ticket, by=by, at=now, was=was, type=ticket.type)
    return ticket


def _keep_promises(ticket: Ticket, at: datetime, **classed: Any) -> None:
    """Store how the ticket is classed now and hold its running clocks to the policy for that."""
    version, live = policy_for(ticket, at), clocks.live(ticket, at)
    if version is not None:
        clocks.change_promise(live, ticket, version, at)
    change(ticket, at, running=live, policy_version=version, **classed)


def require_not_closed(ticket: Ticket, code: str) -> None:
    """Refuse with `code` what cannot be done to a closed ticket."""
    if ticket.status == TicketStatus.CLOSED:
        raise Refused(code, number=ticket.number)
