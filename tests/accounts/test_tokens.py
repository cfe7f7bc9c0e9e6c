"""API tokens: issued once, kept as a hash, acting as their member, worthless when revoked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts import actions, rules
from accounts.api import TokenAuthentication
from accounts.models import ApiToken, User
from accounts.rights import Role
from core import events
from core.actors import SYSTEM
from core.errors import Refused
from tests import build

Together = Callable[..., list[Any]]

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def sent(header: str) -> tuple[User, ApiToken] | None:
    request = APIRequestFactory().get("/api/v1/tickets/", headers={"Authorization": header})
    return TokenAuthentication().authenticate(Request(request))


# --- issuing -----------------------------------------------------------------------------------------


def test_only_a_hash_is_kept(alice: User) -> None:
    token, text = actions.issue_token(alice, name="shop", by=alice)
    assert text.startswith("as_")
    assert text not in str(ApiToken.objects.values().get(pk=token.pk))
    assert token.digest == rules.token_digest(text)
    assert text.startswith(token.prefix)
    assert len(text) >= len(token.prefix) + 30


def test_issuing_is_told_without_the_text(alice: User, ada: User) -> None:
    token, text = actions.issue_token(alice, name="shop", by=ada)
    event = events.history(token).get()
    assert (event.kind, event.actor_name) == ("api_token.issued", "Ada")
    assert event.data == {"name": "shop", "member": "Alice"}
    assert text not in str(event.data)


def test_nobody_acts_in_the_name_of_a_member_who_left(db: None) -> None:
    gone = build.user(is_active=False)
    with pytest.raises(Refused) as refused:
        actions.issue_token(gone, name="shop", by=SYSTEM)
    assert refused.value.code == "api_token.member_inactive"


def test_the_command_prints_the_token_and_nothing_else(alice: User) -> None:
    out = StringIO()
    call_command("create_api_token", alice.email.upper(), "--name", "warehouse", stdout=out)
    found = sent(f"Token {out.getvalue().strip()}")
    assert found is not None
    assert (found[0], found[1].name) == (alice, "warehouse")


def test_the_command_says_when_nobody_has_the_address(db: None) -> None:
    with pytest.raises(CommandError, match=r"nobody@example\.com"):
        call_command("create_api_token", "nobody@example.com")


def test_the_command_refuses_a_member_who_left(db: None) -> None:
    gone = build.user("Gone", is_active=False)
    with pytest.raises(CommandError, match="Gone"):
        call_command("create_api_token", gone.email)


# --- proving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("keyword", ["Token", "Bearer", "token"])
def test_a_token_acts_as_its_member(alice: User, keyword: str) -> None:
    _token, text = actions.issue_token(alice, name="shop", by=alice)
    found = sent(f"{keyword} {text}")
    assert found is not None
    assert found[0] == alice


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Tokens abc"])
def test_other_ways_of_proving_are_not_ours(db: None, header: str) -> None:
    assert sent(header) is None


@pytest.mark.parametrize("text", ["", "as_wrong", "as_" + "x" * 5000, "as_żółw".encode().decode("latin-1")])
def test_an_unknown_token_is_refused(alice: User, text: str) -> None:
    with pytest.raises(exceptions.AuthenticationFailed):
        sent(f"Token {text}")


def test_a_revoked_token_is_worthless(alice: User) -> None:
    token, text = actions.issue_token(alice, name="shop", by=alice)
    actions.revoke_token(token, by=alice)
    with pytest.raises(exceptions.AuthenticationFailed):
        sent(f"Token {text}")


def test_the_token_of_a_member_who_left_is_worthless(alice: User) -> None:
    _token, text = actions.issue_token(alice, name="shop", by=alice)
    User.objects.update(is_active=False)
    with pytest.raises(exceptions.AuthenticationFailed):
        sent(f"Token {text}")


def test_use_is_noted_at_most_once_a_minute(alice: User) -> None:
    token, text = actions.issue_token(alice, name="shop", by=alice)
    with time_machine.travel(NOW, tick=False) as clock:
        noted = []
        for seconds in (0, 59, 61):
            clock.move_to(NOW + timedelta(seconds=seconds))
            sent(f"Token {text}")
            token.refresh_from_db()
            noted.append(token.last_used_at)
    assert noted == [NOW, NOW, NOW + timedelta(seconds=61)]


# --- revoking ----------------------------------------------------------------------------------------


def test_revoking_twice_changes_nothing(alice: User) -> None:
    token, _text = actions.issue_token(alice, name="shop", by=alice)
    first = actions.revoke_token(token, by=alice).revoked_at
    assert actions.revoke_token(token, by=alice).revoked_at == first
    assert [event.kind for event in events.history(token)] == ["api_token.issued", "api_token.revoked"]


def test_revoking_at_the_same_time_is_told_once(together: Together, alice: User) -> None:
    token, _text = actions.issue_token(alice, name="shop", by=alice)
    together(*[lambda: actions.revoke_token(token, by=alice)] * 5)
    assert events.history(token, kinds=["api_token.revoked"]).count() == 1


# --- the page ----------------------------------------------------------------------------------------


def test_the_page_shows_a_new_token_once(client: Client, ada: User, alice: User) -> None:
    client.force_login(ada)
    answer = client.post("/console/tokens/issue/", {"user": alice.pk, "name": "shop"})
    token = ApiToken.objects.get()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    shown = answer.context["issued"]
    assert shown in answer.text
    assert rules.token_digest(shown) == token.digest
    assert shown not in client.get("/console/tokens/").text


def test_the_page_revokes(client: Client, ada: User, alice: User) -> None:
    token, _text = actions.issue_token(alice, name="shop", by=ada)
    client.force_login(ada)
    answer = client.post(f"/console/tokens/{token.pk}/revoke/", follow=True)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "shop" in answer.text


def test_the_form_offers_no_member_who_left(client: Client, ada: User) -> None:
    gone = build.user("Gone", is_active=False)
    client.force_login(ada)
    answer = client.post("/console/tokens/issue/", {"user": gone.pk, "name": "shop"})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_see_tokens(client: Client, db: None, role: Role) -> None:
    client.force_login(build.user(role=role))
    assert client.get("/console/tokens/").status_code == 403
    assert client.post("/console/tokens/issue/").status_code == 403
    assert client.post("/console/tokens/1/revoke/").status_code == 403
