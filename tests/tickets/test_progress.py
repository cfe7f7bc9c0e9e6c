"""Waiting, going on, solving, reopening, closing: what they do to clocks and to the ticket."""

from datetime import timedelta

from time_machine import Traveller

from accounts.models import User
from core import events
from core.models import Event
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps
from tickets.models import Clock, Ticket
from tickets.states import ClockKind, ClockState, TicketStatus


def clock(ticket: Ticket, kind: ClockKind, cycle: int = 1) -> Clock:
    return ticket.clocks.get(kind=kind, cycle=cycle)


def test_waiting_stops_the_resolution_with_what_is_left(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    monday.shift(timedelta(minutes=30))
    waiting = actions.wait(ticket, by=alice)
    resolution = clock(ticket, ClockKind.RESOLUTION)
    assert (resolution.state, resolution.left) == (ClockState.PAUSED, timedelta(hours=26, minutes=30))
    first = clock(ticket, ClockKind.FIRST_RESPONSE)
    assert first.state == ClockState.RUNNING
    assert waiting.due_at == first.due_at


def test_a_wait_over_night_costs_nothing_but_office_hours(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    monday.shift(timedelta(hours=7))  # Monday 17:00
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=15))  # Tuesday 08:00
    actions.resume(ticket, by=alice)
    resolution = clock(ticket, ClockKind.RESOLUTION)
    assert resolution.due_at == MONDAY_10 + timedelta(days=3, hours=1)
    assert [event.kind for event in resolution.events.all()] == ["activated", "paused", "resumed"]


def test_waiting_for_one_and_then_another_is_one_pause(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=1))
    actions.wait(ticket, by=alice, third_party=True)
    monday.shift(timedelta(hours=1))
    actions.resume(ticket, by=alice)
    assert clock(ticket, ClockKind.RESOLUTION).due_at == MONDAY_10 + timedelta(days=3, hours=2)


def test_a_ticket_that_waits_and_was_answered_has_no_deadline(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Which colour?", by=alice)
    waiting = actions.wait(ticket, by=alice)
    assert waiting.due_at is None
    assert list(Ticket.objects.overdue(MONDAY_10 + timedelta(days=365))) == []


def test_a_late_ticket_stays_late_over_a_wait(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(days=7))
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(days=1))
    actions.resume(ticket, by=alice)
    resolution = clock(ticket, ClockKind.RESOLUTION)
    assert resolution.due_at == resolution.breached_at == MONDAY_10 + timedelta(days=3)


def test_solving_meets_the_resolution_and_stamps_the_time(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.reply(ticket, body="Done", by=alice)
    monday.shift(timedelta(hours=1))
    solved = actions.solve(ticket, by=alice)
    assert (solved.status, solved.solved_at) == (TicketStatus.SOLVED, MONDAY_10 + timedelta(hours=1))
    assert clock(ticket, ClockKind.RESOLUTION).state == ClockState.FULFILLED
    assert solved.due_at is None
    event = Event.objects.get(kind="ticket.solved")
    assert (event.public, event.data["cycle"], event.data["was"]) == (True, 1, "open")


def test_solving_a_waiting_ticket_meets_the_paused_resolution(ticket: Ticket, alice: User) -> None:
    actions.wait(ticket, by=alice)
    actions.solve(ticket, by=alice)
    assert clock(ticket, ClockKind.RESOLUTION).state == ClockState.FULFILLED


def test_solving_without_an_answer_does_not_meet_the_first_response(ticket: Ticket, alice: User) -> None:
    solved = actions.solve(ticket, by=alice)
    assert clock(ticket, ClockKind.FIRST_RESPONSE).state == ClockState.CANCELLED
    assert solved.first_response_at is None


def test_the_reply_that_told_it_is_named_in_the_event(ticket: Ticket, alice: User) -> None:
    told = actions.reply(ticket, body="Done", by=alice)
    actions.solve(ticket, by=alice, told_in=told)
    assert Event.objects.get(kind="ticket.solved").data["message"] == told.pk


def test_every_reopening_is_a_cycle_with_its_own_resolution(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Done", by=alice)
    for cycle in (2, 3):
        actions.solve(ticket, by=alice)
        assert actions.reopen(ticket, by=alice).cycle == cycle
        assert clock(ticket, ClockKind.RESOLUTION, cycle).state == ClockState.RUNNING
    assert [event.data["cycle"] for event in events.history(ticket, kinds=["ticket.reopened"])] == [2, 3]


def test_closing_ends_what_is_owed(ticket: Ticket, alice: User) -> None:
    closed = actions.close(ticket, by=alice)
    assert (closed.closed_at, closed.due_at) == (MONDAY_10, None)
    assert set(ticket.clocks.values_list("state", flat=True)) == {ClockState.CANCELLED}


def test_old_solved_tickets_are_closed_by_the_sweep(ticket: Ticket, alice: User, monday: Traveller) -> None:
    actions.solve(ticket, by=alice)
    assert sweeps.close_old(MONDAY_10 + timedelta(days=13)) == 0
    assert sweeps.close_old(MONDAY_10 + timedelta(days=15)) == 1
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED
    event = Event.objects.get(kind="ticket.closed")
    assert event.actor_kind == "system"
