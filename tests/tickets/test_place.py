"""Tickets find somebody by themselves: whose turn it is, who can, and what happens when nobody can."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.actions import set_away
from accounts.models import Skill, Team, User
from accounts.rights import Role
from accounts.states import Strategy
from core import clock, dispatch, events
from core.actors import SYSTEM
from core.words import event as sentence
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps, tasks
from tickets.models import Placement, RoutingRule, Ticket
from tickets.states import Priority, TicketStatus, TicketType, Unplaced

pytestmark = pytest.mark.usefixtures("monday", "promises")


def crew(*names: str, team: Team, **fields: Any) -> list[User]:
    people = [build.user(name, **fields) for name in names]
    team.members.add(*people)
    return people


@pytest.fixture
def team(db: None) -> Team:
    return build.team(strategy=Strategy.ROUND_ROBIN)


def opened(**fields: Any) -> Ticket:
    """A ticket as it is when the worker has seen it."""
    ticket = build.ticket(**fields)
    dispatch.drain()
    return Ticket.objects.get(pk=ticket.pk)


def last(ticket: Ticket) -> str:
    found = events.timeline(ticket).last()
    assert found is not None
    return sentence(found)


def test_in_turn_whoever_waited_longest_is_next(team: Team, monday: Traveller) -> None:
    people = crew("Ann", "Bo", "Cy", team=team)
    got = []
    for _ in range(7):
        monday.shift(60)
        got.append(opened().assignee)
    assert got == [*people, *people, people[0]]


def test_least_busy_gets_it_and_waiting_tickets_do_not_count(team: Team, monday: Traveller) -> None:
    Team.objects.update(strategy=Strategy.LEAST_BUSY)
    ann, bo = crew("Ann", "Bo", team=team)
    for _ in range(2):
        actions.assign(build.ticket(), to=ann, by=SYSTEM)
    for _ in range(3):
        actions.wait(actions.assign(build.ticket(), to=bo, by=SYSTEM), by=SYSTEM)
    Placement.objects.all().delete()
    ticket = build.ticket()
    placed = actions.place(ticket, by=SYSTEM, arriving=True)
    assert placed.assignee == bo
    assert last(ticket) == "Given to Bo, who had the fewest open (1 of 20)"


def test_the_timeline_says_why_in_both_languages(team: Team) -> None:
    crew("Ann", team=team)
    ticket = opened()
    assert last(ticket) == "Given to Ann, whose turn it was (1 of 20)"
    event = events.timeline(ticket).last()
    assert event is not None
    assert (event.kind, event.actor_kind, event.public) == ("ticket.assigned", "system", False)
    assert event.data["automatic"] == {"strategy": "round_robin", "load": 1, "capacity": 20}


def test_a_team_by_hand_is_left_alone(team: Team) -> None:
    Team.objects.update(strategy=Strategy.MANUAL)
    crew("Ann", team=team)
    ticket = opened()
    assert ticket.assignee is None
    assert [event.kind for event in events.timeline(ticket)] == ["ticket.opened"]
    assert not Placement.objects.exists()


def test_a_ticket_somebody_took_already_stays_theirs(team: Team, alice: User) -> None:
    crew("Ann", team=team)
    ticket = build.ticket()
    actions.claim(ticket, by=alice)
    dispatch.drain()
    ticket.refresh_from_db()
    assert ticket.assignee == alice


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"shifts": {"6": [["09:00", "18:00"]]}}, Unplaced.OFF_DUTY),
        ({"speaks": ["zh-hans"]}, Unplaced.LANGUAGE),
        ({"capacity": 0}, Unplaced.FULL),
        ({"role": Role.FINANCE}, Unplaced.NO_MEMBERS),
        ({"is_active": False}, Unplaced.NO_MEMBERS),
    ],
)
def test_nobody_fits_and_the_reason_is_kept(team: Team, fields: dict[str, Any], reason: Unplaced) -> None:
    crew("Ann", team=team, **fields)
    ticket = opened()
    assert ticket.assignee is None
    assert Placement.objects.get(ticket=ticket).reason == reason
    assert last(ticket) == f"Waits in the queue of support: {reason.label}"
    assert sweeps.assign_waiting() == 0
    assert events.timeline(ticket).filter(kind="ticket.queued").count() == 1


def test_whoever_is_away_gets_nothing(team: Team) -> None:
    ann, bo = crew("Ann", "Bo", team=team)
    set_away(ann, starts_at=MONDAY_10, ends_at=None, by=ann)
    assert [opened().assignee for _ in range(2)] == [bo, bo]


def test_the_sweep_tries_again_when_a_shift_begins(team: Team, monday: Traveller) -> None:
    (ann,) = crew("Ann", team=team, shifts={"0": [["11:00", "18:00"]]}, time_zone="Asia/Shanghai")
    ticket = opened()
    assert tasks.assign_waiting() == 0
    monday.shift(timedelta(hours=1))
    assert tasks.assign_waiting() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == ann
    assert not Placement.objects.exists()
    assert tasks.assign_waiting() == 0


def test_the_sweep_gives_the_most_urgent_as_far_as_there_is_room(team: Team) -> None:
    (ann,) = crew("Ann", team=team, capacity=0)
    low, high, normal = (opened(priority=each) for each in (Priority.LOW, Priority.HIGH, Priority.NORMAL))
    User.objects.filter(pk=ann.pk).update(capacity=2)
    assert sweeps.assign_waiting() == 2
    assert set(ann.tickets.values_list("pk", flat=True)) == {high.pk, normal.pk}
    actions.solve(high, by=ann)
    assert sweeps.assign_waiting() == 1
    low.refresh_from_db()
    assert low.assignee == ann


def test_what_waits_for_a_language_nobody_has_does_not_stand_in_the_way(team: Team) -> None:
    crew("Ann", team=team, capacity=0, speaks=["en"])
    for _ in range(3):
        opened(language="zh-hans", priority=Priority.HIGH)
    ticket = opened(language="en")
    User.objects.update(capacity=5)
    assert sweeps.assign_waiting() == 1
    ticket.refresh_from_db()
    assert ticket.assignee is not None


def test_what_was_taken_by_hand_waits_no_longer(team: Team, alice: User) -> None:
    crew("Ann", team=team, capacity=0)
    ticket = opened()
    actions.claim(ticket, by=alice)
    User.objects.update(capacity=5)
    assert sweeps.assign_waiting() == 0
    actions.assign(ticket, to=None, by=alice)
    assert sweeps.assign_waiting() == 0


def test_a_sweep_without_anything_waiting_costs_two_statements(
    team: Team, django_assert_num_queries: Any
) -> None:
    crew("Ann", "Bo", team=team)
    for _ in range(3):
        opened()
    with django_assert_num_queries(2):
        assert sweeps.assign_waiting() == 0


# --- routing -----------------------------------------------------------------------------------------


def rule(team: Team, order: int = 10, *skills: Skill, **leaf: Any) -> RoutingRule:
    made = RoutingRule.objects.create(
        name_en=f"to {team.code}", name_zh=f"去 {team.code}", order=order, team=team, conditions=leaf
    )
    made.skills.add(*skills)
    return made


COMPLAINTS = {"field": "type", "op": "is", "value": TicketType.COMPLAINT}


def test_the_first_rule_that_applies_chooses_the_team(team: Team) -> None:
    crew("Ann", team=team)
    care = build.team("care", is_default=False, strategy=Strategy.LEAST_BUSY)
    (bo,) = crew("Bo", team=care)
    rule(team, 20)
    rule(care, 10, **COMPLAINTS)
    ticket = opened(type=TicketType.COMPLAINT)
    assert (ticket.team, ticket.assignee) == (care, bo)
    assert last(ticket) == "Given to Bo, who had the fewest open (1 of 20), by the rule “to care”"
    assert opened().team == team


def test_a_rule_that_is_switched_off_chooses_nothing(team: Team) -> None:
    care = build.team("care", is_default=False)
    made = rule(care)
    RoutingRule.objects.filter(pk=made.pk).update(is_active=False)
    assert opened().team == team


def test_a_rule_leads_to_a_queue_taken_by_hand(team: Team) -> None:
    care = build.team("care", is_default=False)
    rule(care)
    ticket = opened()
    assert (ticket.team, ticket.assignee) == (care, None)
    assert last(ticket) == "Waits in the queue of care"


def test_whoever_gets_it_has_the_skills_the_rule_asks_for(team: Team, monday: Traveller) -> None:
    lamps = Skill.objects.create(code="lamps", name_en="Lamps", name_zh="灯具")
    ann, bo = crew("Ann", "Bo", team=team)
    bo.skills.add(lamps)
    rule(team, 10, lamps)
    assert [opened().assignee for _ in range(3)] == [bo, bo, bo]
    bo.skills.clear()
    ticket = opened()
    assert Placement.objects.get(ticket=ticket).reason == Unplaced.SKILLS
    ann.skills.add(lamps)
    assert sweeps.assign_waiting() == 1
    ticket.refresh_from_db()
    assert ticket.assignee == ann


def test_a_team_that_is_given_a_ticket_finds_somebody(team: Team, lea: User) -> None:
    crew("Ann", team=team)
    care = build.team("care", is_default=False, strategy=Strategy.LEAST_BUSY)
    (bo,) = crew("Bo", team=care)
    ticket = opened()
    actions.assign(ticket, to=None, team=care, by=lea)
    dispatch.drain()
    ticket.refresh_from_db()
    assert (ticket.team, ticket.assignee) == (care, bo)


def test_a_ticket_taken_from_everybody_stays_so(team: Team, lea: User) -> None:
    crew("Ann", team=team)
    ticket = opened()
    actions.assign(ticket, to=None, by=lea)
    dispatch.drain()
    assert sweeps.assign_waiting() == 0
    ticket.refresh_from_db()
    assert ticket.assignee is None


# --- urgent ------------------------------------------------------------------------------------------


@pytest.fixture
def rapid(team: Team) -> Team:
    return build.team("rapid", is_default=False, is_rapid_response=True, strategy=Strategy.LEAST_BUSY)


def test_urgent_tickets_go_to_the_rapid_response_team(team: Team, rapid: Team) -> None:
    crew("Ann", team=team)
    (rae,) = crew("Rae", team=rapid)
    ticket = opened(priority=Priority.URGENT)
    assert (ticket.team, ticket.assignee) == (rapid, rae)


def test_an_urgent_ticket_takes_anybody_before_it_waits(team: Team, rapid: Team) -> None:
    (ann,) = crew("Ann", team=team)
    crew("Rae", team=rapid, capacity=0)
    ticket = opened(priority=Priority.URGENT)
    assert (ticket.team, ticket.assignee) == (team, ann)
    User.objects.update(capacity=0)
    waiting = opened(priority=Priority.URGENT)
    assert (waiting.team, waiting.assignee) == (rapid, None)
    assert Placement.objects.get(ticket=waiting).reason == Unplaced.FULL


def test_becoming_urgent_moves_a_ticket_even_from_its_assignee(team: Team, rapid: Team, lea: User) -> None:
    (ann,) = crew("Ann", team=team)
    (rae,) = crew("Rae", team=rapid, capacity=1)
    first, second = opened(), opened()
    assert first.assignee == second.assignee == ann
    for ticket in (first, second):
        actions.set_priority(ticket, priority=Priority.URGENT, by=lea)
        dispatch.drain()
        ticket.refresh_from_db()
    assert (first.team, first.assignee) == (rapid, rae)
    assert (second.team, second.assignee) == (team, ann), "nobody has room there: better Ann than nobody"


def test_the_rapid_response_team_keeps_what_it_has(rapid: Team, lea: User) -> None:
    rae, _ray = crew("Rae", "Ray", team=rapid)
    ticket = opened()
    actions.assign(ticket, to=rae, by=lea)
    actions.set_priority(ticket, priority=Priority.URGENT, by=lea)
    dispatch.drain()
    ticket.refresh_from_db()
    assert ticket.assignee == rae


# --- coming back -------------------------------------------------------------------------------------


def test_a_reopened_ticket_goes_to_its_assignee_unless_they_are_away(team: Team) -> None:
    ann, bo = crew("Ann", "Bo", team=team)
    kept, moved = opened(), opened()
    assert (kept.assignee, moved.assignee) == (ann, bo)
    for ticket in (kept, moved):
        actions.solve(ticket, by=SYSTEM)
    set_away(bo, starts_at=MONDAY_10, ends_at=None, by=bo)
    for ticket in (kept, moved):
        actions.receive(ticket, body="Still broken.", channel="portal", by=ticket.customer)
        dispatch.drain()
        ticket.refresh_from_db()
        assert (ticket.status, ticket.assignee) == (TicketStatus.OPEN, ann)


def test_a_ticket_without_a_team_is_left_alone() -> None:
    ticket = opened()
    assert (ticket.team, ticket.assignee) == (None, None)
    assert clock.now() == MONDAY_10
