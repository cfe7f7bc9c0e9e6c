"""Requesting a return: what is checked, what is reserved, what is promised."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import events
from core.errors import Refused
from core.models import key_of
from customers.models import Customer
from orders.models import Order, OrderLine
from returns import actions
from returns.actions.intake import plan
from returns.models import Case, ReturnPolicy
from returns.states import CaseStatus, Fault, TimerKind
from tests import build
from tests.returns import shop
from tests.returns.conftest import NOW
from tickets.models import Ticket
from tickets.states import Channel, TicketType


def refusal(order: Order, items: Any, **fields: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        actions.submit(order, items=items, by=order.customer, **fields)
    return refused.value


def test_a_request_opens_a_ticket_and_a_case(order: Order, carol: Customer) -> None:
    case = actions.submit(order, items=[shop.item(order)], by=carol, description="Too bright for me.")
    assert case.number.startswith("R-")
    assert (case.status, case.fault, case.version) == (CaseStatus.SUBMITTED, Fault.CUSTOMER, 1)
    assert (case.requested_amount, case.currency) == (100_00, "USD")
    ticket = case.ticket
    assert (ticket.type, ticket.customer, ticket.order) == (TicketType.RETURN, carol, order)
    assert ticket.messages.get().body == "Too bright for me."
    event = events.timeline(ticket).get(kind="case.submitted")
    assert event.public
    assert (event.actor_name, event.data["amount"], event.data["number"]) == ("Carol", 100_00, case.number)


def test_the_units_are_reserved(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=3))
    shop.case(order, quantity=2)
    line = order.lines.get()
    assert (line.quantity_open, line.quantity_returned, line.returnable) == (2, 0, 1)


def test_the_review_is_promised_within_two_days(order: Order) -> None:
    case = shop.case(order)
    timer = case.timers.get()
    assert (timer.kind, timer.due_at) == (TimerKind.REVIEW, NOW + timedelta(hours=48))
    assert case.due_at == timer.due_at


def test_the_terms_are_frozen(order: Order) -> None:
    case = shop.case(order)
    shop.policy(window_days=1, review_hours=1, restocking_percent=50)
    case.refresh_from_db()
    assert (case.terms.window_days, case.terms.review_hours, case.terms.restocking_basis_points) == (
        30,
        48,
        0,
    )


def test_several_items_with_several_reasons_are_one_case(desk: Traveller) -> None:
    order = shop.order(shop.line("Lamp", paid=60_00), shop.line("Bulb", quantity=4, paid=10_00))
    items = [shop.item(order), shop.item(order, 3, index=1, code="does_not_fit")]
    case = actions.submit(order, items=items, by=order.customer)
    assert [(row.quantity_requested, row.reason.code) for row in case.lines.all()] == [
        (1, "changed_mind"),
        (3, "does_not_fit"),
    ]
    assert case.requested_amount == 67_50
    assert case.ticket.subject == "Lamp × 1 + 1"


def test_what_is_shown_before_sending_is_what_is_asked_for(desk: Traveller) -> None:
    shop.policy(restocking_percent=15, label_fee=7_50)
    order = shop.order(shop.line(paid=200_00))
    planned = plan(order, [shop.item(order)], NOW)
    assert (planned.quote.breakdown.restocking_fee, planned.quote.breakdown.return_label) == (30_00, 7_50)
    assert planned.quote.total == 162_50
    assert shop.case(order).requested_amount == 162_50


def test_faulty_goods_come_back_without_fees(desk: Traveller) -> None:
    shop.policy(restocking_percent=15, label_fee=7_50)
    order = shop.order(shop.line(paid=200_00))
    case = shop.case(order, code="defective", attachments=[shop.photo()])
    assert (case.requested_amount, case.fault) == (200_00, Fault.MERCHANT)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"quantity_delivered": 0}, "case.item_not_delivered"),
        ({"quantity": 2, "quantity_returned": 2}, "case.item_already_returned"),
    ],
)
def test_lines_that_cannot_go_back(desk: Traveller, fields: Any, code: str) -> None:
    order = shop.order(shop.line(**fields))
    assert refusal(order, [shop.item(order)]).code == code


def test_an_order_that_has_not_arrived_cannot_go_back(desk: Traveller) -> None:
    order = shop.order(delivered_at=None)
    assert refusal(order, [shop.item(order)]).code == "case.item_not_delivered"


def test_a_unit_is_in_one_return_at_a_time(order: Order) -> None:
    shop.case(order)
    assert refusal(order, [shop.item(order)]).code == "case.item_in_return"
    assert Case.objects.count() == Ticket.objects.count() == 1


@pytest.mark.parametrize(("asked", "code"), [(2, "case.item_too_many"), (0, "case.item_too_many"), (1, None)])
def test_delivered_less_returned_less_open_is_returnable(
    desk: Traveller, asked: int, code: str | None
) -> None:
    order = shop.order(shop.line(quantity=5, quantity_delivered=4, quantity_returned=1))
    shop.case(order, quantity=2)
    if code:
        assert refusal(order, [shop.item(order, asked)]).code == code
    else:
        assert shop.case(order).status == CaseStatus.SUBMITTED


def test_units_the_shop_took_back_itself_count(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=5, quantity_returned=1))
    assert order.lines.get().returnable == 4


def test_the_period_to_return_ends_on_the_minute(order: Order, desk: Traveller) -> None:
    desk.move_to(shop.DELIVERED + timedelta(days=30))
    assert refusal(order, [shop.item(order)]).code == "case.item_window_closed"
    desk.shift(timedelta(seconds=-1))
    assert shop.case(order).status == CaseStatus.SUBMITTED


def test_china_counts_from_the_day_after_signing(desk: Traveller) -> None:
    order = shop.order(customer=build.customer(country="CN"), ship_to={"country": "CN"}, currency="CNY")
    planned = plan(order, [shop.item(order)], NOW)
    assert planned.offers[0].until is not None
    assert planned.offers[0].until.isoformat() == "2026-03-08T16:00:00+00:00"


def test_the_most_fitting_policy_decides(desk: Traveller) -> None:
    ReturnPolicy.objects.create(name_en="DE", name_zh="DE", country="DE", window_days=14)
    ReturnPolicy.objects.create(name_en="Underwear", name_zh="内衣", category="Underwear", window_days=0)
    german: dict[str, Any] = {"ship_to": {"country": "DE"}}
    shoes = shop.order(shop.line(category="Shoes"), **german)
    assert plan(shoes, [shop.item(shoes)], NOW).terms.window_days == 14
    underwear = shop.order(shop.line(category="underwear"))
    assert refusal(underwear, [shop.item(underwear)]).code == "case.item_not_returnable"
    ReturnPolicy.objects.create(name_en="VIP", name_zh="VIP", window_days=60, priority=9)
    assert plan(underwear, [shop.item(underwear)], NOW).terms.window_days == 60


def test_a_reason_may_ask_for_a_photo(order: Order) -> None:
    items = [shop.item(order, code="defective")]
    assert refusal(order, items).code == "case.evidence_missing"
    photo = shop.photo()
    case = actions.submit(order, items=items, by=order.customer, attachments=[photo])
    photo.refresh_from_db()
    assert (photo.subject, photo.public) == (key_of(case), True)


def test_odd_requests_are_refused(order: Order, carol: Customer) -> None:
    item = shop.item(order)
    assert refusal(order, []).code == "case.no_items"
    assert refusal(order, [item, item]).code == "case.item_twice"
    other = shop.order(customer=carol)
    assert refusal(order, [shop.item(other)]).code == "case.item_of_other_order"
    resting = shop.reason("other")
    resting.is_active = False
    resting.save()
    assert refusal(order, [shop.item(order, code="other")]).code == "case.reason_unknown"
    stranger = build.ticket(customer=build.customer("Charlie"))
    assert refusal(order, [item], ticket=stranger).code == "case.ticket_of_other_customer"


def test_staff_without_the_right_cannot_request(order: Order, wei: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.submit(order, items=[shop.item(order)], by=wei)
    assert refused.value.code == "case.not_allowed"


def test_an_agent_requests_on_a_ticket_that_is_there(order: Order, carol: Customer, alice: User) -> None:
    ticket = build.ticket(customer=carol)
    case = actions.submit(order, items=[shop.item(order)], by=alice, ticket=ticket, channel=Channel.PHONE)
    assert case.ticket == ticket
    assert Ticket.objects.count() == 1


def test_the_same_request_sent_twice_is_one_case(order: Order, carol: Customer) -> None:
    first, again = (
        actions.submit(order, items=[shop.item(order)], by=carol, external_id="draft-1") for _ in range(2)
    )
    assert first == again
    assert order.lines.get().quantity_open == 1


@pytest.mark.parametrize(("limit", "status"), [(100_00, CaseStatus.APPROVED), (99_99, CaseStatus.SUBMITTED)])
def test_small_amounts_are_approved_at_once(order: Order, limit: int, status: str) -> None:
    shop.policy(auto_approve_limit=limit)
    assert shop.case(order).status == status


def test_an_approval_by_rule_says_so(order: Order) -> None:
    shop.policy(auto_approve_limit=100_00)
    event = events.timeline(shop.case(order).ticket).get(kind="case.approved")
    assert (event.actor_kind, event.data["rule"]) == ("system", "auto_approve_limit")


def test_a_currency_without_limits_is_looked_at_by_a_person(desk: Traveller) -> None:
    shop.policy(auto_approve_limit=100_00)
    order = shop.order(currency="KWD")
    assert shop.case(order).status == CaseStatus.SUBMITTED


def test_parallel_cases_are_quoted_by_the_places_they_hold(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=3, paid=10_00))
    cases = [shop.case(order) for _ in range(3)]
    assert [case.requested_amount for case in cases] == [3_33, 3_34, 3_33]
    actions.withdraw(cases[1], by=order.customer)
    assert shop.case(order).requested_amount == 3_34


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_at_once_only_the_units_there_are_go_through(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=3))
    item, customer, start = shop.item(order), order.customer, Barrier(8)

    def submit(_index: int) -> str:
        try:
            start.wait()
            return actions.submit(order, items=[item], by=customer).status
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(submit, range(8)))
    assert outcomes.count(CaseStatus.SUBMITTED) == 3
    assert outcomes.count("case.item_in_return") == 5
    assert OrderLine.objects.get().quantity_open == 3
