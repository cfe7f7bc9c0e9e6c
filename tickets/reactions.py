"""What follows events on the desk. Each is a reaction: it runs in a worker, exactly once.

Those that look for somebody stand first in their line: they lock a team before the ticket, so nothing before
them in the same transaction may have locked the ticket.
"""

from django.db.models import F

from accounts.models import Team
from core.actors import SYSTEM, System
from core.models import Event
from customers import actions as people
from tickets import actions, clocks, duplicates, emails
from tickets.automation import running, telling
from tickets.models import Clock, Telling, Ticket
from tickets.states import ClockState, ExternalStart, Priority


def climb(event: Event) -> None:
    """Do what a step of a ladder says, unless the clock has ended or the step is gone meanwhile."""
    _wait_for_earlier_steps(event)
    known = Clock.objects.select_related("policy_version", "external")
    clock = known.get(pk=event.subject_pk)
    step = next(iter(clocks.ladder_of(clock)[event.data["step"] :]), None)
    if clock.state != ClockState.RUNNING or step is None:
        return
    ticket = Ticket.objects.get(pk=clock.ticket_id)
    emails.tell_staff(event, ticket, clock, step)
    cause = running.cause_of(event)
    by = System(origin={"clock": clock.pk, "root": cause.root, "depth": cause.depth + 1})
    if step.reassign:
        actions.assign(ticket, to=None, team=Team.objects.get(code=step.reassign), by=by)
    if step.raise_priority and ticket.priority < Priority.URGENT:
        actions.set_priority(ticket, priority=ticket.priority + 1, by=by)


def _wait_for_earlier_steps(event: Event) -> None:
    """Let the worker that has an earlier step of the same clock in hand end first.

    A late sweep tells all steps of a ladder at once, and several workers take them; without this the last
    could hand the ticket over before the first has warned its assignee.
    """
    earlier = Event.objects.undispatched().filter(subject=event.subject, pk__lt=event.pk).order_by("pk")
    list(earlier.select_for_update().values_list("pk"))


def start_external_clocks(event: Event) -> None:
    """Start the clocks of those who count from an opened ticket, or from what a customer writes."""
    ticket = Ticket.objects.get(pk=event.thread.partition(":")[2])
    if event.kind == "ticket.opened":
        actions.start_external(ticket, ExternalStart.TICKET_OPENED, since=event.at, by=SYSTEM)
    if event.actor_kind == "customer":
        actions.start_external(ticket, ExternalStart.CUSTOMER_WROTE, since=event.at, by=SYSTEM)


def suspect_duplicates(event: Event) -> None:
    """Look whether a new ticket is a request that came before, and propose it to a person."""
    ticket = _ticket(event)
    if event.data.get("follow_up_of") or ticket.merged_into_id:
        return
    for other, reason in duplicates.suspects(ticket):
        actions.suspect_duplicate(ticket, other=other, reason=reason, by=SYSTEM)


def follow_person(event: Event) -> None:
    """Tickets of a customer who was merged follow to the person they are."""
    people.take_along(event, Ticket.objects.all(), Telling.objects.all())


def part_persons(event: Event) -> None:
    """Tickets that came with a merged customer are theirs again; none goes on in another person's."""
    merge = people.bring_back(event, Ticket.objects.all(), Telling.objects.all())
    both = (merge.customer_id, merge.into_id)
    crossing = Ticket.objects.filter(customer__in=both, merged_into__customer__in=both)
    crossing = crossing.exclude(merged_into__customer=F("customer"))
    for ticket in crossing.filter(merges__isnull=False, merges__undone_at=None).order_by("-pk"):
        _take_out(ticket)


def _take_out(ticket: Ticket) -> None:
    """Undo a merge, and before it those of the ticket it went into."""
    ticket.refresh_from_db(fields=["merged_into"])
    if ticket.merged_into is None:
        return
    _take_out(ticket.merged_into)
    actions.unmerge(ticket, by=SYSTEM)


def place_new(event: Event) -> None:
    """Find the team and somebody of it for a ticket that was opened."""
    actions.place(_ticket(event), by=SYSTEM, arriving=True)


def place_again(event: Event) -> None:
    """Find somebody for a ticket that came back while its assignee is away."""
    actions.place(_ticket(event), by=_going_on(event))


def place_in_team(event: Event) -> None:
    """Let a team that was given a ticket find somebody, unless a person was chosen or nobody is wanted."""
    if event.data.get("team") and not event.data.get("to") and not event.data.get("shared"):
        actions.place(_ticket(event), by=_going_on(event))


def place_urgent(event: Event) -> None:
    """Bring a ticket that became urgent to the rapid-response team."""
    if event.data.get("priority") == Priority.URGENT:
        actions.place(_ticket(event), by=_going_on(event), hurry=True)


def run_rules(event: Event) -> None:
    """Ask the automation rules that wait for this kind of event."""
    running.after(event)


def tell_of_broken_rule(event: Event) -> None:
    """Write to the administrators that a rule failed so often that it was switched off."""
    if event.actor_kind == "system":
        telling.rule_switched_off(event)


def _going_on(event: Event) -> System:
    """The system in the chain the event stands in, so that rules that set each other off come to an end."""
    return System(origin=event.data["origin"]) if "origin" in event.data else SYSTEM


def _ticket(event: Event) -> Ticket:
    """The ticket an event happened to."""
    return Ticket.objects.get(pk=event.subject_pk)
