"""Orders for other systems: brought in once, looked up, followed by their parcels."""

from typing import Any

import pytest
from django.test import Client

from accounts import actions as staff
from accounts.models import User
from core.models import Event
from customers.models import ContactPoint
from orders.models import Order, OrderLine, Shop, TrackingEvent
from tests.orders import drafts

LIST = "/api/v1/orders/"


def signed(member: User) -> dict[str, str]:
    _token, text = staff.issue_token(member, name="test", by=member)
    return {"Authorization": f"Token {text}"}


@pytest.fixture
def shop(db: None) -> Shop:
    return drafts.shop()


@pytest.fixture
def shop_system(ada: User) -> Client:
    return Client(headers=signed(ada))


def told(**fields: Any) -> dict[str, Any]:
    return {
        "number": "W-1",
        "customer": {"email": "Carol@Example.com", "name": "Carol Chen", "language": "en"},
        "placed_at": "2026-03-08T14:30:00+01:00",
        "lines": [
            {"sku": "LAMP-1", "title": "Desk lamp", "quantity": 2, "unit_price": "24.90"},
            {"sku": "BULB-1", "title": "Bulb", "quantity": 1, "unit_price": "5", "discount": "0.50"},
        ],
        "payment": {"gateway": "sandbox", "external_id": "pay-1", "method": "card"},
        **fields,
    }


def post(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.post(url, body, content_type="application/json")


def test_an_order_comes_in_with_exact_amounts(shop_system: Client, shop: Shop) -> None:
    body = told(
        shipping="4.90", discounts=[{"amount": "5.00", "source": "coupon"}], ship_to={"city": "Berlin"}
    )
    answer = post(shop_system, LIST, body)
    assert answer.status_code == 201
    order = answer.json()
    assert (order["number"], order["shop"], order["status"]) == ("W-1", "lamps", "paid")
    assert [order[name] for name in ("goods", "discount", "shipping", "paid")] == [
        "54.80",
        "5.50",
        "4.90",
        "54.20",
    ]
    assert [(line["discount"], line["paid"]) for line in order["lines"]] == [
        ("4.59", "45.21"),
        ("0.91", "4.09"),
    ]
    assert order["payments"][0]["captured"] == "54.20"
    assert (order["ship_to"], order["currency"]) == ({"city": "Berlin"}, "EUR")
    assert ContactPoint.objects.get().normalized == "carol@example.com"


def test_the_same_order_again_is_200_and_changes_nothing(shop_system: Client, shop: Shop) -> None:
    first = post(shop_system, LIST, told())
    again = post(shop_system, LIST, told())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 2)
    assert Event.objects.filter(kind="order.placed").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"shipping": "1"},
        {"placed_at": "2026-03-09T14:30:00Z"},
        {"customer": {"email": "charlie@example.com"}},
        {"lines": [{"sku": "LAMP-1", "title": "Desk lamp", "quantity": 2, "unit_price": "24.90"}]},
    ],
)
def test_another_content_under_the_number_is_409(shop_system: Client, shop: Shop, change: dict) -> None:
    post(shop_system, LIST, told())
    answer = post(shop_system, LIST, told(**change))
    assert answer.status_code == 409
    assert answer.json()["code"] == "order.differs"
    assert OrderLine.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"shop": "chairs"}, "shop"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "XXQ"}, "currency"),
        ({"placed_at": "yesterday"}, "placed_at"),
        ({"customer": {"name": "Nobody"}}, "customer"),
        ({"customer": {"email": "carol"}}, "customer.email"),
        ({"lines": []}, "lines"),
        ({"lines": [{"sku": "A", "title": "A", "quantity": 0, "unit_price": "1"}]}, "lines.0.quantity"),
        ({"lines": [{"sku": "A", "title": "A", "quantity": 1, "unit_price": "-1"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "A", "title": "A", "quantity": 1, "unit_price": "free"}]}, "lines.0.unit_price"),
        ({"lines": [{"sku": "A\x00", "title": "A", "quantity": 1, "unit_price": "1"}]}, "lines.0.sku"),
        ({"lines": [{"sku": "A", "title": "A", "quantity": 1, "unit_price": "1.001"}]}, ""),
    ],
)
def test_wrong_input_is_400_and_names_the_field(
    shop_system: Client, shop: Shop, change: dict, field: str
) -> None:
    answer = post(shop_system, LIST, told(**change))
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert not Order.objects.exists()


def test_what_the_arithmetic_forbids_is_409(shop_system: Client, shop: Shop) -> None:
    answer = post(shop_system, LIST, told(discounts=[{"amount": "500"}]))
    assert (answer.status_code, answer.json()["code"]) == (409, "order.discount_above_price")


