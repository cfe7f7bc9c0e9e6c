"""What a line costs after discounts, and where a parcel stands after its news."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from orders import rules
from orders.drafts import DiscountDraft, LineDraft, ParcelDraft
from orders.states import TRACKING_RANK, OrderStatus, TrackingStatus
from tests.orders.drafts import draft, line

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("prices", "discount", "paid"),
    [
        pytest.param([15000, 6000], 4200, [12000, 4800], id="E1"),
        pytest.param([600, 400], 100, [540, 360], id="E2"),
        pytest.param([12000, 10000], 3000, [10364, 8636], id="E6"),
    ],
)
def test_an_order_discount_is_shared_by_price(prices: list[int], discount: int, paid: list[int]) -> None:
    lines = tuple(line(f"S{n}", unit_price=price) for n, price in enumerate(prices))
    priced = rules.price(draft(lines=lines, discounts=(DiscountDraft(discount),)))
    assert [each.paid for each in priced.lines] == paid


def test_tax_on_top_is_part_of_what_was_paid() -> None:
    lines = (line(quantity=2, unit_price=10000, discount=2000, tax=1800),)
    assert rules.price(draft(lines=lines)).lines[0].paid == 19800


def test_tax_told_for_the_order_falls_on_what_is_left_to_pay() -> None:
    lines = (line("A", unit_price=1000, discount=1000), line("B", unit_price=300), line("C", unit_price=100))
    assert [each.tax for each in rules.price(draft(lines=lines, tax=41)).lines] == [0, 31, 10]


def test_a_discount_on_shipping_leaves_the_goods_alone() -> None:
    priced = rules.price(draft(shipping=500, discounts=(DiscountDraft(500, on_shipping=True),)))
    assert (priced.lines[0].paid, priced.discount, priced.total) == (1000, 500, 1000)


def test_a_discount_may_fall_on_some_lines_only() -> None:
    lines = (line("A"), line("B"), line("C"))
    priced = rules.price(draft(lines=lines, discounts=(DiscountDraft(101, lines=(0, 2)),)))
    assert [each.discount for each in priced.lines] == [51, 0, 50]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": " "}, "order.no_number"),
        ({"currency": "EURO"}, "order.unknown_currency"),
        ({"currency": "eur"}, "order.unknown_currency"),
        ({"lines": ()}, "order.no_lines"),
        ({"lines": (line(),) * 1001}, "order.too_many_lines"),
        ({"lines": (line(quantity=0),)}, "order.units_out_of_range"),
        ({"lines": (line(quantity=-1),)}, "order.units_out_of_range"),
        ({"lines": (line(quantity=10**7),)}, "order.units_out_of_range"),
        ({"lines": (line(unit_price=-1),)}, "order.amount_out_of_range"),
        ({"lines": (line(unit_price=10**16),)}, "order.amount_out_of_range"),
        ({"lines": (line(unit_price=10**12, quantity=10**6),)}, "order.amount_out_of_range"),
        ({"lines": (line(tax=-1),)}, "order.amount_out_of_range"),
        ({"lines": (line(discount=1001),)}, "order.discount_above_price"),
        ({"lines": (line(returned=2),)}, "order.returned_above_units"),
        ({"shipping": -1}, "order.amount_out_of_range"),
        ({"discounts": (DiscountDraft(-1),)}, "order.amount_out_of_range"),
        ({"discounts": (DiscountDraft(1001),)}, "order.discount_above_price"),
        ({"discounts": (DiscountDraft(600), DiscountDraft(600))}, "order.discount_above_price"),
        ({"discounts": (DiscountDraft(1, lines=(1,)),)}, "order.no_such_line"),
        ({"discounts": (DiscountDraft(1, on_shipping=True),)}, "order.discount_above_price"),
        ({"lines": (line(discount=1000),), "tax": 1}, "order.tax_without_price"),
        ({"parcels": (ParcelDraft(lines=((1, 1),)),)}, "order.no_such_line"),
        ({"parcels": (ParcelDraft(), ParcelDraft())}, "shipment.too_many"),
    ],
)
def test_what_cannot_be_an_order_is_refused(fields: dict, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.price(draft(**fields))
    assert refused.value.code == code


lines = st.builds(
    LineDraft,
    sku=st.just("S"),
    title=st.just("T"),
    quantity=st.integers(1, 20),
    unit_price=st.integers(0, 10_000),
    tax=st.integers(0, 500),
)


@given(st.lists(lines, min_size=1, max_size=8), st.data())
def test_shares_add_up_and_no_line_is_paid_below_its_tax(told: list[LineDraft], data: st.DataObject) -> None:
    told = [
        replace(each, discount=data.draw(st.integers(0, each.unit_price * each.quantity))) for each in told
    ]
    left = sum(each.unit_price * each.quantity - each.discount for each in told)
    first = data.draw(st.integers(0, left))
    second = data.draw(st.integers(0, left - first))
    shipping = data.draw(st.integers(0, 2000))
    priced = rules.price(
        draft(
            lines=tuple(told),
            shipping=shipping,
            discounts=(DiscountDraft(first), DiscountDraft(second, "coupon")),
        )
    )
    assert sum(each.discount for each in priced.lines) == sum(each.discount for each in told) + first + second
    assert all(each.paid >= each.tax for each in priced.lines)
    assert priced.total == sum(each.paid for each in priced.lines) + shipping


def test_the_order_of_lines_does_not_make_another_order() -> None:
    one, other = draft(lines=(line("A"), line("B"))), draft(lines=(line("B"), line("A")))
    assert rules.content_of(one, rules.price(one)) == rules.content_of(other, rules.price(other))


@pytest.mark.parametrize(
    "change",
    [
        {"lines": (line(quantity=2),)},
        {"lines": (line(unit_price=999),)},
        {"lines": (line("OTHER"),)},
        {"lines": (line(), line())},
        {"currency": "USD"},
        {"shipping": 1},
        {"placed_at": DAY},
        {"discounts": (DiscountDraft(1),)},
    ],
)
def test_what_matters_makes_another_order(change: dict) -> None:
    one, other = draft(), draft(**change)
    assert rules.content_of(one, rules.price(one)) != rules.content_of(other, rules.price(other))


@pytest.mark.parametrize(
    ("sums", "status"),
    [
        ((False, 3, 0, 0), OrderStatus.PLACED),
        ((True, 3, 0, 0), OrderStatus.PAID),
        ((True, 3, 1, 0), OrderStatus.SHIPPED),
        ((True, 3, 3, 2), OrderStatus.SHIPPED),
        ((True, 3, 3, 3), OrderStatus.DELIVERED),
    ],
)
def test_an_order_is_as_far_as_its_units(sums: tuple, status: str) -> None:
    paid, ordered, sent, delivered = sums
    assert rules.order_status(paid=paid, ordered=ordered, sent=sent, delivered=delivered) == status


@dataclass(frozen=True)
class News:
    status: str
    occurred_at: datetime | None = None


def test_without_news_a_parcel_waits() -> None:
    assert rules.status_of([]) == TrackingStatus.PENDING


def test_a_late_message_does_not_bring_a_parcel_back() -> None:
    news = [News("delivered", DAY + timedelta(hours=2)), News("in_transit", DAY + timedelta(hours=3))]
    assert rules.status_of(news) == "delivered"


@pytest.mark.parametrize(
    ("returned_at", "status"),
    [
        (DAY + timedelta(days=1), "returned"),
        (DAY - timedelta(days=1), "delivered"),
        (DAY, "delivered"),
        (None, "delivered"),
    ],
)
def test_only_a_return_dated_after_the_delivery_takes_it_back(
    returned_at: datetime | None, status: str
) -> None:
    assert rules.status_of([News("delivered", DAY), News("returned", returned_at)]) == status


moments = st.one_of(st.none(), st.integers(0, 5).map(lambda days: DAY + timedelta(days=days)))
all_news = st.lists(st.builds(News, st.sampled_from(sorted(TRACKING_RANK)), moments), max_size=8)


@given(all_news, st.randoms())
def test_any_order_of_news_ends_in_the_same_status(news: list[News], chance: Any) -> None:
    shuffled = list(news)
    chance.shuffle(shuffled)
    assert rules.status_of(shuffled) == rules.status_of(news)
    assert rules.status_of([*news, *news]) == rules.status_of(news)


def test_every_status_has_a_rank() -> None:
    assert set(TRACKING_RANK) == set(TrackingStatus.values)
    assert len(set(TRACKING_RANK.values())) == len(TRACKING_RANK)
