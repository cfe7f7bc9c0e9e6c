"""Guests: an order number and a contact that belong together open one order for a day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from core import events
from customers.models import Customer
from orders.models import Order
from tests import build

FIND = "/orders/find/"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def order(carol: Customer) -> Order:
    return build.order(customer=carol, number="SO-1001")


def find(client: Client, number: str = "SO-1001", contact: str = "carol@example.com", **extra: Any) -> Any:
    return client.post(FIND, {"number": number, "contact": contact}, **extra)


def opened(client: Client) -> set[str]:
    return set(client.session.get("portal_orders", {}))


@pytest.mark.parametrize(
    "contact",
    ["carol@example.com", " CAROL@example.com", "13800138000", "+86 138 0013 8000", "138-0013-8000"],
)
def test_number_and_contact_open_the_order(client: Client, order: Order, contact: str) -> None:
    answer = find(client, contact=contact)
    assert answer["Location"] == f"/orders/{order.reference}/"
    assert opened(client) == {str(order.pk)}
    event = events.history(order, kinds=["guest.admitted"]).get()
    assert (event.actor_kind, event.data) == ("system", {"number": "SO-1001"})


@pytest.mark.parametrize(
    ("number", "contact"),
    [
        ("SO-1001", "charlie@example.com"),
        ("SO-1001", "stranger@example.com"),
        ("SO-1001", "13800138001"),
        ("SO-1001", "not a contact"),
        ("SO-9999", "carol@example.com"),
        ("SO-9999", "stranger@example.com"),
    ],
)
def test_the_answer_does_not_tell_which_half_was_wrong(
    client: Client, order: Order, charlie: Customer, number: str, contact: str
) -> None:
    answer = find(client, number, contact)
    assert answer.status_code == 409
    (sentence,) = answer.context["form"].non_field_errors()
    assert sentence == (
        "We found no order for this number together with this e-mail address or phone number. "
        "Please check both; the confirmation mail of your order shows them."
    )
    assert opened(client) == set()


def test_the_answer_speaks_chinese(client: Client, order: Order) -> None:
    client.cookies["django_language"] = "zh-hans"
    assert "没有找到同时符合此订单号与此邮箱或电话的订单" in find(client, "SO-9999").text


def test_what_was_typed_is_kept(client: Client, order: Order) -> None:
    assert 'value="SO-9999"' in find(client, "SO-9999").text


def test_the_keys_change_with_the_order(client: Client, order: Order) -> None:
    client.get("/sign-in/")
    session = client.session
    session["drafts"] = ["d0"]
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    find(client)
    assert client.session.session_key != session.session_key
    assert client.session["drafts"] == ["d0"]


def test_orders_add_up_and_each_is_open_for_a_day(client: Client, carol: Customer, order: Order) -> None:
    second = build.order(customer=carol, number="SO-1002")
    with time_machine.travel(NOW, tick=False) as clock:
        find(client)
        clock.move_to(NOW + timedelta(hours=23))
        find(client, "SO-1002")
        assert opened(client) == {str(order.pk), str(second.pk)}
        clock.move_to(NOW + timedelta(hours=24))
        portal = client.get("/").wsgi_request.portal  # type: ignore[attr-defined]
        assert portal.orders == {second.pk}
        assert portal.is_known
        assert (portal.may_see_order(order), portal.may_see_order(second)) == (False, True)
        clock.move_to(NOW + timedelta(hours=47))
        assert not client.get("/").wsgi_request.portal.is_known  # type: ignore[attr-defined]


def test_one_visitor_tries_only_so_often(client: Client, order: Order) -> None:
    statuses = [find(client, f"SO-{number}").status_code for number in range(31)]
    assert statuses == [409] * 30 + [429]
    assert find(client).status_code == 429
    assert find(client, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_one_order_is_tried_only_so_often_from_everywhere(client: Client, order: Order) -> None:
    statuses = [
        find(client, spelling, f"c{n}@example.com", REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n, spelling in enumerate(
            ["SO-1001", " so-1001", "#SO 1001", "ＳＯ－1001", "so_1001."] * 2 + ["SO-1001"]
        )
    ]
    assert statuses == [409] * 10 + [429]


def test_a_customer_sees_own_orders_and_no_others(carol: Customer, charlie: Customer, order: Order) -> None:
    from customers.access import Portal

    assert Portal(customer=carol).may_see_order(order)
    assert not Portal(customer=charlie).may_see_order(order)
    assert not Portal().may_see_order(order)
    assert not Portal().is_known
