"""Order pages: what staff and customers see, and what they do not."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.actors import SYSTEM
from customers import doors
from customers.models import Customer
from orders import actions
from orders.models import Order, OrderLine
from orders.states import Direction, OrderStatus
from orders.steps import steps_of
from tests.orders import drafts

LIST = "/console/orders/"


@pytest.fixture
def order(carol: Customer) -> Order:
    row = drafts.order(
        "LH-1001", customer=carol, ship_to={"recipient": "Carol", "city": "Berlin", "country": "DE"}
    )
    parcel = actions.record_shipment(row, carrier="DHL", tracking_number="T-900", by=SYSTEM)
    actions.record_tracking(
        parcel, status="in_transit", occurred_at=drafts.PLACED, location="Leipzig", by=SYSTEM
    )
    return row


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def visit(client: Client, customer: Customer) -> Client:
    """The client signed in to the portal."""
    session = client.session
    session[doors.CUSTOMER] = customer.pk
    session.save()
    return client


# --- console ----------------------------------------------------------------------------------------


def test_the_list_shows_orders_latest_first(desk: Client, order: Order) -> None:
    drafts.order("LH-1000", placed_at=drafts.PLACED.replace(year=2025))
    page = desk.get(LIST).content.decode()
    assert page.index("LH-1001") < page.index("LH-1000")
    assert "€27.50" in page


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "lh-1001"}, True),
        ({"q": "T-900"}, True),
        ({"q": "nothing"}, False),
        ({"shop": "lamps"}, True),
        ({"status": "shipped"}, True),
        ({"status": "delivered"}, False),
        ({"show": "incomplete"}, False),
        ({"show": "returned"}, False),
        ({"status": "no-such-status"}, True),
        ({"cursor": "broken"}, True),
    ],
)
def test_the_list_is_filtered(desk: Client, order: Order, wanted: dict[str, str], found: bool) -> None:
    page = desk.get(LIST, wanted).content.decode()
    assert (f"/console/orders/{order.reference}/" in page) is found
    assert ("No order found" in page) is not found


def test_incomplete_and_returned_orders_are_found(desk: Client, order: Order) -> None:
    Order.objects.update(incomplete=True)
    OrderLine.objects.update(quantity_delivered=1, quantity_returned=1)
    assert "Incomplete" in desk.get(LIST, {"show": "incomplete"}).content.decode()
    assert order.number in desk.get(LIST, {"show": "returned"}).content.decode()


def test_the_list_is_paged_by_cursor(desk: Client) -> None:
    for number in range(51):
        drafts.order(f"N-{number}", customer=None)
    first = desk.get(LIST)
    older = first.context["page"].next
    assert len(first.context["page"]) == 50
    assert len(desk.get(LIST, {"cursor": older}).context["page"]) == 1


def test_the_list_asks_few_questions(desk: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(10):
        drafts.order(f"N-{number}")
    with django_assert_max_num_queries(7):
        desk.get(LIST)


def test_one_order_on_one_page(desk: Client, order: Order) -> None:
    page = desk.get(f"{LIST}{order.reference}/").content.decode()
    for text in ("Order LH-1001", "LAMP-1", "€27.50", "DHL T-900", "Leipzig", "Berlin", "Germany", "Carol"):
        assert text in page


def test_the_page_asks_few_questions(desk: Client, order: Order, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(14):
        desk.get(f"{LIST}{order.reference}/")


def test_an_unpaid_order_says_so(desk: Client) -> None:
    order = drafts.order(payment=None)
    page = desk.get(f"{LIST}{order.reference}/").content.decode()
    assert "Not paid yet." in page
    assert "To be paid" in page


def test_an_order_nobody_knows_is_404(desk: Client) -> None:
    assert desk.get(f"{LIST}O-1/").status_code == 404


@pytest.mark.parametrize(
    "url", ["/console/orders/{reference}/panel/", "/console/customers/{customer}/orders/"]
)
def test_panels_stand_alone_and_in_a_page(desk: Client, order: Order, url: str) -> None:
    address = url.format(reference=order.reference, customer=order.customer.number)
    part = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = desk.get(address).content.decode()
    assert "LH-1001" in part
    assert "<html" not in part
    assert "<html" in whole


def test_pages_speak_chinese(desk: Client, order: Order) -> None:
    desk.cookies["django_language"] = "zh-hans"
    assert "订单 LH-1001" in desk.get(f"{LIST}{order.reference}/").content.decode()


# --- portal -----------------------------------------------------------------------------------------


def test_customers_see_their_order(client: Client, order: Order, carol: Customer) -> None:
    visit(client, carol)
    page = client.get(f"/orders/{order.reference}/").content.decode()
    for text in ("Order LH-1001", "Lamp LAMP-1", "€27.50", "T-900", "Leipzig"):
        assert text in page
    assert "LH-1001" in client.get("/orders/").content.decode()


def test_customers_see_nothing_of_others(client: Client, order: Order, charlie: Customer) -> None:
    visit(client, charlie)
    assert client.get(f"/orders/{order.reference}/").status_code == 404
    assert "LH-1001" not in client.get("/orders/").content.decode()


def test_strangers_are_led_to_sign_in(client: Client, order: Order) -> None:
    for url in ("/orders/", f"/orders/{order.reference}/"):
        assert client.get(url).headers["Location"].startswith("/sign-in/")


def test_a_guest_opens_the_order_and_no_other(client: Client, order: Order, carol: Customer) -> None:
    other = drafts.order("LH-1002", customer=carol)
    answer = client.post("/orders/find/", {"number": "lh-1001", "contact": carol.email})
    assert answer.headers["Location"] == f"/orders/{order.reference}/"
    assert client.get(f"/orders/{order.reference}/").status_code == 200
    assert client.get(f"/orders/{other.reference}/").status_code == 404


def test_parcels_on_their_way_back_are_not_the_customers(
    client: Client, order: Order, carol: Customer
) -> None:
    actions.record_shipment(
        order, carrier="DHL", tracking_number="BACK-1", direction=Direction.RETURN, by=SYSTEM
    )
    assert "BACK-1" not in visit(client, carol).get(f"/orders/{order.reference}/").content.decode()


@pytest.mark.parametrize(
    ("status", "states"),
    [
        (OrderStatus.PLACED, ["done", "now", "next", "next"]),
        (OrderStatus.PAID, ["done", "done", "now", "next"]),
        (OrderStatus.SHIPPED, ["done", "done", "done", "now"]),
        (OrderStatus.DELIVERED, ["done", "done", "done", "done"]),
        (OrderStatus.CANCELLED, ["done", "done", "failed"]),
    ],
)
def test_the_way_of_an_order(order: Order, status: str, states: list[str]) -> None:
    order.status = status
    if status == OrderStatus.PLACED:
        order.paid_at = None
    assert [str(step.state) for step in steps_of(order)] == states
