"""Other systems write calendars, policies and external deadlines as administrators do on their pages."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core import dispatch
from tests import build
from tickets.models import Clock, ExternalPromise, ServiceCalendar, SlaPolicy
from tickets.states import Channel

Ask = Callable[..., Any]

WEEK: dict[str, Any] = {
    "code": "shop",
    "name_en": "Shop",
    "name_zh": "门店",
    "zone": "Asia/Shanghai",
    "weekly": {"0": [["09:00", "18:00"]]},
    "holidays": {"2026-10-01": {"en": "National Day", "zh": "国庆节"}},
}
QUICK: dict[str, Any] = {
    "name_en": "Quick",
    "name_zh": "快速",
    "order": 5,
    "calendar": "always",
    "conditions": {"field": "priority", "op": "at_least", "value": 3},
    "targets": {"resolution": {"4": 3600}},
    "ladder": [{"clock": "resolution", "offset": -600, "notify": ["leads"]}],
}
MARKET: dict[str, Any] = {
    "name_en": "Marketplace answer",
    "name_zh": "平台回复时限",
    "consequence_en": "The marketplace decides.",
    "consequence_zh": "平台介入判定。",
    "starts_on": "customer_wrote",
    "met_by": "replied",
    "calendar": "always",
    "budget": 86400,
    "conditions": {"field": "channel", "op": "is", "value": "shop"},
    "ladder": [{"offset": -3600, "notify": ["leads"]}],
}


def asking(client: Client, user: User) -> Ask:
    _row, token = issue_token(user, name="shop", by=user)

    def ask(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = client.generic(
            method,
            f"/api/v1/{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Token {token}"},
        )
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    return ask


@pytest.fixture
def ask(client: Client, ada: User, promises: None) -> Ask:
    return asking(client, ada)


def policy_of_a_ticket() -> int:
    """The policy that an urgent ticket of this moment is pinned to."""
    version = build.ticket(priority=4).policy_version
    assert version is not None
    return version.policy_id


def test_a_calendar_is_drafted_changed_published_and_switched_off(ask: Ask) -> None:
    made = ask("POST", "calendars/", WEEK, 201)
    assert (made["current"], made["draft"]["weekly"]) == (None, WEEK["weekly"])
    changed = ask("PATCH", "calendars/shop/", {"zone": "Asia/Tokyo", "name_en": "Stall"})
    assert (changed["name_en"], changed["draft"]["zone"]) == ("Stall", "Asia/Tokyo")
    assert changed["draft"]["holidays"] == WEEK["holidays"]
    published = ask("POST", "calendars/shop/publish/")
    assert (published["current"]["number"], published["draft"]) == (1, None)
    assert ask("PATCH", "calendars/shop/", {"note": "Sundays"})["draft"]["number"] == 2
    assert ask("POST", "calendars/shop/switch/", {"on": False})["is_active"] is False
    assert ask("GET", "calendars/shop/")["is_active"] is False
    assert [row["code"] for row in ask("GET", "calendars/")] == ["always", "office", "shop"]


def test_a_policy_is_drafted_changed_published_and_switched_off(ask: Ask) -> None:
    made = ask("POST", "policies/", QUICK, 201)
    path = f"policies/{made['id']}/"
    assert (made["current"], made["draft"]["calendar"]) == (None, "always")
    changed = ask("PATCH", path, {"order": 6, "calendar": "office"})
    assert (changed["order"], changed["draft"]["calendar"]) == (6, "office")
    assert changed["draft"]["targets"] == QUICK["targets"]
    assert policy_of_a_ticket() != made["id"]
    assert ask("POST", f"{path}publish/")["current"]["number"] == 1
    assert policy_of_a_ticket() == made["id"]
    assert ask("POST", f"{path}switch/", {"on": False})["is_active"] is False
    assert policy_of_a_ticket() != made["id"]
    assert ask("GET", path)["current"]["ladder"] == QUICK["ladder"]


def test_an_external_deadline_is_written_changed_and_switched(ask: Ask) -> None:
    made = ask("POST", "external-deadlines/", MARKET, 201)
    path = f"external-deadlines/{made['id']}/"
    assert (made["is_active"], made["budget"], made["ladder"][0]["clock"]) == (False, 86400, "external")
    changed = ask("PATCH", path, {"budget": 3600, "calendar": "office"})
    assert (changed["budget"], changed["calendar"], changed["name_zh"]) == (3600, "office", "平台回复时限")
    assert ask("POST", f"{path}switch/", {"on": True})["is_active"] is True
    assert ask("GET", path) == ask("GET", "external-deadlines/")[0]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("calendars/", {**WEEK, "zone": "Mars/Olympus"}, "zone"),
        ("calendars/", {**WEEK, "code": "my shop"}, "code"),
        ("calendars/", {**WEEK, "weekly": {"0": "nine to six"}}, "weekly"),
        ("calendars/", {**WEEK, "weekly": {"7": []}}, "weekly"),
        ("calendars/", {**WEEK, "weekly": 5}, "weekly"),
        ("calendars/", {**WEEK, "holidays": {"2026-10-01": "\x00"}}, "holidays"),
        ("calendars/", {**WEEK, "holidays": {"2026-10-01": {"en": "a\x00", "zh": "b"}}}, "holidays"),
        ("calendars/", {**WEEK, "extra_days": {"soon": []}}, "extra_days"),
        ("calendars/", {name: WEEK[name] for name in WEEK if name != "weekly"}, "weekly"),
        ("policies/", {**QUICK, "calendar": "moon"}, "calendar"),
        ("policies/", {**QUICK, "conditions": {"field": "mood"}}, "conditions"),
        ("policies/", {**QUICK, "targets": {"resolution": {"9": 5}}}, "targets"),
        ("policies/", {**QUICK, "targets": {}}, "targets"),
        ("policies/", {**QUICK, "ladder": [{"clock": "resolution", "offset": 0}]}, "ladder"),
        ("policies/", {**QUICK, "order": 99_999}, "order"),
        ("external-deadlines/", {**MARKET, "budget": 0}, "budget"),
        ("external-deadlines/", {**MARKET, "starts_on": "full moon"}, "starts_on"),
        ("external-deadlines/", {**MARKET, "ladder": [{"clock": "resolution", "offset": 0}]}, "ladder"),
        ("external-deadlines/", {**MARKET, "conditions": []}, "conditions"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    ask: Ask, path: str, body: dict[str, Any], field: str
) -> None:
    before = (ServiceCalendar.objects.count(), SlaPolicy.objects.count(), ExternalPromise.objects.count())
    refused = ask("POST", path, body, 400)
    assert list(refused["fields"]) == [field]
    after = (ServiceCalendar.objects.count(), SlaPolicy.objects.count(), ExternalPromise.objects.count())
    assert after == before


def test_what_the_rules_forbid_now_is_a_conflict(ask: Ask, ada: User) -> None:
    standard = SlaPolicy.objects.get(order=100).pk
    ask("POST", "calendars/", WEEK, 201)
    conflicts: list[tuple[str, str, Any, str]] = [
        ("POST", "calendars/", WEEK, "calendar.code_taken"),
        ("POST", "calendars/office/publish/", None, "calendar.no_draft"),
        ("POST", "calendars/office/switch/", {"on": False}, "calendar.in_use"),
        ("PATCH", "calendars/office/", {"weekly": {}, "extra_days": {}}, "calendar.cannot_count"),
        ("POST", f"policies/{standard}/publish/", None, "policy.no_draft"),
        ("POST", "policies/", {**QUICK, "calendar": "shop"}, "policy.calendar_not_published"),
        ("POST", "external-deadlines/", {**MARKET, "calendar": "shop"}, "policy.calendar_not_published"),
    ]
    for method, path, body, code in conflicts:
        assert ask(method, path, body, 409)["code"] == code, path
    assert not SlaPolicy.objects.filter(name_en="Quick").exists()


def test_what_is_not_there_cannot_be_changed(ask: Ask) -> None:
    for path in ("calendars/moon/", "policies/999999/", "external-deadlines/999999/"):
        ask("GET", path, None, 404)
        ask("PATCH", path, {}, 404)
        ask("POST", f"{path}switch/", {"on": True}, 404)


def test_agents_read_and_do_not_write(client: Client, alice: User, promises: None) -> None:
    ask = asking(client, alice)
    assert len(ask("GET", "policies/")) == 4
    ask("POST", "policies/", QUICK, 403)
    ask("PATCH", "calendars/office/", {}, 403)
    ask("POST", "external-deadlines/", MARKET, 403)


def test_what_is_promised_by_api_is_shown_in_words(client: Client, ask: Ask, ada: User) -> None:
    deep = {"any": [{"all": [{"not": {"all": [QUICK["conditions"], MARKET["conditions"]]}}]}]}
    made = ask("POST", "policies/", {**QUICK, "conditions": deep}, 201)
    client.force_login(ada)
    page = client.get(f"/console/policies/{made['id']}/edit/").content.decode()
    assert "not (Priority is at least High and Channel is Shop message)" in page


def test_lists_take_the_same_queries_however_many(
    client: Client, ask: Ask, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        ask("POST", "policies/", {**QUICK, "order": number}, 201)
        ask("POST", "external-deadlines/", MARKET, 201)
        ask("POST", "calendars/", {**WEEK, "code": f"shop-{number}"}, 201)
    for path, queries in (("policies/", 3), ("calendars/", 3), ("external-deadlines/", 2)):
        with django_assert_num_queries(queries):
            ask("GET", path)


def test_a_deadline_switched_on_by_api_starts_clocks(ask: Ask) -> None:
    made = ask("POST", "external-deadlines/", MARKET, 201)
    ask("POST", f"external-deadlines/{made['id']}/switch/", {"on": True})
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    assert Clock.objects.filter(ticket=ticket).exists()
