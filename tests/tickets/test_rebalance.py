"""A lead moves tickets from one to others, as far as there is room."""

from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import Team, User
from accounts.states import Strategy
from core import events
from core.errors import Refused
from core.words import event as sentence
from tests import build
from tickets import actions
from tickets.actions.assignment import Shared
from tickets.models import Ticket
from tickets.states import Priority, TicketStatus

pytestmark = pytest.mark.usefixtures("promises")


@pytest.fixture
def team(db: None) -> Team:
    return build.team(strategy=Strategy.LEAST_BUSY, capacity=3)


@pytest.fixture
def people(team: Team) -> list[User]:
    crew = [build.user(name) for name in ("Ann", "Bo", "Cy")]
    team.members.add(*crew)
    return crew


def has(member: User, *priorities: int, **fields: Any) -> list[Ticket]:
    given = [build.ticket(priority=each, **fields) for each in priorities]
    return [actions.assign(ticket, to=member, by=member) for ticket in given]


def test_the_most_urgent_go_to_a_colleague(people: list[User], lea: User) -> None:
    ann, bo, _cy = people
    low, urgent, high = has(ann, Priority.LOW, Priority.URGENT, Priority.HIGH)
    assert actions.rebalance(ann, to=bo, how_many=2, by=lea) == Shared(2, 0)
    assert set(bo.tickets.all()) == {urgent, high}
    assert set(ann.tickets.all()) == {low}
    event = events.timeline(urgent).last()
    assert event is not None
    assert sentence(event) == "Lea shared the ticket out to Bo"


def test_or_the_oldest(people: list[User], lea: User, monday: Traveller) -> None:
    ann, bo, _cy = people
    (old,) = has(ann, Priority.LOW)
    monday.shift(60)
    has(ann, Priority.URGENT)
    actions.rebalance(ann, to=bo, how_many=1, oldest=True, by=lea)
    assert set(bo.tickets.all()) == {old}


def test_nobody_gets_more_than_they_have_room_for(people: list[User], lea: User) -> None:
    ann, bo, _cy = people
    has(ann, *[Priority.NORMAL] * 5)
    has(bo, Priority.NORMAL)
    assert actions.rebalance(ann, to=bo, how_many=5, by=lea) == Shared(2, 3)
    assert bo.tickets.count() == 3


def test_a_team_shares_them_evenly(people: list[User], team: Team, lea: User) -> None:
    ann, bo, cy = people
    has(ann, *[Priority.NORMAL] * 5)
    assert actions.rebalance(ann, team=team, how_many=4, by=lea) == Shared(4, 0)
    assert [member.tickets.count() for member in (ann, bo, cy)] == [1, 2, 2]


def test_only_those_that_are_to_be_done_now_are_moved(people: list[User], lea: User) -> None:
    ann, bo, _cy = people
    (waiting,) = has(ann, Priority.NORMAL)
    actions.wait(waiting, by=ann)
    assert actions.rebalance(ann, to=bo, how_many=9, by=lea) == Shared(0, 0)


def test_to_oneself_or_to_nobody(people: list[User], lea: User, wei: User) -> None:
    ann = people[0]
    has(ann, Priority.NORMAL)
    assert actions.rebalance(ann, to=ann, how_many=1, by=lea) == Shared(0, 0)
    for to, code in ((None, "ticket.hand_over_to_whom"), (wei, "ticket.assignee_cannot_work")):
        with pytest.raises(Refused) as refused:
            actions.rebalance(ann, to=to, how_many=1, by=lea)
        assert refused.value.code == code
    assert ann.tickets.get().status == TicketStatus.NEW
