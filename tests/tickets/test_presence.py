"""Who is here and who writes: told to colleagues, forgotten by itself."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from core import live
from tickets import presence
from tickets.models import Ticket
from tickets.presence import Doing


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    redis = live.redis()
    yield
    redis.flushdb()


def seen(ticket: Ticket, by: User) -> list[tuple[str, Doing]]:
    return [(one.member.name, one.doing) for one in presence.others(ticket, than=by)]


def test_colleagues_are_seen_and_oneself_is_not(ticket: Ticket, alice: User, lea: User) -> None:
    presence.note(ticket, Doing.LOOKING, by=alice)
    presence.note(ticket, Doing.REPLYING, by=lea)
    assert seen(ticket, alice) == [("Lea", Doing.REPLYING)]
    assert seen(ticket, lea) == [("Alice", Doing.LOOKING)]


def test_who_leaves_is_gone_at_once(ticket: Ticket, alice: User, lea: User) -> None:
    presence.note(ticket, Doing.NOTING, by=lea)
    presence.note(ticket, Doing.LEFT, by=lea)
    assert seen(ticket, alice) == []


def test_who_stops_writing_still_looks_and_who_goes_silent_is_forgotten(
    ticket: Ticket, alice: User, lea: User, monday: time_machine.Traveller
) -> None:
    presence.note(ticket, Doing.REPLYING, by=lea)
    monday.shift(presence.TYPES + 1)
    assert seen(ticket, alice) == [("Lea", Doing.LOOKING)]
    monday.shift(presence.STAYS)
    assert seen(ticket, alice) == []


def test_only_something_new_is_told(ticket: Ticket, lea: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(live, "publish", lambda topic, kind, **data: told.append((topic, kind)))
    for doing in (Doing.LOOKING, Doing.LOOKING, Doing.REPLYING, Doing.REPLYING, Doing.LEFT):
        presence.note(ticket, doing, by=lea)
    assert told == [(f"ticket:{ticket.pk}", "presence")] * 3


def test_the_page_says_it_in_words(page: Client, ticket: Ticket, lea: User, client: Client) -> None:
    presence.note(ticket, Doing.REPLYING, by=lea)
    here = f"/console/tickets/{ticket.number}/presence/"
    assert "Lea is writing a reply" in page.post(here, {"doing": "looking"}).content.decode()
    client.force_login(lea)
    shown = client.get(here).content.decode()
    assert "Alice is here" in shown
    assert "Lea" not in shown


def test_without_redis_the_page_is_there(page: Client, ticket: Ticket, settings: Any) -> None:
    settings.LIVE_URL = "redis://127.0.0.1:1/2"
    live.redis.cache_clear()
    answer = page.post(f"/console/tickets/{ticket.number}/presence/", {"doing": "replying"})
    live.redis.cache_clear()
    assert answer.status_code == 200
