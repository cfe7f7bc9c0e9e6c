"""Many at the same moment, each on a connection of its own: even, within capacity, and never in a circle."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from accounts.actions import set_away
from accounts.models import Team, User
from accounts.states import Strategy
from core import clock, dispatch, events
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions, sweeps
from tickets.models import Placement, Ticket
from tickets.states import ACTIVE, Priority

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("promises")]

Together = Callable[..., list[Any]]
INTAKES = 100


def crew(team: Team, number: int, **fields: Any) -> list[User]:
    people = [build.user(f"Agent {team.code}{each}", **fields) for each in range(number)]
    team.members.add(*people)
    return people


def shares(people: list[User]) -> list[int]:
    return [member.tickets.filter(status__in=ACTIVE).count() for member in people]


def drain_all(together: Together, dispatchers: int = 4) -> None:
    outcomes = together(*[lambda: dispatch.drain(limit=10_000)] * dispatchers)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert not Event.objects.exclude(last_error="").exists()


@pytest.mark.parametrize("strategy", [Strategy.ROUND_ROBIN, Strategy.LEAST_BUSY])
def test_a_hundred_intakes_are_spread_evenly_while_they_come_in(
    together: Together, strategy: Strategy
) -> None:
    team = build.team(strategy=strategy, capacity=40)
    people = crew(team, 6)
    buyers = [build.customer(f"Buyer {number}") for number in range(4)]

    def intake(number: int) -> None:
        for each in range(INTAKES // 4):
            build.ticket(customer=buyers[number], external_id=f"{number}-{each}")

    def dispatcher() -> None:
        dispatch.drain(limit=10_000)

    outcomes = together(*[lambda number=number: intake(number) for number in range(4)], *[dispatcher] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    drain_all(together)
    assert sum(shares(people)) == INTAKES
    assert max(shares(people)) - min(shares(people)) <= 1
    placed = Event.objects.filter(kind="ticket.assigned")
    assert len(set(placed.values_list("thread", flat=True))) == placed.count() == INTAKES


def test_never_above_capacity_and_the_rest_waits(together: Together) -> None:
    team = build.team(strategy=Strategy.LEAST_BUSY, capacity=7)
    people = crew(team, 5)
    for _ in range(INTAKES // 2):
        build.ticket()
    drain_all(together)
    assert shares(people) == [7] * 5
    assert Placement.objects.placeable().count() == INTAKES // 2 - 35


def test_one_member_of_two_teams_stays_within_capacity(together: Together) -> None:
    teams = [
        build.team(code, is_default=False, strategy=Strategy.LEAST_BUSY, capacity=9)
        for code in ("a", "b", "c")
    ]
    people = crew(teams[0], 3)
    for team in teams[1:]:
        team.members.add(*people)
    for number in range(60):
        ticket = build.ticket()
        Ticket.objects.filter(pk=ticket.pk).update(team=teams[number % 3])
    drain_all(together, dispatchers=6)
    assert shares(people) == [9, 9, 9]


def test_sweeps_at_once_share_the_work(together: Together) -> None:
    team = build.team(strategy=Strategy.ROUND_ROBIN, capacity=0)
    people = crew(team, 4)
    for _ in range(40):
        build.ticket()
    dispatch.drain()
    Team.objects.update(capacity=9)
    outcomes = together(*[sweeps.assign_waiting] * 4)
    assert sum(outcomes) == 36
    assert shares(people) == [9] * 4
    assert Event.objects.filter(kind="ticket.assigned").count() == 36


def test_people_and_machines_never_wait_in_a_circle(together: Together) -> None:
    """Every verb that locks a ticket runs against every one that locks teams, on the same few tickets."""
    rapid = build.team(
        "a-rapid", is_default=False, is_rapid_response=True, strategy=Strategy.LEAST_BUSY, capacity=50
    )
    team = build.team("b-team", strategy=Strategy.ROUND_ROBIN, capacity=50)
    other = build.team("c-other", is_default=False, strategy=Strategy.LEAST_BUSY, capacity=50)
    people = crew(team, 3)
    rapid.members.add(*people)
    other.members.add(*reversed(people))
    ann, bo, cy = people
    set_away(cy, starts_at=clock.now(), ends_at=None, by=cy)
    tickets = [build.ticket() for _ in range(6)]

    def person(member: User) -> None:
        for ticket in tickets:
            with suppress(Refused):  # somebody was quicker
                actions.claim(ticket, by=member)
            actions.reply(ticket, body="Hello", by=member)
            actions.set_priority(ticket, priority=Priority.URGENT, by=member)
            actions.hand_over(ticket, team=other, note="Yours", by=member)
            actions.set_priority(ticket, priority=Priority.NORMAL, by=member)
            actions.assign(ticket, to=cy, team=team, by=member)

    def lead() -> None:
        for _ in range(6):
            actions.rebalance(ann, team=other, how_many=5, by=bo)
            actions.rebalance(bo, to=ann, how_many=5, by=bo)
            actions.spread(cy, by=bo)

    def machine() -> None:
        for ticket in reversed(tickets):
            actions.place(ticket, by=SYSTEM, hurry=True)
            dispatch.drain()
            sweeps.assign_waiting()

    outcomes = together(lambda: person(ann), lambda: person(bo), lead, lead, machine, machine)
    assert [outcome for outcome in outcomes if outcome is not None] == []
    dispatch.drain()
    assert not Event.objects.exclude(last_error="").exists()
    assert all(events.timeline(ticket).exists() for ticket in tickets)
