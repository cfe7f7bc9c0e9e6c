"""What the customer writes is always taken in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import events
from core.errors import Refused
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


def test_other_words_under_the_name_of_a_delivery_are_refused(promises: None) -> None:
    ticket = build.ticket()
    first = write(ticket, "Ça va?", external_id="1")
    assert write(ticket, "C\u0327a  va?\r\n", external_id="1") == first  # the same letters, coded apart
    with pytest.raises(Refused, match=r"message\.told_otherwise") as refused:
        write(ticket, "It is broken.", external_id="1")
    assert refused.value.facts == {"number": ticket.number}
    assert ticket.messages.count() == 2


def test_of_two_different_deliveries_at_once_one_is_refused(
    together: Callable[..., list[Any]],
) -> None:
    ticket = build.ticket()
    results = together(*[lambda body=body: write(ticket, body, external_id="1") for body in "ab"])
    assert sorted(type(one).__name__ for one in results) == ["Message", "Refused"]
    assert ticket.messages.filter(external_id="1").count() == 1


def test_a_message_that_was_moved_is_known_where_it_is_now(promises: None, carol: Customer) -> None:
    """Its ticket was merged into another; the same delivery still is that message."""
    first, second = build.ticket(customer=carol), build.ticket(customer=carol)
    told = write(first, external_id="1")
    actions.merge(first, into=second, by=build.user())
    assert write(Ticket.objects.get(pk=first.pk), external_id="1") == told
