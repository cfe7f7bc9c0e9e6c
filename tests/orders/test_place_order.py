"""Orders come in once, whoever tells them and however often."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from customers.models import Customer
from orders import actions
from orders.drafts import DiscountDraft, OrderDraft, Outcome, ParcelDraft, PaymentDraft
from orders.models import DiscountAllocation, Order, OrderLine, Payment, Shipment
from orders.states import OrderStatus, TrackingStatus
from tests import build
from tests.orders import drafts

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol() -> Customer:
    return build.customer()


def place(*told: OrderDraft) -> list[actions.Placement]:
    return actions.place_orders(drafts.shop(), told, by=SYSTEM)


def test_a_new_order_is_on_record_with_all_that_belongs_to_it(carol: Customer) -> None:
    order = drafts.order(
        customer=carol,
        shipping=500,
        discounts=[DiscountDraft(275, "coupon"), DiscountDraft(100, on_shipping=True)],
    )
    assert order.reference.startswith("O-")
    assert (order.goods, order.discount, order.shipping, order.paid) == (2750, 375, 500, 2875)
    assert [(each.position, each.discount, each.paid) for each in order.lines.all()] == [
        (1, 200, 1800),
        (2, 75, 675),
    ]
    shares = DiscountAllocation.objects.filter(order=order).order_by("amount")
    assert [(each.source, each.amount, each.line_id is None) for each in shares] == [
        ("coupon", 75, False),
        ("promotion", 100, True),
        ("coupon", 200, False),
    ]
    payment = Payment.objects.get(order=order)
    assert (payment.captured, payment.external_id) == (2875, "lamps:1001")
    assert Event.objects.get(kind="order.placed").data == {"number": "1001"}


def test_an_order_without_payment_waits_for_it(carol: Customer) -> None:
    order = drafts.order(customer=carol, payment=None)
    assert (order.status, order.paid, order.paid_at) == (OrderStatus.PLACED, 0, None)


def test_the_same_order_again_changes_nothing_and_says_so(carol: Customer) -> None:
    first = drafts.order(customer=carol)
    again, is_new = actions.place_order(
        drafts.shop(),
        "1001",
        customer=carol,
        placed_at=drafts.PLACED,
        lines=[drafts.line("BULB-1", quantity=3, unit_price=250), drafts.line(quantity=2)],
        payment=PaymentDraft(),
        by=SYSTEM,
    )
    assert (again.pk, is_new) == (first.pk, False)
    assert Event.objects.filter(kind__startswith="order.").count() == 1
    assert OrderLine.objects.count() == 2


def test_another_content_under_the_same_number_is_refused(carol: Customer) -> None:
    drafts.order(customer=carol)
    with pytest.raises(Refused) as refused:
        drafts.order(customer=carol, shipping=1)
    assert refused.value.code == "order.differs"
    assert Order.objects.get().shipping == 0


def test_another_customer_under_the_same_number_is_refused(carol: Customer) -> None:
    drafts.order(customer=carol)
    with pytest.raises(Refused):
        drafts.order(customer=build.customer("Charlie"))


def test_two_shops_may_use_the_same_number(carol: Customer) -> None:
    drafts.order(customer=carol)
    drafts.order(customer=carol, shop=drafts.shop("chairs"))
    assert Order.objects.count() == 2


def test_a_payment_told_later_is_added(carol: Customer) -> None:
    drafts.order(customer=carol, payment=None)
    paid = drafts.order(customer=carol)
    assert (paid.status, paid.paid) == (OrderStatus.PAID, 2750)
    assert Payment.objects.get().captured == 2750
    assert Event.objects.get(kind="order.updated").data == {"changes": ["payment"]}


def test_one_payment_pays_one_order(carol: Customer) -> None:
    payment = PaymentDraft(gateway="card", external_id="pay-1")
    drafts.order(customer=carol, payment=payment)
    with pytest.raises(Refused) as refused:
        drafts.order("1002", customer=carol, payment=payment)
    assert refused.value.code == "order.payment_taken"


def test_one_refused_order_stops_no_other(carol: Customer) -> None:
    good, bad = drafts.draft("1", customer_id=carol.pk), drafts.draft("2", customer_id=carol.pk, lines=())
    twin = drafts.draft("3", customer_id=carol.pk, payment=PaymentDraft("card", "pay-1"))
    other_twin = replace(twin, number="4")
    placements = place(bad, good, twin, other_twin)
    assert [each.outcome for each in placements] == [
        Outcome.REFUSED,
        Outcome.CREATED,
        Outcome.CREATED,
        Outcome.REFUSED,
    ]


def test_a_delivered_order_is_placed_as_delivered(carol: Customer) -> None:
    parcel = ParcelDraft("DHL", "TRACK-1", shipped_at=drafts.PLACED, delivered_at=drafts.PLACED)
    (placed,) = place(drafts.draft(customer_id=carol.pk, parcels=(parcel,)))
    assert placed.order is not None
    assert (placed.order.status, placed.order.delivered_at) == (OrderStatus.DELIVERED, drafts.PLACED)
    assert OrderLine.objects.get().returnable == 1
    shipment = Shipment.objects.get()
    assert (shipment.status, shipment.tracking_events.get().status) == (TrackingStatus.DELIVERED,) * 2


def test_units_that_came_back_are_not_returnable_again(carol: Customer) -> None:
    place(drafts.draft(customer_id=carol.pk, lines=(drafts.line(quantity=3, returned=2),)))
    line = OrderLine.objects.get()
    assert (line.quantity_delivered, line.quantity_returned, line.returnable) == (2, 2, 0)
    assert Order.objects.with_returned_goods().count() == 1


def test_an_order_on_record_catches_up_with_its_parcel(carol: Customer) -> None:
    told = drafts.draft(customer_id=carol.pk)
    place(told)
    unnumbered = replace(told, parcels=(ParcelDraft("DHL", shipped_at=drafts.PLACED),))
    assert place(unnumbered)[0].outcome is Outcome.UPDATED
    assert place(unnumbered)[0].outcome is Outcome.UNCHANGED
    numbered = replace(told, parcels=(ParcelDraft("DHL", "TRACK-1", delivered_at=drafts.PLACED),))
    assert place(numbered)[0].outcome is Outcome.UPDATED
    assert place(numbered)[0].outcome is Outcome.UNCHANGED
    assert place(unnumbered)[0].outcome is Outcome.UNCHANGED
    assert Shipment.objects.get().tracking_number == "TRACK-1"
    assert Order.objects.get().status == OrderStatus.DELIVERED
    assert Event.objects.filter(kind="shipment.delivered").count() == 1


def test_an_order_on_record_catches_up_with_its_returns(carol: Customer) -> None:
    told = drafts.draft(customer_id=carol.pk, lines=(drafts.line(quantity=2),))
    place(told)
    returned = replace(told, lines=(drafts.line(quantity=2, returned=2),))
    assert place(returned)[0].outcome is Outcome.UPDATED
    assert place(returned)[0].outcome is Outcome.UNCHANGED
    assert place(told)[0].outcome is Outcome.UNCHANGED
    assert OrderLine.objects.get().quantity_returned == 2


def test_units_in_an_open_case_are_left_to_the_case(carol: Customer) -> None:
    told = drafts.draft(customer_id=carol.pk, lines=(drafts.line(quantity=2),))
    place(told)
    line = OrderLine.objects.get()
    line.delete()
    line.quantity_delivered, line.quantity_open = 2, 1
    line.save(force_insert=True)
    returned = replace(told, lines=(drafts.line(quantity=2, returned=2),))
    place(returned)
    assert OrderLine.objects.get().quantity_returned == 1
    assert place(returned)[0].outcome is Outcome.UNCHANGED


def test_an_incomplete_order_takes_its_missing_lines(carol: Customer) -> None:
    parcel = (ParcelDraft(shipped_at=drafts.PLACED, delivered_at=drafts.PLACED),)
    whole = drafts.draft(
        customer_id=carol.pk, lines=(drafts.line("A"), drafts.line("B"), drafts.line("A")), parcels=parcel
    )
    part = replace(whole, lines=(drafts.line("A"),), incomplete=True)
    assert place(part)[0].outcome is Outcome.CREATED
    assert place(part)[0].outcome is Outcome.UNCHANGED
    assert place(whole)[0].outcome is Outcome.UPDATED
    assert place(whole)[0].outcome is Outcome.UNCHANGED
    assert place(part)[0].outcome is Outcome.UNCHANGED
    order = Order.objects.get()
    assert (order.incomplete, order.goods, order.paid, order.status) == (
        False,
        3000,
        3000,
        OrderStatus.DELIVERED,
    )
    assert Payment.objects.get().captured == 3000
    assert [each.quantity_delivered for each in order.lines.all()] == [1, 1, 1]
    assert Shipment.objects.get().lines.count() == 3


def test_a_complete_order_never_takes_another_line(carol: Customer) -> None:
    whole = drafts.draft(customer_id=carol.pk)
    place(whole)
    (placed,) = place(replace(whole, lines=(drafts.line(), drafts.line("B"))))
    assert placed.outcome is Outcome.REFUSED
    assert OrderLine.objects.count() == 1


def test_an_incomplete_order_is_not_completed_by_other_lines(carol: Customer) -> None:
    place(drafts.draft(customer_id=carol.pk, incomplete=True))
    (placed,) = place(drafts.draft(customer_id=carol.pk, lines=(drafts.line("B"), drafts.line("C"))))
    assert placed.refusal is not None
    assert placed.refusal.code == "order.differs"


def test_many_who_place_the_same_orders_at_once_make_them_once(together: Any) -> None:
    carol, shop = build.customer(), drafts.shop()
    told = [drafts.draft(str(number), customer_id=carol.pk) for number in range(20)]

    def work(mine: list[OrderDraft]) -> list[Outcome]:
        return [each.outcome for each in actions.place_orders(shop, mine, by=SYSTEM)]

    answers = together(*(partial(work, told if n % 2 else told[::-1]) for n in range(4)))
    outcomes = [outcome for answer in answers for outcome in answer]
    assert outcomes.count(Outcome.CREATED) == 20
    assert outcomes.count(Outcome.UNCHANGED) == 60
    assert (Order.objects.count(), OrderLine.objects.count(), Payment.objects.count()) == (20, 20, 20)


def test_the_database_refuses_sums_that_do_not_add_up(carol: Customer) -> None:
    order = drafts.order(customer=carol)
    for change in ({"paid": 1}, {"goods": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)
    for change in ({"discount": 1}, {"quantity_delivered": 9}, {"quantity_open": 9}, {"refunded": 10**6}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderLine.objects.filter(order=order).update(**change)
