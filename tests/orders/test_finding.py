"""Finding orders: one box for staff, two halves for guests, nothing for strangers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.actors import SYSTEM
from customers import actions as people
from customers.access import Portal
from customers.models import Customer
from orders import actions, queries
from orders.access import orders_for, orders_of
from orders.models import Order
from tests.orders import drafts

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    carol = people.get_or_create_customer(
        email="carol@example.com", phone="+49 30 901820", name="Carol Chen", language="en", by=SYSTEM
    )
    row = drafts.order("LH-1001", customer=carol, shop=drafts.shop(country="DE"))
    actions.record_shipment(row, carrier="DHL", tracking_number="T-900", by=SYSTEM)
    return row


@pytest.mark.parametrize("number", ["LH-1001", "lh-1001", " #lh-1001 ", "ＬＨ－１００１"])
@pytest.mark.parametrize(
    "contact", ["carol@example.com", " Carol@Example.COM", "030 901820", "+49 30 901820"]
)
def test_a_guest_finds_the_order_by_both_halves(order: Order, number: str, contact: str) -> None:
    assert queries.find_for_guest(number, contact) == order


def test_our_reference_is_a_number_too(order: Order) -> None:
    assert queries.find_for_guest(order.reference.lower(), "carol@example.com") == order


@pytest.mark.parametrize(
    ("number", "contact"),
    [
        ("LH-1001", "charlie@example.com"),
        ("LH-1001", ""),
        ("LH-1001", "030 111"),
        ("LH-100", "carol@example.com"),
        ("", "carol@example.com"),
        ("#", "carol@example.com"),
        ("LH-1001\x00", "carol@example.com\x00"),
        ("%", "carol@example.com"),
    ],
)
def test_one_half_alone_finds_nothing(order: Order, number: str, contact: str) -> None:
    assert queries.find_for_guest(number, contact) is None


def test_two_shops_may_have_the_number(order: Order) -> None:
    charlie = people.get_or_create_customer(email="charlie@example.com", language="en", by=SYSTEM)
    other = drafts.order("LH-1001", customer=charlie, shop=drafts.shop("chairs"))
    assert queries.find_for_guest("LH-1001", "carol@example.com") == order
    assert queries.find_for_guest("LH-1001", "charlie@example.com") == other


def test_a_wrong_number_asks_as_much_as_a_wrong_contact(order: Order) -> None:
    counts = []
    for number, contact in (("LH-1001", "nobody@example.com"), ("LH-9999", "carol@example.com")):
        with CaptureQueriesContext(connection) as asked:
            queries.find_for_guest(number, contact)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "text",
    [
        "LH-1001",
        "lh-10",
        "lamp-1",
        "t-900",
        "carol@example.com",
        "+49 30 901820",
        "Chen",
        "{customer}",
        "{reference}",
    ],
)
def test_staff_find_it_by_whatever_they_have(order: Order, text: str) -> None:
    drafts.order(
        "X-2",
        lines=[drafts.line("OTHER")],
        customer=people.get_or_create_customer(email="zoe@example.com", name="Zoe", language="en", by=SYSTEM),
    )
    typed = text.format(customer=order.customer.number, reference=order.reference)
    assert list(queries.matching(Order.objects.all(), typed)) == [order]


@pytest.mark.parametrize("text", ["", "  ", "#", "no-such-thing", "\x00", "%"])
def test_what_means_nothing_finds_nothing(order: Order, text: str) -> None:
    assert not queries.matching(Order.objects.all(), text)


def test_other_rooms_ask_for_keys(order: Order) -> None:
    assert queries.keys_named("lh-1001") == queries.keys_named("T-900") == [order.pk]
    assert queries.keys_named("") == queries.keys_named("lamp-1") == []


def test_searching_uses_indexes(order: Order) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = queries.matching(Order.objects.all(), "LH-1001").order_by("-placed_at", "-pk").explain()
    assert "Seq Scan" not in plan


def test_customers_see_their_own_and_what_they_opened(order: Order) -> None:
    charlie = people.get_or_create_customer(email="charlie@example.com", language="en", by=SYSTEM)
    assert list(orders_of(Portal(customer=order.customer))) == [order]
    assert list(orders_of(Portal(orders=frozenset({order.pk})))) == [order]
    assert not orders_of(Portal(customer=charlie))
    assert not orders_of(Portal())


def test_staff_see_orders_with_the_right(order: Order, alice: User, wei: User) -> None:
    assert list(orders_for(alice)) == [order]
    assert not orders_for(wei)


def test_nobody_is_no_customer(db: None) -> None:
    assert not Customer.objects.filter(pk=queries.NOBODY.pk).exists()
