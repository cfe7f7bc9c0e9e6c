"""Inspection: every unit in one lot, every lot with a fate, and what is due in the end."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from core import events
from core.actors import SYSTEM
from core.errors import Refused
from customers.models import Customer
from orders.models import Order, Shipment
from orders.states import Direction
from returns import actions
from returns.actions import Lot
from returns.actions.inspection import suggested_deduction
from returns.models import Case, Inspection
from returns.states import CaseStatus, DispositionType, TimerKind
from tests.returns import shop
from tests.returns.conftest import NOW
from tests.returns.test_return_leg import deliver


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


@pytest.fixture
def case(desk: Traveller) -> Case:
    """Three of three units for 269.97 on the bench."""
    order = shop.order(shop.line(quantity=3, paid=269_97))
    return shop.case(order, quantity=3, status=CaseStatus.INSPECTING)


def test_goods_in_order_make_the_refund_due(case: Case, wei: User) -> None:
    line = case.lines.get()
    lots = [Lot(line, 2, "A"), Lot(line, 1, "B", note="Box opened")]
    case = actions.inspect(case, lots=lots, by=wei)
    assert (case.status, case.refund_amount) == (CaseStatus.AWAITING_REFUND, 269_97)
    line.refresh_from_db()
    assert (line.quantity_accepted, line.quantity_open, line.quantity_returned) == (3, 0, 3)
    assert case.order.lines.get().quantity_returned == 3
    fates = [row.dispositions.get().type for row in Inspection.objects.order_by("pk")]
    assert fates == [DispositionType.RESTOCK, DispositionType.OPEN_BOX]
    event = events.timeline(case.ticket).get(kind="case.inspected")
    assert event.data["grades"] == {"A": 2, "B": 1}


def test_only_what_came_is_refunded(desk: Traveller, wei: User) -> None:
    order = shop.order(shop.line(quantity=3, paid=269_97))
    case = shop.case(order, quantity=3, status=CaseStatus.RETURN_IN_TRANSIT)
    actions.receive(case, counts={case.lines.get().pk: 2}, by=wei)
    actions.start_inspection(case, by=wei)
    case = actions.inspect(case, lots=shop.lots(case), by=wei)
    assert case.refund_amount == 179_98
    line = order.lines.get()
    assert (line.quantity_returned, line.quantity_open, line.returnable) == (2, 0, 1)


def test_the_refund_is_promised_from_the_day_the_goods_were_back(
    case: Case, wei: User, desk: Traveller
) -> None:
    desk.shift(timedelta(days=2))
    case = actions.inspect(case, lots=shop.lots(case), by=wei)
    assert case.received_at == NOW
    # The customer's clocks go forward in these seven days.
    assert case.timers.get(kind=TimerKind.REFUND).due_at == NOW + timedelta(days=7, hours=-1)


@pytest.mark.parametrize("units", [(2,), (2, 2), (4,), ()])
def test_every_unit_is_in_exactly_one_lot(case: Case, wei: User, units: tuple[int, ...]) -> None:
    line = case.lines.get()
    with refused_with("case.lots_do_not_add_up"):
        actions.inspect(case, lots=[Lot(line, count, "A") for count in units], by=wei)
    assert not Inspection.objects.exists()


def test_what_becomes_of_a_lot_adds_up(case: Case, wei: User) -> None:
    line = case.lines.get()
    split = [("restock", 2, "A-1"), ("scrap", 1, "")]
    for fates in (split[:1], [*split, ("donate", 1, "")]):
        with refused_with("case.dispositions_do_not_add_up"):
            actions.inspect(case, lots=[Lot(line, 3, "A", dispositions=fates)], by=wei)
    actions.inspect(case, lots=[Lot(line, 3, "A", dispositions=split)], by=wei)
    assert list(Inspection.objects.get().dispositions.values_list("type", "quantity", "location")) == split


def test_photos_of_the_bench_stay_with_the_lot(case: Case, wei: User) -> None:
    photo = shop.photo()
    actions.inspect(case, lots=shop.lots(case, attachments=[photo]), by=wei)
    photo.refresh_from_db()
    assert photo.subject == f"inspection:{Inspection.objects.get().pk}"


def test_a_problem_goes_to_the_desk(case: Case, wei: User) -> None:
    bad = shop.lots(case, grade="C", accepted=False, value_loss_percent=40)
    case = actions.inspect(case, lots=bad, by=wei)
    assert (case.status, case.refund_amount) == (CaseStatus.INSPECTION_DISPUTE, None)
    assert case.order.lines.get().quantity_open == 3
    assert suggested_deduction(case) == 107_99
    assert events.timeline(case.ticket).get(kind="case.inspected").data["passed"] is False


def test_a_reduced_refund_needs_the_customers_consent(desk: Traveller, alice: User) -> None:
    case = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    with refused_with("case.no_deduction_offered"):
        actions.agree_deduction(case, by=case.customer)
    for amount in (0, 100_01):
        with refused_with("case.deduction_out_of_range"):
            actions.offer_deduction(case, amount=amount, note="Worn", by=alice)
    case = actions.offer_deduction(case, amount=40_00, note="Worn", by=alice)
    assert (case.status, case.deduction) == (CaseStatus.INSPECTION_DISPUTE, 40_00)
    case = actions.agree_deduction(case, by=case.customer)
    assert (case.status, case.refund_amount) == (CaseStatus.AWAITING_REFUND, 60_00)
    line = case.lines.get()
    assert (line.quantity_accepted, line.quantity_rejected, line.quantity_returned) == (1, 0, 1)


def test_staff_do_not_agree_for_the_customer(desk: Traveller, alice: User) -> None:
    case = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    actions.offer_deduction(case, amount=40_00, note="Worn", by=alice)
    with refused_with("case.not_allowed"):
        actions.agree_deduction(case, by=alice)


def test_the_desk_can_refund_in_full(desk: Traveller, alice: User) -> None:
    case = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    actions.offer_deduction(case, amount=40_00, note="Worn", by=alice)
    case = actions.waive_deduction(case, by=alice)
    assert (case.status, case.refund_amount, case.deduction) == (CaseStatus.AWAITING_REFUND, 100_00, None)


def test_goods_not_accepted_go_back_and_nothing_is_paid(order: Order, alice: User) -> None:
    case = shop.case(order, status=CaseStatus.INSPECTION_DISPUTE)
    case = actions.send_back(case, carrier="UPS", tracking_number="1Z0000001", by=alice)
    assert case.status == CaseStatus.RETURNED_TO_CUSTOMER
    line = order.lines.get()
    assert (line.quantity_open, line.quantity_returned) == (0, 0)
    deliver(Shipment.objects.get(return_parcel__case=case, direction=Direction.BACK_TO_CUSTOMER))
    case.refresh_from_db()
    assert (case.status, case.refund_amount) == (CaseStatus.COMPLETED, None)
    assert not case.refunds.exists()


def test_what_was_accepted_is_refunded_although_the_rest_goes_back(
    case: Case, wei: User, alice: User
) -> None:
    line = case.lines.get()
    lots = [Lot(line, 2, "A"), Lot(line, 1, "D", accepted=False)]
    actions.inspect(case, lots=lots, by=wei)
    case = actions.send_back(case, carrier="UPS", tracking_number="1Z0000002", by=alice)
    assert (case.status, case.refund_amount) == (CaseStatus.AWAITING_REFUND, 179_98)
    back = Shipment.objects.get(return_parcel__case=case, direction=Direction.BACK_TO_CUSTOMER)
    assert back.lines.get().quantity == 1
    assert case.order.lines.get().returnable == 1


def test_a_gift_that_comes_back_owes_nothing(desk: Traveller, wei: User) -> None:
    order = shop.order(shop.line("Sticker", paid=0), shop.line())
    case = shop.case(order, status=CaseStatus.INSPECTING)
    case = actions.inspect(case, lots=shop.lots(case), by=wei)
    assert (case.status, case.refund_amount) == (CaseStatus.COMPLETED, 0)


def test_fees_and_postage_are_shared_over_the_lines(desk: Traveller, wei: User) -> None:
    shop.policy(restocking_percent=10, refunds_shipping=True, standard_shipping=5_00)
    order = shop.order(shop.line(paid=60_00), shop.line("Bulb", paid=40_00), shipping=12_00)
    items = [shop.item(order), shop.item(order, index=1)]
    case = shop.case(order, items=items, status=CaseStatus.AWAITING_REFUND)
    assert (case.refund_amount, case.refund_shipping) == (95_00, 5_00)
    assert [line.refund_amount for line in case.lines.all()] == [54_00, 36_00]


def test_any_order_of_returns_refunds_what_was_paid(desk: Traveller, carol: Customer) -> None:
    order = shop.order(shop.line(quantity=3, paid=10_00), customer=carol)
    amounts = [shop.case(order, status=CaseStatus.COMPLETED).refund_amount for _ in range(3)]
    assert amounts == [3_33, 3_34, 3_33]
    line, payment = order.lines.get(), order.payments.get()
    assert (line.refunded, payment.refunded, line.returnable) == (10_00, 10_00, 0)


def test_the_system_sends_nothing_back(desk: Traveller) -> None:
    case = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    with refused_with("case.not_allowed"):
        actions.send_back(case, carrier="UPS", tracking_number="1Z0000003", by=SYSTEM)  # type: ignore[arg-type]
