"""What the customer writes is always taken in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import events
from core.models import Event
from customers.models import Customer
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel, ClockKind, ClockState, TicketStatus


def write(ticket: Ticket, body: str = "Any news?", external_id: str = "") -> Message:
    return actions.receive(
        ticket, body=body, by=ticket.customer, channel=Channel.EMAIL, external_id=external_id
    )


@pytest.mark.parametrize("status", [TicketStatus.NEW, TicketStatus.OPEN])
def test_a_message_leaves_an_active_ticket_as_it_is(promises: None, status: TicketStatus) -> None:
    ticket = build.ticket(status=status)
    message = write(ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_message_by) == (status, "customer")
    event = events.timeline(ticket).last()
    assert event is not None
    assert (event.kind, event.public, event.data["message"]) == ("message.received", True, message.pk)


@pytest.mark.parametrize("status", [TicketStatus.PENDING_CUSTOMER, TicketStatus.PENDING_THIRD_PARTY])
def test_a_message_opens_a_waiting_ticket_and_its_clock_runs_on(
    monday: Traveller, promises: None, status: TicketStatus
) -> None:
    ticket = build.ticket(status=status)
    monday.shift(timedelta(hours=2))
    write(ticket)
    ticket.refresh_from_db()
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert (ticket.status, resolution.state) == (TicketStatus.OPEN, ClockState.RUNNING)
    assert resolution.due_at == MONDAY_10 + timedelta(days=3, hours=2)


def test_a_message_reopens_a_solved_ticket_in_a_new_cycle(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.reply(ticket, body="Done", by=alice)
    actions.solve(ticket, by=alice)
    monday.shift(timedelta(hours=1))
    write(ticket, "It broke again")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.cycle, ticket.solved_at) == (TicketStatus.OPEN, 2, None)
    clocks = {(clock.kind, clock.cycle): clock for clock in ticket.clocks.all()}
    assert set(clocks) == {("first_response", 1), ("resolution", 1), ("resolution", 2), ("next_response", 2)}
    assert clocks["resolution", 1].state == ClockState.FULFILLED
    assert clocks["resolution", 2].started_at == MONDAY_10 + timedelta(hours=1)
    assert ticket.due_at == clocks["next_response", 2].due_at
    kinds = [event.kind for event in events.timeline(ticket)]
    assert kinds[-2:] == ["message.received", "ticket.reopened"]


def test_whoever_was_never_answered_is_owed_a_first_response_again(ticket: Ticket, alice: User) -> None:
    actions.solve(ticket, by=alice)
    write(ticket)
    assert set(ticket.clocks.filter(cycle=2).values_list("kind", flat=True)) == {
        "first_response",
        "resolution",
    }


def test_a_message_to_a_closed_ticket_opens_a_follow_up(promises: None, carol: Customer) -> None:
    closed = build.ticket(customer=carol, status=TicketStatus.CLOSED)
    message = write(closed, "And another thing", "<2@mail>")
    follow_up = message.ticket
    assert follow_up.follow_up_of == closed
    assert (follow_up.customer, follow_up.subject, follow_up.status) == (carol, closed.subject, "new")
    assert follow_up.clocks.count() == 2
    closed.refresh_from_db()
    assert (closed.status, closed.messages.count()) == (TicketStatus.CLOSED, 1)
    opened = Event.objects.filter(kind="ticket.opened").latest("pk")
    assert opened.data["follow_up_of"] == closed.number


def test_a_second_message_joins_the_follow_up(promises: None) -> None:
    closed = build.ticket(status=TicketStatus.CLOSED)
    first, second = write(closed, "One"), write(closed, "Two")
    assert first.ticket == second.ticket
    actions.solve(first.ticket, by=build.user())
    assert write(closed, "Three").ticket == first.ticket


def test_the_same_delivery_again_is_one_message(promises: None) -> None:
    for status in (TicketStatus.OPEN, TicketStatus.SOLVED, TicketStatus.CLOSED):
        ticket = build.ticket(status=status)
        first = write(ticket, external_id=f"<{status}@mail>")
        count = Event.objects.count()
        assert write(ticket, external_id=f"<{status}@mail>") == first
        assert Event.objects.count() == count


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_deliveries_are_one_message(promises: None) -> None:
    ticket = build.ticket(status=TicketStatus.CLOSED)
    together = Barrier(20)

    def deliver(_: int) -> int:
        try:
            together.wait(timeout=30)
            return write(ticket, external_id="<1@mail>").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=20) as pool:
        assert len(set(pool.map(deliver, range(20)))) == 1
    assert Message.objects.filter(external_id="<1@mail>").count() == 1
    assert Ticket.objects.filter(follow_up_of=ticket).count() == 1
