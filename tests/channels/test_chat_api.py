"""Chats for other systems."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from channels.actions import chat_desk
from channels.chat.states import ChatState
from channels.models import ChatDuty, ChatSession

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]
Headers = dict[str, str]


@pytest.fixture
def token(at_the_desk: User, ada: User) -> Headers:
    _row, secret = issue_token(at_the_desk, name="Bot", by=ada)
    return {"authorization": f"Token {secret}"}


def post(client: Client, url: str, body: Any, token: Headers) -> Any:
    return client.post(url, body, content_type="application/json", headers=token)


def at(session: ChatSession, verb: str = "") -> str:
    return f"/api/v1/chats/{session.reference}/" + (f"{verb}/" if verb else "")


def test_chats_are_listed_and_narrowed(
    begin: Begin, at_the_desk: User, token: Headers, client: Client
) -> None:
    waiting, mine = begin(), chat_desk.accept(begin(), by=at_the_desk)
    listed = client.get("/api/v1/chats/", headers=token).json()["results"]
    assert [row["reference"] for row in listed] == [str(mine.reference), str(waiting.reference)]
    found = client.get("/api/v1/chats/", {"state": "waiting"}, headers=token).json()["results"]
    assert [row["ticket"] for row in found] == [waiting.ticket.number]
    told = client.get(at(mine), headers=token).json()
    assert (told["state"], told["agent"], told["is_proven"]) == ("active", at_the_desk.email, False)


def test_taking_answering_and_reading(begin: Begin, token: Headers, client: Client) -> None:
    session = begin()
    assert post(client, at(session, "accept"), {}, token).json()["state"] == "active"
    said = {"body": "It left today.", "key": "api-key-01"}
    first, second = (post(client, at(session, "messages"), said, token) for _again in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    told = client.get(at(session, "messages"), headers=token).json()["results"]
    assert [row["body"] for row in told] == ["It left today.", "Where is my lamp?"]


def test_handing_over_ending_and_blocking(begin: Begin, lea: User, token: Headers, client: Client) -> None:
    session = begin()
    post(client, at(session, "accept"), {}, token)
    given = {"to": lea.email, "note": "Knows lamps."}
    assert post(client, at(session, "transfer"), given, token).json()["agent"] == lea.email
    assert post(client, at(session, "end"), {}, token).json()["state"] == ChatState.ENDED
    answer = post(client, at(session, "accept"), {}, token)
    assert (answer.status_code, answer.json()["code"]) == (409, "chat.ended")
    other = begin()
    assert post(client, at(other, "block"), {}, token).json()["ended_by"] == "blocked"


def test_saying_that_one_is_there(at_the_desk: User, token: Headers, client: Client) -> None:
    answer = post(client, "/api/v1/chats/available/", {"on": False, "capacity": 7}, token)
    assert (answer.json()["is_available"], answer.json()["capacity"]) == (False, 7)
    assert not ChatDuty.objects.get(member=at_the_desk).is_available


@pytest.mark.parametrize(
    "wrong", [{}, {"body": "Hi"}, {"body": "", "key": "api-key-01"}, {"body": "Hi", "key": "x"}]
)
def test_wrong_input_names_its_field(
    begin: Begin, token: Headers, client: Client, wrong: dict[str, str]
) -> None:
    answer = post(client, at(begin(), "messages"), wrong, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
