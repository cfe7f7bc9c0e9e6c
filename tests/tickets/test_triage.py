"""Who looks after a ticket, its priority and its type."""

from datetime import timedelta

import pytest
from time_machine import Traveller

from accounts.models import User
from core import events
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.actions import promises
from tickets.models import PolicyVersion, Ticket
from tickets.states import ClockKind, Priority, TicketStatus, TicketType


def test_a_ticket_is_given_to_a_colleague(ticket: Ticket, alice: User, lea: User) -> None:
    given = actions.assign(ticket, to=alice, by=lea)
    assert given.assignee == alice
    event = events.timeline(ticket).last()
    assert event is not None
    assert (event.kind, event.data["name"], event.public) == ("ticket.assigned", "Alice", False)


def test_giving_it_twice_changes_nothing(ticket: Ticket, alice: User, lea: User) -> None:
    actions.assign(ticket, to=alice, by=lea)
    actions.assign(ticket, to=alice, by=lea)
    assert Event.objects.filter(kind="ticket.assigned").count() == 1


def test_it_can_be_taken_from_everybody(ticket: Ticket, alice: User) -> None:
    actions.assign(ticket, to=alice, by=alice)
    assert actions.assign(ticket, to=None, by=alice).assignee is None


def test_it_can_go_to_another_team(ticket: Ticket, alice: User) -> None:
    repairs = build.team("repairs")
    moved = actions.assign(ticket, to=None, by=alice, team=repairs)
    assert (moved.team, moved.assignee) == (repairs, None)


def test_only_somebody_who_works_on_tickets_gets_one(ticket: Ticket, alice: User, wei: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.assign(ticket, to=wei, by=alice)
    assert refused.value.code == "ticket.assignee_cannot_work"


def test_a_closed_ticket_is_neither_given_nor_changed(promises: None, alice: User) -> None:
    ticket = build.ticket(status=TicketStatus.CLOSED)
    with pytest.raises(Refused) as refused:
        actions.assign(ticket, to=alice, by=alice)
    assert refused.value.code == "ticket.cannot_assign"
    with pytest.raises(Refused) as refused:
        actions.set_priority(ticket, priority=Priority.HIGH, by=alice)
    assert refused.value.code == "ticket.cannot_change"
    with pytest.raises(Refused) as refused:
        actions.set_type(ticket, type=TicketType.COMPLAINT, by=alice)
    assert refused.value.code == "ticket.cannot_change"


def test_priority_is_set_once(ticket: Ticket, alice: User) -> None:
    assert actions.set_priority(ticket, priority=Priority.URGENT, by=alice).priority == Priority.URGENT
    actions.set_priority(ticket, priority=Priority.URGENT, by=alice)
    assert Event.objects.filter(kind="ticket.priority_set").count() == 1


def test_type_is_set_once(ticket: Ticket, alice: User) -> None:
    assert actions.set_type(ticket, type=TicketType.LOGISTICS, by=alice).type == TicketType.LOGISTICS
    actions.set_type(ticket, type=TicketType.LOGISTICS, by=alice)
    assert Event.objects.filter(kind="ticket.type_set").count() == 1


def test_what_turns_out_to_be_a_complaint_has_its_promise_from_the_opening_on(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    monday.shift(timedelta(hours=3))
    complaint = actions.set_type(ticket, type=TicketType.COMPLAINT, by=alice)
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert resolution.due_at == complaint.due_at == MONDAY_10 + timedelta(hours=24)
    assert complaint.policy_version is not None
    assert complaint.policy_version.policy.order == 10
    assert resolution.events.latest("pk").kind == "changed"


def test_a_paused_promise_changes_too(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(minutes=30))
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=5))
    actions.set_type(ticket, type=TicketType.COMPLAINT, by=alice)
    actions.resume(ticket, by=alice)
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert resolution.due_at == MONDAY_10 + timedelta(hours=29)


def test_a_missed_promise_stays_missed(ticket: Ticket, alice: User, monday: Traveller) -> None:
    actions.set_type(ticket, type=TicketType.COMPLAINT, by=alice)
    monday.shift(timedelta(days=2))
    actions.set_type(ticket, type=TicketType.ENQUIRY, by=alice)
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert resolution.breached_at == resolution.due_at == MONDAY_10 + timedelta(hours=24)


def publish(version: PolicyVersion, *, hours: int) -> PolicyVersion:
    """The next version of a policy, with so many hours to solve."""
    policy = version.policy
    every = dict.fromkeys(["1", "2", "3", "4"], hours * 3600)
    draft = promises.draft_policy(
        policy,
        calendar=version.calendar,
        conditions=version.conditions,
        targets={**version.targets, "resolution": every},
        ladder=version.ladder,
        name_en=policy.name_en,
        name_zh=policy.name_zh,
        order=policy.order,
        is_active=True,
        by=SYSTEM,
    )
    promises.publish_policy(policy, by=SYSTEM)
    return draft


def test_changing_a_policy_moves_no_running_deadline(ticket: Ticket, alice: User) -> None:
    assert ticket.policy_version is not None
    shorter = publish(ticket.policy_version, hours=1)
    assert shorter.number == 2
    actions.wait(ticket, by=alice)
    actions.resume(ticket, by=alice)
    assert ticket.clocks.get(kind=ClockKind.RESOLUTION).due_at == MONDAY_10 + timedelta(days=3)


def test_somebody_asks_to_hold_running_tickets_to_the_new_version(ticket: Ticket, alice: User) -> None:
    assert ticket.policy_version is not None
    version = publish(ticket.policy_version, hours=9)
    assert promises.hold_tickets_to(version.policy, by=alice, limit=10) == 1
    assert promises.hold_tickets_to(version.policy, by=alice, limit=10) == 0
    ticket.refresh_from_db()
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert (resolution.due_at, resolution.policy_version) == (MONDAY_10 + timedelta(hours=24), version)
    assert (ticket.policy_version, ticket.due_at) == (version, MONDAY_10 + timedelta(hours=1))
