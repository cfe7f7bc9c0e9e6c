"""Orders that were not paid with money alone: each part is a payment of its own."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from core.errors import Refused
from orders import rules
from orders.drafts import DiscountDraft, PaymentDraft, TenderDraft
from orders.models import Order, Payment
from tests import build
from tests.orders import drafts
from tests.orders.test_api import post, signed, told

POINTS = TenderDraft("points", 300, gateway="club", external_id="pt-1", units=3000)
COUPON = TenderDraft("coupon", 250)


def parts(order: Order) -> list[tuple[Any, ...]]:
    return list(order.payments.order_by("pk").values_list("tender", "captured", "gateway", "external_id"))


@pytest.mark.django_db
def test_money_is_the_rest_of_what_was_paid() -> None:
    order = drafts.order(payment=PaymentDraft("card", "pay-1", tenders=(POINTS, COUPON)))
    assert parts(order) == [
        ("money", 2200, "card", "pay-1"),
        ("points", 300, "club", "pt-1"),
        ("coupon", 250, "manual", "lamps:1001:coupon:2"),
    ]
    assert order.payments.get(tender="points").units == 3000
    assert [row.in_kind for row in order.payments.order_by("pk")] == [False, True, True]


@pytest.mark.django_db
def test_what_was_paid_with_points_alone_has_no_money() -> None:
    order = drafts.order(payment=PaymentDraft(tenders=(TenderDraft("points", 2750),)))
    assert [tender for tender, *_rest in parts(order)] == ["points"]
    assert order.paid == 2750


@pytest.mark.django_db
@pytest.mark.parametrize("amount", [0, -1, 2751])
def test_tenders_cannot_pay_more_than_the_order(amount: int) -> None:
    with pytest.raises(Refused, match=r"order\.tenders_above_total"):
        drafts.order(payment=PaymentDraft(tenders=(TenderDraft("coupon", amount),)))
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_a_gift_card_pays_one_order() -> None:
    card = TenderDraft("gift_card", 100, gateway="cards", external_id="gc-1")
    drafts.order("1", payment=PaymentDraft(tenders=(card,)))
    with pytest.raises(Refused, match=r"order\.payment_taken"):
        drafts.order("2", payment=PaymentDraft(tenders=(card,)))
    with pytest.raises(Refused, match=r"order\.payment_taken"):
        drafts.order(
            "3", payment=PaymentDraft("cards", "gc-2", tenders=(TenderDraft("coupon", 1, "cards", "gc-2"),))
        )


@pytest.mark.django_db
def test_a_payment_told_later_brings_its_tenders() -> None:
    carol = build.customer()
    drafts.order(customer=carol, payment=None)
    order = drafts.order(customer=carol, payment=PaymentDraft("card", "pay-1", tenders=(POINTS,)))
    assert [(tender, captured) for tender, captured, *_rest in parts(order)] == [
        ("money", 2450),
        ("points", 300),
    ]
    assert (order.paid, order.status) == (2750, "paid")


@pytest.mark.django_db
def test_the_database_knows_the_tenders() -> None:
    drafts.order()
    with pytest.raises(IntegrityError, match="payment_tender_known"), transaction.atomic():
        Payment.objects.update(tender="shells")


def test_tenders_by_api(ada: User) -> None:
    drafts.shop()
    points = {"tender": "points", "amount": "5.00", "units": 500}
    body = told(payment={"gateway": "card", "external_id": "p-9", "tenders": [points]})
    answer = post(Client(headers=signed(ada)), "/api/v1/orders/", body)
    assert answer.status_code == 201, answer.json()
    known = [(each["tender"], each["units"], each["captured"]) for each in answer.json()["payments"]]
    assert known == [("money", None, "49.30"), ("points", 500, "5.00")]
    body = told(number="W-2", payment={"tenders": [{**points, "amount": "5.001"}]})
    assert post(Client(headers=signed(ada)), "/api/v1/orders/", body).status_code == 400


MALL = DiscountDraft(30, tiers=((100, 10), (200, 30)))


@pytest.mark.django_db
def test_a_discount_keeps_its_terms() -> None:
    lines = [drafts.line(unit_price=120), drafts.line("B", unit_price=100, gift_value=5, gift_with=0)]
    order = drafts.order(lines=lines, discounts=[DiscountDraft(0), MALL])
    shares = order.discount_allocations.order_by("pk").values_list("promotion", "amount", "tiers")
    assert list(shares) == [(2, 16, [[100, 10], [200, 30]]), (2, 14, [[100, 10], [200, 30]])]
    assert list(order.lines.values_list("gift_value", "gift_with")) == [(0, None), (5, 1)]


@pytest.mark.parametrize(
    "discount",
    [
        replace(MALL, amount=29),
        replace(MALL, tiers=((300, 30),)),
        replace(MALL, tiers=((100, 40), (200, 30))),
    ],
)
def test_terms_that_do_not_come_to_the_amount_are_refused(discount: DiscountDraft) -> None:
    lines = (drafts.line(unit_price=120), drafts.line("B", unit_price=100))
    with pytest.raises(Refused, match=r"order\.tiers_differ"):
        rules.price(drafts.draft(lines=lines, discounts=(discount,)))


@pytest.mark.parametrize(("spent", "off"), [(99, 0), (100, 10), (199, 10), (200, 30), (1000, 30)])
def test_the_highest_tier_reached_counts(spent: int, off: int) -> None:
    assert rules.tier_off(MALL.tiers, spent) == off
