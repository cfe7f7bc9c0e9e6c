"""What lines are sold as, the rate an order was paid at, the customer's word that everything came."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from time_machine import travel

from core import events
from core.actors import SYSTEM
from core.errors import Refused
from orders import actions, rules
from orders.importing.values import BadValue, flags_of
from orders.models import Order
from orders.states import LineFlag
from tests import build
from tests.orders import drafts

pytestmark = pytest.mark.django_db


def test_marks_and_rate_are_kept() -> None:
    order = drafts.order(
        lines=[drafts.line(flags=("digital", "custom_made", "digital"))], fx_rate=Decimal("7.2")
    )
    assert order.fx_rate == Decimal("7.2")
    assert order.lines.get().flags == ["custom_made", "digital"]


def test_marks_told_again_in_another_way_are_the_same_order() -> None:
    first = drafts.order(customer=(carol := build.customer()), lines=[drafts.line(flags=("digital",))])
    again = drafts.order(customer=carol, lines=[drafts.line()])
    assert again == first


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lines": (drafts.line(flags=("shiny",)),)}, "order.unknown_flag"),
        ({"fx_rate": Decimal(0)}, "order.rate_out_of_range"),
        ({"fx_rate": Decimal(-1)}, "order.rate_out_of_range"),
    ],
)
def test_what_is_no_mark_and_no_rate_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.price(drafts.draft(**fields))
    assert refused.value.code == code


def test_the_database_knows_no_rate_below_zero() -> None:
    order = drafts.order()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(fx_rate=-1)


@pytest.mark.parametrize(
    "cell",
    ["custom_made, final_sale", "Made to order; FINAL SALE", "定制商品、清仓不退", "final-sale，custom made"],
)
def test_marks_are_read_by_code_and_by_name(cell: str) -> None:
    assert flags_of(cell) == (LineFlag.CUSTOM_MADE, LineFlag.FINAL_SALE)


def test_what_is_no_mark_is_named() -> None:
    with pytest.raises(BadValue) as bad:
        flags_of("digital, shiny")
    assert (bad.value.code, bad.value.facts) == ("row.unknown_flag", {"flag": "shiny"})


@pytest.fixture
def delivered() -> Order:
    order = drafts.order()
    Order.objects.filter(pk=order.pk).update(delivered_at=drafts.PLACED)
    return order


@travel(drafts.PLACED + timedelta(days=3), tick=False)
def test_a_receipt_is_confirmed_once(delivered: Order) -> None:
    first = actions.confirm_receipt(delivered, at=drafts.PLACED + timedelta(days=1), by=SYSTEM)
    again = actions.confirm_receipt(delivered, by=SYSTEM)
    assert first.confirmed_at == again.confirmed_at == drafts.PLACED + timedelta(days=1)
    assert events.timeline(delivered).filter(kind="order.receipt_confirmed").count() == 1


def test_what_was_not_delivered_cannot_be_confirmed() -> None:
    with pytest.raises(Refused, match="cannot_confirm"):
        actions.confirm_receipt(drafts.order(), by=SYSTEM)


@travel(drafts.PLACED, tick=False)
def test_nobody_confirms_ahead_of_time(delivered: Order) -> None:
    with pytest.raises(Refused, match="news_from_future"):
        actions.confirm_receipt(delivered, at=drafts.PLACED + timedelta(seconds=1), by=SYSTEM)


def test_two_spellings_of_an_address_are_one() -> None:
    there = {"country": "CN", "city": "杭州", "postcode": "310000", "lines": "文三路 18 号, 3-201"}
    first = drafts.order("1", ship_to=there)
    other = drafts.order("2", ship_to={**there, "lines": "文三路18号 3-201"})
    drafts.order("3", ship_to={**there, "lines": "文三路19号 3-201"})
    drafts.order("4", ship_to={"country": "CN"})
    assert set(Order.objects.to_the_address_of(first)) == {first, other}
    assert not Order.objects.to_the_address_of(Order.objects.get(number="4"))
