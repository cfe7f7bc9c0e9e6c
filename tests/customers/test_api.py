"""Customers for other systems: look up with a token, see what its member may see."""

from typing import Any

import pytest
from django.test import Client

from accounts import actions as staff
from accounts.models import User
from customers import actions
from customers.models import Customer, Tier
from tests import build

LIST = "/api/v1/customers/"


def signed(member: User) -> dict[str, str]:
    _token, text = staff.issue_token(member, name="test", by=member)
    return {"Authorization": f"Token {text}"}


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_is_newest_first_and_paged(
    client: Client, alice: User, carol: Customer, charlie: Customer
) -> None:
    headers = signed(alice)
    first = client.get(LIST, {"page_size": 1}, headers=headers)
    second = client.get(first.json()["next"], headers=headers)
    assert numbers(first) + numbers(second) == [charlie.number, carol.number]
    assert second.json()["next"] is None


@pytest.mark.parametrize(
    "wanted", [{"q": "carol@example.com"}, {"q": "138-0013-8000"}, {"tier": "gold"}, {"country": "de"}]
)
def test_the_list_is_filtered(
    client: Client, alice: User, carol: Customer, charlie: Customer, wanted: dict[str, str]
) -> None:
    gold = Tier.objects.create(code="gold", rank=3, name_en="Gold", name_zh="黄金会员")
    actions.edit(carol, tier=gold, country="DE", by=alice)
    assert numbers(client.get(LIST, wanted, headers=signed(alice))) == [carol.number]


def test_one_customer_with_everything(client: Client, alice: User, carol: Customer) -> None:
    answer = client.get(f"{LIST}{carol.number}/", headers=signed(alice)).json()
    assert (answer["name"], answer["language"], answer["tier"]) == ("Carol Chen", "en", None)
    assert answer["contact_points"][0] == {
        "kind": "email",
        "value": "carol@example.com",
        "is_primary": True,
        "verified_at": None,
    }
    assert answer["addresses"] == []


def test_an_unknown_number_is_404_in_the_envelope(client: Client, alice: User) -> None:
    answer = client.get(f"{LIST}C-1/", headers=signed(alice))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_without_a_token_it_is_401(client: Client, carol: Customer) -> None:
    answer = client.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Token"


def test_with_a_wrong_token_it_is_401(client: Client, carol: Customer) -> None:
    answer = client.get(LIST, headers={"Authorization": "Token as_wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_without_the_right_it_is_403(client: Client, wei: User, carol: Customer) -> None:
    headers = signed(wei)
    for path in (LIST, f"{LIST}{carol.number}/"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_nothing_is_changed_here(client: Client, alice: User, carol: Customer) -> None:
    answer = client.delete(f"{LIST}{carol.number}/", headers=signed(alice))
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_the_cost_of_the_list_does_not_grow(
    client: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    headers = signed(alice)
    for number in range(30):
        build.customer(f"Customer {number}")
    with django_assert_max_num_queries(8):
        client.get(LIST, headers=headers)
