"""Merges that cross each other, on real connections: exactly one ticket goes on, never none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from core.errors import Refused
from customers.models import Customer
from tests import build
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel, TicketStatus


def open_ones() -> list[Ticket]:
    return list(Ticket.objects.exclude(status=TicketStatus.CLOSED))


@pytest.mark.parametrize("turn", range(3))
def test_two_crossed_merges_leave_one(
    together: Callable[..., list[Any]], promises: None, alice: User, carol: Customer, turn: int
) -> None:
    one, other = build.ticket(customer=carol), build.ticket(customer=carol)
    outcomes = together(
        lambda: actions.merge(one, into=other, by=alice), lambda: actions.merge(other, into=one, by=alice)
    )
    (left,) = open_ones()
    assert outcomes == [left, left]


@pytest.mark.parametrize("turn", range(3))
def test_three_in_a_circle_and_what_is_written_meanwhile_end_on_one(
    together: Callable[..., list[Any]], promises: None, alice: User, carol: Customer, turn: int
) -> None:
    tickets = [build.ticket(customer=carol) for _ in range(3)]

    def merge(place: int) -> Callable[[], Any]:
        return lambda: actions.merge(tickets[place], into=tickets[(place + 1) % 3], by=alice)

    def write(place: int) -> Callable[[], Any]:
        return lambda: actions.receive(tickets[place], body="And?", by=carol, channel=Channel.EMAIL)

    outcomes = together(*map(merge, range(3)), *map(write, range(3)))
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)]
    assert len(open_ones()) == 1
    assert Message.objects.count() == 6
    call_command("rebuild_clocks", check=True)


def test_merging_and_undoing_and_writing_at_once_never_wait_for_each_other(
    together: Callable[..., list[Any]], promises: None, alice: User, carol: Customer
) -> None:
    tickets = [build.ticket(customer=carol) for _ in range(3)]

    def act(turn: int) -> Callable[[], None]:
        def work() -> None:
            for step in range(6):
                one, other = tickets[(turn + step) % 3], tickets[(turn + step + 1) % 3]
                for verb in (
                    lambda one=one, other=other: actions.merge(one, into=other, by=alice),
                    lambda one=one: actions.receive(one, body="And?", by=carol, channel=Channel.EMAIL),
                    lambda other=other: actions.unmerge(other, by=alice),
                ):
                    try:
                        verb()
                    except Refused:
                        continue

        return work

    outcomes = together(*(act(turn) for turn in range(4)))
    assert outcomes == [None] * 4
    assert open_ones()
    assert Message.objects.count() == 3 + 4 * 6
    call_command("rebuild_clocks", check=True)
