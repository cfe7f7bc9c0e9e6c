"""Connections: made, changed, tried and paused by administrators, on pages and by other systems."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels.models import Connection
from core import events
from tests.channels import wires

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Lamps on the market",
    "slug": "market",
    "channel": "shop",
    "language": "en",
    "address": "https://market.example/answers",
    "at_id": "message.id",
    "at_sender": "from.id",
    "at_text": "message.text",
}


@pytest.fixture
def browser_of_ada(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def test_a_new_connection_shows_its_secret_once(browser_of_ada: Client) -> None:
    answer = browser_of_ada.post(reverse("console:connection-new"), TYPED)
    row = Connection.objects.get()
    page = answer.content.decode()
    assert row.tell("secret") in page
    assert "no-store" in answer["Cache-Control"]
    assert "/api/v1/channels/market/inbound/" in page
    assert row.tell("secret") not in row.secrets
    again = browser_of_ada.get(reverse("console:connection", args=["market"])).content.decode()
    assert row.tell("secret") not in again


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "http://market.example/"}, "https://"),
        ({"at_sender": ""}, "This path is needed."),
        ({"at_text": "message..text"}, "full stops between them"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    browser_of_ada: Client, fields: dict[str, str], said: str
) -> None:
    answer = browser_of_ada.post(reverse("console:connection-new"), {**TYPED, **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "market" in answer.content.decode()
    assert not Connection.objects.exists()


def test_a_name_in_addresses_is_there_once(browser_of_ada: Client) -> None:
    wires.connect(slug="market")
    answer = browser_of_ada.post(reverse("console:connection-new"), TYPED)
    assert answer.status_code == 409
    assert "market" in answer.content.decode()


def test_a_sample_shows_what_it_becomes_and_keeps_nothing(browser_of_ada: Client) -> None:
    sample = json.dumps({"message": {"id": "m-1", "text": "Hello there"}, "from": {}})
    answer = browser_of_ada.post(
        reverse("console:connection-new"), {**TYPED, "sample": sample, "preview": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Hello there" in page
    assert "There is nothing at this path, and it is needed." in page
    assert not Connection.objects.exists()


def test_it_is_changed_and_its_secret_stays(browser_of_ada: Client) -> None:
    row = wires.connect(slug="market")
    typed = {**TYPED, "name": "Another name", "at_name": "from.name"}
    assert browser_of_ada.post(reverse("console:connection-edit", args=["market"]), typed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.mapping["name"], row.tell("secret")) == ("Another name", "from.name", wires.SECRET)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("wechat", {"account": "wx1", "token": "t", "app_secret": "s"}),
        ("whatsapp", {"account": "106", "verify_token": "w", "app_secret": "s", "access_token": "a"}),
    ],
)
def test_each_kind_has_secrets_of_its_own(browser_of_ada: Client, kind: str, fields: dict[str, str]) -> None:
    url = f"{reverse('console:connection-new')}?kind={kind}"
    typed = {"name": kind, "slug": kind, "channel": "social", "language": "en", **fields}
    assert browser_of_ada.post(url, typed).status_code == 302
    row = Connection.objects.get()
    assert (row.kind, row.account, row.tell("app_secret")) == (kind, fields["account"], "s")
    page = browser_of_ada.get(reverse("console:connection-edit", args=[kind])).content.decode()
    assert "app_secret" not in page


def test_a_key_of_wrong_length_is_said(browser_of_ada: Client) -> None:
    url = f"{reverse('console:connection-new')}?kind=wechat"
    typed = {"name": "w", "slug": "w", "channel": "social", "language": "en", "account": "wx1"}
    answer = browser_of_ada.post(url, {**typed, "token": "t", "app_secret": "s", "aes_key": "short"})
    assert "43" in answer.content.decode()


def test_secrets_are_rotated_and_shown_once(browser_of_ada: Client) -> None:
    row = wires.connect()
    answer = browser_of_ada.post(reverse("console:connection-rotate", args=[row.slug]))
    row.refresh_from_db()
    assert row.tell("secret") != wires.SECRET
    assert row.tell("secret") in answer.content.decode()


def test_it_is_tried_and_paused(browser_of_ada: Client) -> None:
    with wires.other_side(lambda asked: wires.told({})) as side:
        row = wires.connect(address=side.url)
        browser_of_ada.post(reverse("console:connection-test", args=[row.slug]))
        assert side.asked[0].json == {"type": "test"}
    browser_of_ada.post(reverse("console:connection-test", args=[row.slug]))
    browser_of_ada.post(reverse("console:connection-pause", args=[row.slug]))
    row.refresh_from_db()
    assert not row.is_active
    browser_of_ada.post(reverse("console:connection-pause", args=[row.slug]), {"on": "1"})
    kinds = [event.kind for event in events.timeline(row)]
    assert kinds == [
        "connection.made",
        "connection.tested",
        "connection.tested",
        "connection.paused",
        "connection.resumed",
    ]


def test_the_api_does_the_same(browser_of_ada: Client) -> None:
    told: dict[str, Any] = {
        "kind": "generic",
        "slug": "market",
        "name": "Market",
        "channel": "shop",
        "mapping": {"id": "id", "sender": "from"},
    }
    url = reverse("api:connections")

    def send(method: str, to: str, data: Any) -> Any:
        return getattr(browser_of_ada, method)(to, json.dumps(data), content_type="application/json")

    made = send("post", url, told)
    assert made.status_code == 201
    assert made.json()["secret"] == Connection.objects.get().tell("secret")
    assert send("post", url, told).status_code == 409
    wrong = send("post", url, {**told, "slug": "b", "mapping": {"id": "a..b"}})
    assert (wrong.status_code, set(wrong.json()["fields"])) == (400, {"mapping.id", "mapping.sender"})
    one = reverse("api:connection", args=["market"])
    assert send("patch", one, {"name": "Bazaar"}).json()["name"] == "Bazaar"
    assert Connection.objects.get().mapping == told["mapping"]
    sample = {"sample": '{"id": "1"}'}
    seen = send("post", reverse("api:connection-preview", args=["market"]), sample).json()
    assert (seen["is_good"], seen["messages"][0][0]["value"]) == (False, "1")
    assert (
        send("post", reverse("api:connection-pause", args=["market"]), {"on": False}).json()["is_active"]
        is False
    )
    assert send("post", reverse("api:connection-test", args=["market"]), {}).status_code == 409
    fresh = send("post", reverse("api:connection-rotate", args=["market"]), {}).json()["secret"]
    assert fresh == Connection.objects.get().tell("secret") != made.json()["secret"]


def test_only_administrators_are_let_in(client: Client, lea: User) -> None:
    wires.connect()
    client.force_login(lea)
    assert client.get(reverse("console:connections")).status_code == 403
    assert client.get(reverse("api:connections")).status_code == 403
