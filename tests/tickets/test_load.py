"""The load picture and the verbs on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.actions import set_away
from accounts.models import Skill, Team, User
from accounts.rules import Duty
from accounts.states import Presence, Strategy
from core import dispatch
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, load
from tickets.roster import Load

pytestmark = pytest.mark.usefixtures("monday", "promises")
FRIDAY = MONDAY_10 + timedelta(days=4)


@pytest.fixture
def team(db: None) -> Team:
    return build.team(strategy=Strategy.LEAST_BUSY, capacity=4, name_en="Service")


@pytest.fixture
def ann(team: Team) -> User:
    member = build.user("Ann", shifts={"0": [["09:00", "18:00"]]}, time_zone="Asia/Shanghai", speaks=["en"])
    member.skills.add(Skill.objects.create(code="lamps", name_en="Lamps", name_zh="灯具"))
    team.members.add(member)
    return member


@pytest.fixture
def bo(team: Team) -> User:
    member = build.user("Bo", capacity=9)
    team.members.add(member)
    return member


@pytest.fixture
def desk(client: Client, lea: User) -> Client:
    client.force_login(lea)
    return client


def test_what_each_has_and_where_they_are(
    team: Team, ann: User, bo: User, wei: User, monday: Traveller
) -> None:
    team.members.add(wei)
    late, soon, waiting, calm = (actions.assign(build.ticket(), to=ann, by=ann) for _ in range(4))
    for ticket, hours in ((late, -1), (soon, 1), (calm, 9)):
        type(ticket).objects.filter(pk=ticket.pk).update(due_at=MONDAY_10 + timedelta(hours=hours))
    actions.wait(waiting, by=ann)
    type(waiting).objects.filter(pk=waiting.pk).update(due_at=None)
    set_away(bo, starts_at=MONDAY_10, ends_at=FRIDAY, by=bo)
    (found,) = load.of_teams(MONDAY_10)
    first, second = found.places
    assert (first.member, second.member) == (ann, bo)
    assert first.load == Load(open=3, waiting=1, late=1, soon=1)
    assert (first.capacity, second.capacity) == (4, 9)
    assert first.duty == Duty(Presence.ON_DUTY, MONDAY_10 + timedelta(hours=8))
    assert second.duty == Duty(Presence.AWAY, FRIDAY)
    assert (found.open, found.capacity) == (3, 4)
    assert (first.tone, second.tone) == ("good", "good")


def test_what_nobody_has_and_why(team: Team, bo: User) -> None:
    User.objects.filter(pk=bo.pk).update(capacity=0)
    build.ticket()
    dispatch.drain()
    build.ticket()
    (found,) = load.of_teams(MONDAY_10)
    assert found.unassigned == {"full": 1, "": 1}
    assert found.reasons == [("Everybody who could take it has enough to do", 1)]


def test_the_page_costs_the_same_however_many_members(
    desk: Client, team: Team, ann: User, django_assert_num_queries: Any
) -> None:
    def look() -> str:
        return desk.get("/console/load/").text

    look()
    with django_assert_num_queries(7):
        assert "Ann" in look()
    for number in range(12):
        member = build.user(f"Agent {number}")
        team.members.add(member)
        build.team(f"team{number}", is_default=False).members.add(member, ann)
    with django_assert_num_queries(7):
        assert "Agent 11" in look()


def test_the_page_shows_shift_skill_and_load(desk: Client, ann: User, bo: User) -> None:
    actions.assign(build.ticket(), to=ann, by=ann)
    text = desk.get("/console/load/").text
    for words in ("Service", "Lamps", "1 of 4", "0 of 9", "On duty", "Least busy"):
        assert words in text


def test_a_lead_sets_somebody_away_and_shares_out_with_one_click(desk: Client, ann: User, bo: User) -> None:
    actions.assign(build.ticket(), to=ann, by=ann)
    address = f"/console/load/{ann.pk}/away/"
    assert "Covered by" in desk.get(address).text
    answer = desk.post(address, {"starts_at": "2026-11-23T01:00", "spread": "1"}, follow=True)
    assert "1 ticket moved." in answer.text
    assert "Out of office" in answer.text
    assert bo.tickets.count() == 1


def test_away_alone_leaves_the_tickets_until_they_are_shared_out(desk: Client, ann: User, bo: User) -> None:
    actions.assign(build.ticket(), to=ann, by=ann)
    answer = desk.post(f"/console/load/{ann.pk}/away/", {"starts_at": "2026-11-23T01:00"}, follow=True)
    assert "Ann is noted as out of office." in answer.text
    assert f"/console/load/{ann.pk}/spread/" in answer.text
    answer = desk.post(f"/console/load/{ann.pk}/spread/", follow=True)
    assert "1 ticket moved." in answer.text
    answer = desk.post(f"/console/load/{ann.pk}/come-back/", follow=True)
    assert "Ann is back." in answer.text
    assert not ann.absences.current(MONDAY_10).exists()


def test_a_wrong_absence_changes_nothing(desk: Client, ann: User, bo: User) -> None:
    actions.assign(build.ticket(), to=ann, by=ann)
    wrong = {"starts_at": "2026-11-23T01:00", "ends_at": "2026-11-22T01:00", "spread": "1"}
    answer = desk.post(f"/console/load/{ann.pk}/away/", wrong)
    assert answer.status_code == 409
    assert "has to end after it begins" in answer.text
    assert ann.tickets.count() == 1
    assert desk.post(f"/console/load/{ann.pk}/away/", {}).status_code == 422


def test_sharing_out_of_somebody_who_is_there_is_refused(desk: Client, ann: User) -> None:
    answer = desk.post(f"/console/load/{ann.pk}/spread/", follow=True)
    assert "Ann is not out of office." in answer.text


def test_a_lead_moves_some(desk: Client, ann: User, bo: User) -> None:
    for _ in range(3):
        actions.assign(build.ticket(), to=ann, by=ann)
    address = f"/console/load/{ann.pk}/rebalance/"
    assert "How many" in desk.get(address).text
    answer = desk.post(address, {"how_many": 2, "to": bo.pk}, follow=True)
    assert "2 tickets moved." in answer.text
    assert bo.tickets.count() == 2
    User.objects.filter(pk=bo.pk).update(capacity=2)
    answer = desk.post(address, {"how_many": 1, "to": bo.pk, "oldest": "1"}, follow=True)
    assert "0 tickets moved. 1 found nobody with room." in answer.text


def test_moving_needs_a_number_and_a_receiver(desk: Client, ann: User) -> None:
    address = f"/console/load/{ann.pk}/rebalance/"
    assert "Say who is to get it" in desk.post(address, {"how_many": 2}).text
    assert desk.post(address, {"how_many": 0}).status_code == 422
    assert desk.get("/console/load/0/rebalance/").status_code == 404


def test_an_agent_does_not_see_it(page: Client) -> None:
    assert page.get("/console/load/").status_code == 403
