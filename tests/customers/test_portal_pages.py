"""The front page and the account: for strangers, guests and customers, in both languages."""

import pytest
from django.test import Client

from core import events
from customers.models import Address, Customer


@pytest.fixture
def at_home(client: Client, carol: Customer) -> Client:
    """Carol's browser, signed in."""
    session = client.session
    session["portal_customer"] = carol.pk
    session.save()
    return client


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["What can we do for you?", "Find my order", "Sign in with a code", "Order number"]),
        ("zh-hans", ["有什么可以帮您？", "查找我的订单", "用验证码登录", "订单号"]),
    ],
)
def test_a_stranger_finds_every_way(client: Client, db: None, language: str, words: list[str]) -> None:
    client.cookies["django_language"] = language
    text = client.get("/").text
    for word in words:
        assert word in text


def test_a_guest_is_offered_the_requests_of_the_order(client: Client, db: None) -> None:
    session = client.session
    session["portal_orders"] = {"7": 9e9}
    session.save()
    assert "Requests about the order you have opened are here." in client.get("/").text


def test_a_customer_is_offered_all_requests(at_home: Client) -> None:
    text = at_home.get("/").text
    assert "What you have told us" in text
    assert "Sign in with a code" not in text


def test_the_account_tells_what_we_know(at_home: Client, carol: Customer) -> None:
    Address.objects.create(customer=carol, recipient="C. Chen", country="DE", city="Berlin", lines="Allee 1")
    text = at_home.get("/account/").text
    for word in (carol.number, "carol@example.com", "13800138000", "Allee 1"):
        assert word in text


def test_a_customer_changes_name_and_language(at_home: Client, carol: Customer) -> None:
    answer = at_home.post("/account/", {"name": "陈小美", "language": "zh-hans"}, follow=True)
    carol.refresh_from_db()
    assert (carol.name, carol.language) == ("陈小美", "zh-hans")
    assert at_home.cookies["django_language"].value == "zh-hans"
    assert "账号信息已保存。" in answer.text
    event = events.timeline(carol).last()
    assert event is not None
    assert (event.kind, event.actor_kind, event.actor_id) == ("customer.edited", "customer", carol.pk)


def test_wrong_input_changes_nothing(at_home: Client, carol: Customer) -> None:
    answer = at_home.post("/account/", {"name": "x" * 201, "language": "klingon"})
    assert answer.status_code == 422
    carol.refresh_from_db()
    assert carol.name == "Carol Chen"


@pytest.mark.parametrize(("method", "door"), [("get", "/sign-in/?next="), ("post", "/sign-in/")])
def test_strangers_and_guests_have_no_account(client: Client, db: None, method: str, door: str) -> None:
    """Whoever read a page comes back to it; where a form was sent to there may be no page."""
    session = client.session
    session["portal_orders"] = {"7": 9e9}
    session.save()
    assert getattr(client, method)("/account/")["Location"].startswith(door)


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(client: Client, db: None) -> None:
    answer = client.get("/account/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/sign-in/"
