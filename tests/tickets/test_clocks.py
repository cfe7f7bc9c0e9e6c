"""A clock can explain its deadline and be rebuilt from its log."""

from datetime import timedelta

from time_machine import Traveller

from accounts.models import User
from tests.tickets.conftest import MONDAY_10
from tickets import actions, clocks
from tickets.models import Ticket
from tickets.states import ClockKind


def test_the_explanation_ends_at_the_deadline(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(hours=2))
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=3))
    actions.resume(ticket, by=alice)
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    told = clocks.explain(resolution)
    assert told.due == resolution.due_at
    assert told.pauses == ((MONDAY_10 + timedelta(hours=2), MONDAY_10 + timedelta(hours=5)),)
    assert sum(segment.seconds for segment in told.segments) == resolution.budget.total_seconds()
    assert [event.due_at for event in resolution.events.all()][-1] == told.due


def test_a_standing_clock_tells_what_is_left(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(hours=2))
    actions.wait(ticket, by=alice)
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    told = clocks.explain(resolution)
    assert (told.due, told.left) == (None, resolution.left)


def test_pausing_again_and_again_loses_nothing(ticket: Ticket, alice: User, monday: Traveller) -> None:
    for _ in range(20):
        actions.wait(ticket, by=alice)
        monday.shift(timedelta(minutes=7, seconds=13))
        actions.resume(ticket, by=alice)
        monday.shift(timedelta(minutes=11))
    resolution = ticket.clocks.get(kind=ClockKind.RESOLUTION)
    assert clocks.explain(resolution).due == resolution.due_at
    assert resolution.due_at == MONDAY_10 + timedelta(days=3) + 20 * timedelta(minutes=7, seconds=13)
