"""What follows events on the desk. Each is a reaction: it runs in a worker, exactly once."""

from accounts.models import Team
from core.actors import SYSTEM
from core.models import Event
from tickets import actions, clocks, emails
from tickets.models import Clock, Ticket
from tickets.states import ClockState, ExternalStart, Priority


def climb(event: Event) -> None:
    """Do what a step of a ladder says, unless the clock has ended or the step is gone meanwhile."""
    known = Clock.objects.select_related("policy_version", "external")
    clock = known.get(pk=event.subject_pk)
    step = next(iter(clocks.ladder_of(clock)[event.data["step"] :]), None)
    if clock.state != ClockState.RUNNING or step is None:
        return
    ticket = Ticket.objects.get(pk=clock.ticket_id)
    emails.tell_staff(event, ticket, clock, step)
    if step.reassign:
        actions.assign(ticket, to=None, team=Team.objects.get(code=step.reassign), by=SYSTEM)
    if step.raise_priority and ticket.priority < Priority.URGENT:
        actions.set_priority(ticket, priority=ticket.priority + 1, by=SYSTEM)


def start_external_clocks(event: Event) -> None:
    """Start the clocks of those who count from an opened ticket, or from what a customer writes."""
    ticket = Ticket.objects.get(pk=event.thread.partition(":")[2])
    if event.kind == "ticket.opened":
        actions.start_external(ticket, ExternalStart.TICKET_OPENED, since=event.at, by=SYSTEM)
    if event.actor_kind == "customer":
        actions.start_external(ticket, ExternalStart.CUSTOMER_WROTE, since=event.at, by=SYSTEM)