def test_with_several_shops_one_has_to_be_named(shop_system: Client, shop: Shop) -> None:
    drafts.shop("chairs")
    assert "shop" in post(shop_system, LIST, told()).json()["fields"]
    assert post(shop_system, LIST, told(shop="chairs")).json()["shop"] == "chairs"


def test_an_order_may_come_in_unpaid_and_be_paid_later(shop_system: Client, shop: Shop) -> None:
    unpaid = post(shop_system, LIST, told(payment=None)).json()
    assert (unpaid["status"], unpaid["paid"], unpaid["payments"]) == ("placed", "0.00", [])
    paid = post(shop_system, LIST, told())
    assert (paid.status_code, paid.json()["status"], paid.json()["paid"]) == (200, "paid", "54.30")


def test_the_list_is_latest_first_and_filtered(shop_system: Client, shop: Shop) -> None:
    first = drafts.order("#1001")
    second = drafts.order("1002", shop=drafts.shop("chairs"), placed_at=drafts.PLACED.replace(day=2))

    def numbers(**wanted: str) -> list[str]:
        return [row["number"] for row in shop_system.get(LIST, wanted).json()["results"]]

    assert numbers() == ["1002", "#1001"]
    assert numbers(number="1001") == ["#1001"]
    assert numbers(customer=second.customer.number) == ["1002"]
    assert numbers(shop="chairs") == ["1002"]
    assert numbers(status="paid", placed_after="2026-03-02T00:00:00Z") == ["1002"]
    assert numbers(placed_before="2026-03-02T00:00:00Z") == ["#1001"]
    assert numbers(q="lamp-1") == ["1002", "#1001"]
    assert numbers(incomplete="true") == []
    page = shop_system.get(LIST, {"page_size": 1}).json()
    assert shop_system.get(page["next"]).json()["results"][0]["reference"] == first.reference


def test_a_parcel_and_its_news(shop_system: Client, shop: Shop) -> None:
    order = drafts.order()
    url = f"{LIST}{order.reference}/shipments/"
    body = {"carrier": "DHL", "tracking_number": "T-1", "lines": [{"position": 1, "quantity": 2}]}
    first, again = post(shop_system, url, body), post(shop_system, url, body)
    assert (first.status_code, again.status_code) == (201, 200)
    parcel = first.json()
    assert (parcel["status"], parcel["lines"]) == (
        "pending",
        [{"position": 1, "sku": "LAMP-1", "quantity": 2}],
    )
    news = f"{url}{parcel['id']}/events/"
    event = {"status": "delivered", "occurred_at": "2026-03-11T09:00:00Z", "location": "Berlin", "id": "e-1"}
    late = {"status": "in_transit", "occurred_at": "2026-03-10T09:00:00Z", "id": "e-0"}
    answers = [post(shop_system, news, each) for each in (event, event, late)]
    assert [each.status_code for each in answers] == [201, 200, 201]
    assert answers[-1].json()["status"] == "delivered"
    assert TrackingEvent.objects.count() == 2
    assert [each["status"] for each in shop_system.get(news).json()["results"]] == ["in_transit", "delivered"]
    assert len(shop_system.get(url).json()["results"]) == 1
    detail = shop_system.get(f"{LIST}{order.reference}/").json()
    assert detail["lines"][0]["quantity_delivered"] == 2
    assert detail["shipments"][0]["tracking_events"][1]["location"] == "Berlin"


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"carrier": "DHL"}, "invalid", 400),
        ({"tracking_number": "T-1", "lines": [{"position": 9, "quantity": 1}]}, "order.no_such_line", 409),
        ({"tracking_number": "T-1", "lines": [{"position": 1, "quantity": 9}]}, "shipment.too_many", 409),
    ],
)
def test_parcels_that_cannot_be(shop_system: Client, shop: Shop, body: dict, code: str, status: int) -> None:
    order = drafts.order()
    answer = post(shop_system, f"{LIST}{order.reference}/shipments/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_order_nobody_knows_is_404(shop_system: Client, shop: Shop) -> None:
    assert shop_system.get(f"{LIST}O-1/").status_code == 404
    assert post(shop_system, f"{LIST}O-1/shipments/", {"tracking_number": "T"}).status_code == 404


def test_who_may_read_may_not_bring_in(client: Client, alice: User, shop: Shop) -> None:
    client = Client(headers=signed(alice))
    assert client.get(LIST).status_code == 200
    assert post(client, LIST, told()).status_code == 403


def test_the_list_asks_few_questions(
    shop_system: Client, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        drafts.order(str(number))
    with django_assert_max_num_queries(6):
        shop_system.get(LIST)
