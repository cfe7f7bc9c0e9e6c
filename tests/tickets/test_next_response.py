"""Every time a customer writes again after an answer, the next answer is owed by a clock of its own."""

from datetime import timedelta

from time_machine import Traveller

from accounts.models import User
from core.actors import SYSTEM
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Clock, Ticket
from tickets.states import Channel, ClockKind, ClockState


def write(ticket: Ticket) -> None:
    actions.receive(ticket, body="And now?", by=ticket.customer, channel=Channel.PORTAL)


def owed(ticket: Ticket) -> list[Clock]:
    return list(ticket.clocks.filter(kind=ClockKind.NEXT_RESPONSE).order_by("pk"))


def test_before_the_first_response_only_that_is_owed(ticket: Ticket) -> None:
    write(ticket)
    assert owed(ticket) == []


def test_a_message_after_an_answer_starts_it(ticket: Ticket, alice: User, monday: Traveller) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    monday.shift(timedelta(hours=1))
    write(ticket)
    [clock] = owed(ticket)
    assert (clock.state, clock.started_at) == (ClockState.RUNNING, MONDAY_10 + timedelta(hours=1))
    assert clock.due_at == MONDAY_10 + timedelta(hours=5)
    ticket.refresh_from_db()
    assert ticket.due_at == clock.due_at


def test_writing_again_does_not_start_it_again(ticket: Ticket, alice: User, monday: Traveller) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    write(ticket)
    monday.shift(timedelta(hours=1))
    write(ticket)
    assert [clock.started_at for clock in owed(ticket)] == [MONDAY_10]


def test_a_person_meets_it_and_the_next_message_owes_the_next(
    ticket: Ticket, alice: User, monday: Traveller
) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    write(ticket)
    actions.reply(ticket, body="An automatic line", by=SYSTEM)
    assert owed(ticket)[0].state == ClockState.RUNNING
    monday.shift(timedelta(hours=1))
    actions.reply(ticket, body="Here it is", by=alice)
    write(ticket)
    first, second = owed(ticket)
    assert (first.state, first.fulfilled_at) == (ClockState.FULFILLED, MONDAY_10 + timedelta(hours=1))
    assert (second.state, second.turn) == (ClockState.RUNNING, 2)


def test_a_solved_ticket_owes_no_answer(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    write(ticket)
    actions.solve(ticket, by=alice)
    assert owed(ticket)[0].state == ClockState.CANCELLED
