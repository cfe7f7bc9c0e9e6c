"""Placeholders: checked when a text is written, filled for a ticket, a marked gap where there is no value."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from accounts.models import Language, User
from core.actors import SYSTEM
from customers.models import Customer
from orders.actions import record_shipment
from orders.models import Shop
from tests import build
from tickets.models import Ticket
from tickets.placeholders import PLACEHOLDERS, Facts, check, fill, gaps_in

ALL = "\n".join(one.written for one in PLACEHOLDERS.values())


@pytest.fixture
def bought(promises: None, monday: time_machine.Traveller, carol: Customer) -> Ticket:
    """Carol's ticket about an order that is on its way."""
    Customer.objects.filter(pk=carol.pk).update(time_zone="Asia/Shanghai")
    carol.refresh_from_db()
    order = build.order(customer=carol, number="SO-7", placed_at=datetime(2026, 11, 20, 17, tzinfo=UTC))
    lamp = order.lines.get()
    for carrier, number in (("SF", "SF1"), ("DHL", "JJD2")):
        record_shipment(order, carrier=carrier, tracking_number=number, lines=[(lamp, 1)], by=SYSTEM)
    return build.ticket(customer=carol, order=order)


def test_every_placeholder_is_filled_from_the_ticket(bought: Ticket, alice: User) -> None:
    filled = fill(ALL, Facts(bought, alice))
    assert filled.text.splitlines() == [
        "Carol",
        bought.number,
        "Lamp arrived broken",
        "SO-7",
        "21 Nov",
        "DHL",
        "JJD2",
        "Alice",
        "Lamps & More",
        "Thursday, 26 November 2026, 10:00 (Asia/Shanghai)",
    ]
    assert filled.gaps == ()


def test_what_has_no_value_is_a_gap_in_the_language_of_the_text(promises: None, alice: User) -> None:
    Shop.objects.all().delete()
    ticket = build.ticket(customer=build.customer("王芳", language=Language.CHINESE))
    text = "{{ order.number }}、{{order.number}}、{{ parcel.carrier }}、{{ shop.name }}"
    filled = fill(text, Facts(ticket, alice))
    assert filled.text == "[订单号？]、[订单号？]、[承运商？]、[店铺名称？]"
    assert filled.gaps == ("[订单号？]", "[承运商？]", "[店铺名称？]")
    assert fill(text, Facts(ticket, alice, "en")).gaps[0] == "[order number?]"


def test_gaps_are_known_again_in_both_languages() -> None:
    assert gaps_in("Order [order number?] or [订单号？], [order number?] and [what?]") == [
        "[order number?]",
        "[订单号？]",
    ]


def test_dates_follow_the_language(bought: Ticket, alice: User) -> None:
    told = fill("{{ order.placed_on }} {{ due.resolution }}", Facts(bought, alice, Language.CHINESE))
    assert told.text == "11月21日 2026年11月26日星期四 10:00 (Asia/Shanghai)"


def test_a_deadline_that_has_passed_is_promised_to_nobody(
    bought: Ticket, alice: User, monday: time_machine.Traveller
) -> None:
    monday.shift(timedelta(days=7))
    assert fill("{{ due.resolution }}", Facts(bought, alice)).gaps == ("[deadline of the solution?]",)


def test_what_customers_write_is_never_read_as_a_placeholder(promises: None, alice: User) -> None:
    ticket = build.ticket(subject="{{ agent.name }}")
    assert fill("{{ ticket.subject }}", Facts(ticket, alice)).text == "{{ agent.name }}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ order.nmber }}", "“{{ order.nmber }}” is no placeholder. Did you mean “{{ order.number }}”?"),
        ("{{ Order.Number }}", "Did you mean “{{ order.number }}”?"),
        ("{{ tracking }}", "Did you mean “{{ parcel.tracking_number }}”?"),
        ("{{ }}", "is no placeholder"),
        ("Hello {{ customer.name", "“{{” stands alone"),
        ("Hello customer.name }}", "“}}” stands alone"),
        ("{{ {{ customer.name }} }}", "stands alone"),
    ],
)
def test_what_nobody_could_fill_is_named_and_the_nearest_offered(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as wrong:
        check(text)
    assert said in str(wrong.value)


def test_the_complaint_is_made_in_the_language_of_the_writer() -> None:
    with translation.override("zh-hans"), pytest.raises(ValueError, match="您是不是想写"):
        check("{{ order.nmber }}")


def test_ordinary_braces_are_no_placeholder() -> None:
    check("{} { order } [order number?] {{order.number}}")
