"""Hints to open pages: after the commit or never, small, and never in the way of a verb."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from redis import Redis

from accounts.models import User
from core import events, live
from core.actors import SYSTEM
from tests import build

pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """Hears what is published."""

    def __init__(self, url: str) -> None:
        self._subscription = Redis.from_url(url).pubsub()
        self._subscription.subscribe(live.CHANNEL)
        assert self._subscription.get_message(timeout=5)["type"] == "subscribe"

    def heard(self, batches: int = 1) -> list[dict[str, Any]]:
        """The hints of so many batches."""
        lines: list[dict[str, Any]] = []
        for _ in range(batches):
            message = self._subscription.get_message(timeout=5)
            assert message, "nothing was published"
            lines += json.loads(message["data"])
        return lines

    def nothing(self) -> bool:
        return self._subscription.get_message(timeout=0.2) is None

    def close(self) -> None:
        self._subscription.close()


@pytest.fixture
def ear(settings: Any) -> Iterator[Ear]:
    one = Ear(settings.LIVE_URL)
    yield one
    one.close()


@transaction.atomic
def said_and_rolled_back(topic: str) -> None:
    live.publish(topic, "changed")
    raise RuntimeError


def test_a_hint_leaves_with_the_commit(ear: Ear) -> None:
    with transaction.atomic():
        live.publish("ticket:1", "changed", by="user:1")
        assert ear.nothing()
    assert ear.heard() == [{"topic": "ticket:1", "kind": "changed", "by": "user:1"}]


def test_what_is_rolled_back_is_never_said(ear: Ear) -> None:
    with pytest.raises(RuntimeError):
        said_and_rolled_back("ticket:1")
    assert ear.nothing()


def test_a_savepoint_that_is_rolled_back_takes_its_hints_with_it(ear: Ear) -> None:
    with transaction.atomic():
        live.publish("ticket:1", "changed")
        with pytest.raises(RuntimeError):
            said_and_rolled_back("ticket:2")
        live.publish("ticket:3", "changed")
    assert [line["topic"] for line in ear.heard()] == ["ticket:1", "ticket:3"]
    assert ear.nothing()


def test_hints_of_one_transaction_travel_together_and_once(ear: Ear) -> None:
    with transaction.atomic():
        for topic in ("ticket:1", "inbox:all", "ticket:1"):
            live.publish(topic, "changed")
    assert [line["topic"] for line in ear.heard()] == ["ticket:1", "inbox:all"]


def test_very_many_hints_become_one(ear: Ear) -> None:
    with transaction.atomic():
        for number in range(live.MOST_AT_ONCE + 10):
            live.publish(f"ticket:{number}", "changed")
    assert ear.heard() == [{"topic": "*", "kind": "resync"}]


def test_an_event_on_a_ticket_is_told_to_its_page_and_to_the_lists(ear: Ear, alice: User) -> None:
    ticket = build.ticket()
    while not ear.nothing():
        pass  # what building it said
    with transaction.atomic():
        events.record("ticket.solved", ticket, by=alice)
    facts = {"event": "ticket.solved", "by": f"user:{alice.pk}"}
    key = f"ticket:{ticket.pk}"
    assert ear.heard() == [
        {"topic": key, "kind": "changed", **facts},
        {"topic": "inbox:all", "kind": "row", "thread": key, **facts},
    ]


def test_events_of_other_threads_are_kept_to_ourselves(ear: Ear, alice: User) -> None:
    events.record("user.profile_changed", alice, by=SYSTEM, member="Alice")
    assert ear.nothing()


def test_without_redis_the_verb_goes_on_and_nobody_waits_again_at_once(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LIVE_URL = "redis://127.0.0.1:1/2"
    monkeypatch.setitem(live._silence, "until", 0.0)
    live.redis.cache_clear()
    for _ in range(3):
        with transaction.atomic():
            live.publish("ticket:1", "changed")
    live.redis.cache_clear()
    assert caplog.text.count("were not told") == 1


def test_a_token_opens_its_topics_and_no_others() -> None:
    assert live.topics(live.token(["ticket:1", "inbox:all"])) == {"ticket:1", "inbox:all"}


@pytest.mark.parametrize("broken", ["", "nonsense", "eyJ0IjpbXX0:1:x"])
def test_a_token_that_was_not_made_here_opens_nothing(broken: str) -> None:
    with pytest.raises(live.BadToken):
        live.topics(broken)


def test_a_token_ends() -> None:
    late = live.token(["ticket:1"], for_seconds=-1)
    with pytest.raises(live.BadToken):
        live.topics(late)
    assert live.opened(late, even_late=True).until <= time.time()


def test_a_token_is_renewed_with_the_rights_of_now(client: Client, alice: User, wei: User) -> None:
    ticket = build.ticket()
    wanted = [f"ticket:{ticket.pk}", "inbox:all", f"user:{alice.pk}", "attic:1"]
    late = live.token(wanted, for_seconds=-1)
    client.force_login(alice)
    renewed = client.post("/live/token/", {"token": late}).json()["token"]
    assert live.topics(renewed) == {f"ticket:{ticket.pk}", "inbox:all", f"user:{alice.pk}"}
    client.force_login(wei)
    assert client.post("/live/token/", {"token": late}).status_code == 403
    client.logout()
    assert client.post("/live/token/", {"token": late}).status_code == 403
    assert client.post("/live/token/", {"token": "x"}).status_code == 403


def test_where_no_stream_is_served_the_page_is_told_so(client: Client) -> None:
    assert client.get("/live/", {"token": "x"}).status_code == 204
