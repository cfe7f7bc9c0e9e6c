"""Somebody is ill: what they look after is shared out."""

from typing import Any

import pytest

from accounts.actions import set_away
from accounts.models import Team, User
from accounts.states import Strategy
from core import dispatch
from core.errors import Refused
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps
from tickets.actions.assignment import Shared
from tickets.models import Placement, Ticket
from tickets.states import ACTIVE, Priority, Unplaced

pytestmark = pytest.mark.usefixtures("monday", "promises")


@pytest.fixture
def team(db: None) -> Team:
    return build.team(strategy=Strategy.LEAST_BUSY, capacity=2)


@pytest.fixture
def people(team: Team) -> list[User]:
    crew = [build.user(name) for name in ("Ann", "Bo", "Cy")]
    team.members.add(*crew)
    return crew


def has(member: User, *priorities: int, **fields: Any) -> list[Ticket]:
    given = [build.ticket(priority=each, **fields) for each in priorities]
    return [actions.assign(ticket, to=member, by=member) for ticket in given]


def ill(member: User, **told: Any) -> User:
    set_away(member, starts_at=MONDAY_10, ends_at=None, by=member, **told)
    return member


def test_everything_is_shared_out_waiting_tickets_too(people: list[User], lea: User) -> None:
    ann, bo, cy = people
    tickets = has(ann, *[Priority.NORMAL] * 4)
    actions.wait(tickets[0], by=ann)
    assert actions.spread(ill(ann), by=lea) == Shared(4, 0)
    assert not ann.tickets.exists()
    assert bo.tickets.count() + cy.tickets.count() == 4
    assert {member.tickets.filter(status__in=ACTIVE).count() for member in (bo, cy)} == {1, 2}


def test_whoever_covers_gets_it_first(people: list[User], lea: User) -> None:
    ann, bo, cy = people
    has(ann, *[Priority.NORMAL] * 3)
    actions.spread(ill(ann, cover=cy), by=lea)
    assert (bo.tickets.count(), cy.tickets.count()) == (1, 2)


def test_what_nobody_can_take_waits_for_the_sweep(people: list[User], lea: User) -> None:
    ann, bo, cy = people
    has(ann, *[Priority.NORMAL] * 4, Priority.LOW)
    assert actions.spread(ill(ann), by=lea) == Shared(4, 1)
    dispatch.drain()
    waiting = Placement.objects.get(reason=Unplaced.FULL).ticket
    assert (waiting.assignee, waiting.priority) == (None, Priority.LOW)
    actions.solve(bo.tickets.all()[0], by=bo)
    assert sweeps.assign_waiting() == 1
    waiting.refresh_from_db()
    assert waiting.assignee == bo
    assert cy.tickets.count() == 2


def test_a_team_by_hand_shares_out_as_well_and_keeps_the_rest_in_its_queue(
    people: list[User], team: Team, lea: User
) -> None:
    ann = people[0]
    has(ann, *[Priority.NORMAL] * 5)
    Team.objects.update(strategy=Strategy.MANUAL)
    assert actions.spread(ill(ann), by=lea) == Shared(4, 1)
    assert Ticket.objects.filter(assignee=None, team=team).count() == 1
    assert not Placement.objects.exists()


def test_twice_changes_nothing(people: list[User], lea: User) -> None:
    ann = ill(people[0])
    assert actions.spread(ann, by=lea) == Shared(0, 0)


def test_of_somebody_who_is_there_nothing_is_taken(people: list[User], lea: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.spread(people[0], by=lea)
    assert refused.value.code == "ticket.cannot_spread"


def test_somebody_who_left_is_spread_without_an_absence(people: list[User], lea: User) -> None:
    ann = people[0]
    has(ann, Priority.NORMAL)
    User.objects.filter(pk=ann.pk).update(is_active=False)
    ann.refresh_from_db()
    assert actions.spread(ann, by=lea) == Shared(1, 0)
