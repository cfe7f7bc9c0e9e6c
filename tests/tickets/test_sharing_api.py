"""Other systems take, hand over and share out tickets, and see who is there."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import Team, User
from accounts.states import Strategy
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("monday", "promises")
JSON = "application/json"


@pytest.fixture
def lead(lea: User) -> dict[str, str]:
    """The headers of a system that acts in Lea's name."""
    _row, text = issue_token(lea, name="planner", by=lea)
    return {"Authorization": f"Token {text}"}


@pytest.fixture
def team(alice: User, lea: User) -> Team:
    made = build.team(strategy=Strategy.LEAST_BUSY, capacity=5)
    made.members.add(alice, lea)
    return made


def test_claim(
    client: Client, ticket: Ticket, alice: User, token: dict[str, str], lead: dict[str, str]
) -> None:
    address = f"/api/v1/tickets/{ticket.number}/claim/"
    assert client.post(address, headers=token).json()["assignee"] == alice.email
    answer = client.post(address, headers=lead)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.already_taken")
    assert answer.json()["facts"]["name"] == "Alice"


def test_hand_over(client: Client, ticket: Ticket, alice: User, lea: User, token: dict[str, str]) -> None:
    actions.claim(ticket, by=alice)
    address = f"/api/v1/tickets/{ticket.number}/hand-over/"
    care = build.team("care", is_default=False)
    answer = client.post(address, {"to": lea.email, "note": ""}, headers=token, content_type=JSON)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["note"])
    answer = client.post(address, {"note": "Yours"}, headers=token, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.hand_over_to_whom")
    given = {"to": lea.email, "team": "care", "note": "Yours"}
    answer = client.post(address, given, headers=token, content_type=JSON).json()
    assert (answer["assignee"], answer["team"]) == (lea.email, care.code)
    refused = client.post(
        address, {**given, "to": alice.email, "team": None}, headers=token, content_type=JSON
    )
    assert refused.status_code == 200, "taking it oneself is allowed"
    actions.assign(ticket, to=lea, by=lea)
    other = build.user("Bo")
    refused = client.post(address, {**given, "to": other.email}, headers=token, content_type=JSON)
    assert refused.status_code == 403


def test_teams_with_their_load(
    client: Client, team: Team, alice: User, token: dict[str, str], lead: dict[str, str]
) -> None:
    actions.claim(build.ticket(), by=alice)
    assert client.get("/api/v1/teams/", headers=token).status_code == 403
    (found,) = client.get("/api/v1/teams/", headers=lead).json()
    assert (found["code"], found["strategy"], found["unassigned"]) == ("support", "least_busy", 0)
    assert found["members"][0] == {
        "email": alice.email,
        "name": "Alice",
        "presence": "on_duty",
        "until": None,
        "capacity": 5,
        "open": 1,
        "waiting": 0,
        "late": 0,
        "due_in_an_hour": 1,
        "languages": ["en"],
        "skills": [],
    }


def test_rebalance_and_spread(
    client: Client, team: Team, alice: User, lea: User, token: dict[str, str], lead: dict[str, str]
) -> None:
    for _ in range(3):
        actions.claim(build.ticket(), by=alice)
    move = {"member": alice.email, "to": lea.email, "how_many": 1}
    assert (
        client.post("/api/v1/members/rebalance/", move, headers=token, content_type=JSON).status_code == 403
    )
    answer = client.post("/api/v1/members/rebalance/", move, headers=lead, content_type=JSON)
    assert answer.json() == {"moved": 1, "left": 0}
    spread = {"member": alice.email}
    answer = client.post("/api/v1/members/spread/", spread, headers=lead, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket.cannot_spread")
    away = {"member": alice.email, "starts_at": MONDAY_10.isoformat()}
    client.post("/api/v1/absences/", away, headers=lead, content_type=JSON)
    answer = client.post("/api/v1/members/spread/", spread, headers=lead, content_type=JSON)
    assert answer.json() == {"moved": 2, "left": 0}
    answer = client.post("/api/v1/members/spread/", {"member": "x@y.z"}, headers=lead, content_type=JSON)
    assert answer.json()["message"] == "member: Nobody with this address works on tickets."


def test_absences(
    client: Client, alice: User, lea: User, token: dict[str, str], lead: dict[str, str]
) -> None:
    away = {"starts_at": MONDAY_10.isoformat(), "ends_at": (MONDAY_10 + timedelta(days=4)).isoformat()}
    answer = client.post("/api/v1/absences/", {**away, "cover": lea.email}, headers=token, content_type=JSON)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["member"], made["cover"]) == (alice.email, lea.email)
    answer = client.post("/api/v1/absences/", {**away, "ends_at": None}, headers=token, content_type=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "user.already_away")
    others = {**away, "member": lea.email}
    assert client.post("/api/v1/absences/", others, headers=token, content_type=JSON).status_code == 403
    theirs = client.post("/api/v1/absences/", others, headers=lead, content_type=JSON).json()
    listed = [row["id"] for row in client.get("/api/v1/absences/", headers=token).json()["results"]]
    assert listed == [made["id"]]
    everybody = [row["id"] for row in client.get("/api/v1/absences/", headers=lead).json()["results"]]
    assert everybody == [theirs["id"], made["id"]]
    back = "/api/v1/absences/{}/come-back/"
    assert client.post(back.format(theirs["id"]), headers=token).status_code == 404
    assert client.post(back.format(made["id"]), headers=lead).status_code == 204
    assert client.get("/api/v1/absences/", headers=token).json()["results"] == []
