"""Exchanges: even, dearer, cheaper, in advance; what went out can come back again."""

from typing import Any

import pytest

from accounts.models import User
from core.errors import Refused
from orders.models import Order, OrderLine, Payment
from orders.states import Direction
from returns import actions, rules
from returns.models import Case, Refund, Replacement
from returns.states import ADVANCE_EXCHANGE, CaseKind, CaseStatus
from tests.returns import shop, ways


@pytest.mark.parametrize(
    ("price", "same", "difference"),
    [(15_000, False, 3_000), (9_000, False, -3_000), (15_000, True, 0), (12_000, False, 0)],
)
def test_the_difference_of_e18(price: int, same: bool, difference: int) -> None:
    assert rules.exchange_difference(12_000, price, same_variant=same) == difference


def test_an_even_exchange_moves_no_money_and_ends_with_the_same_units(order: Order, desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.COMPLETED)
    line = OrderLine.objects.get(case_lines__case=case)
    assert (line.quantity_open, line.quantity_returned, line.refunded) == (0, 0, 0)
    assert line.returnable == 1
    assert not Refund.objects.filter(case=case).exists()
    sent = case.parcels.get(shipment__direction=Direction.REPLACEMENT).shipment
    assert sent.lines.get().quantity == 1


def test_what_was_exchanged_can_be_returned_for_what_was_paid(desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.COMPLETED)
    again = ways.begin(CaseKind.RETURN_REFUND, case.order)
    for go in ways.WAYS[CaseKind.RETURN_REFUND][CaseStatus.COMPLETED]:
        again = go(ways.fresh(again))
    line = OrderLine.objects.get(order=case.order)
    assert (line.quantity_returned, line.refunded) == (1, 10_000)


def test_a_cheaper_replacement_is_paid_back_before_it_goes(desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_REFUND)
    assert (case.difference, case.refund_amount) == (-3_000, 3_000)
    ways.settle(ways.refund(case))
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_DISPATCH
    assert Refund.objects.get(case=case).amount == 3_000
    assert OrderLine.objects.get(order=case.order).refunded == 3_000


def test_after_a_cheaper_replacement_only_the_rest_is_left_to_refund(desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_REFUND)
    steps: list[shop.Way] = [ways.refund, ways.settle, ways.dispatch, ways.hand_over, ways.accept]
    for go in steps:
        case = go(ways.fresh(case))
    again = ways.begin(CaseKind.RETURN_REFUND, case.order)
    for go in ways.WAYS[CaseKind.RETURN_REFUND][CaseStatus.COMPLETED]:
        again = go(ways.fresh(again))
    line, payment = OrderLine.objects.get(order=case.order), Payment.objects.get(order=case.order)
    assert line.refunded == payment.refunded == 10_000


def test_a_dearer_replacement_waits_for_the_money(desk: Any, fin: User) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_PAYMENT)
    assert case.difference == 3_000
    paid = actions.record_customer_payment(case, reference="bank-17", by=fin)
    assert paid.status == CaseStatus.AWAITING_DISPATCH
    assert Payment.objects.get(external_id="bank-17").captured == 3_000
    again = actions.record_customer_payment(paid, reference="bank-17", by=fin)
    assert (again.version, Payment.objects.filter(order=case.order).count()) == (paid.version, 2)


def test_another_amount_or_no_reference_is_refused(desk: Any, fin: User) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_PAYMENT)
    for facts, code in (
        ({"reference": "b-1", "amount": 2_999}, "case.payment_differs"),
        ({"reference": " "}, "case.payment_reference_missing"),
    ):
        with pytest.raises(Refused) as refused:
            actions.record_customer_payment(case, by=fin, **facts)
        assert refused.value.code == code


def test_a_difference_nobody_pays_becomes_a_refund(desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_PAYMENT)
    ways.time_out(0)(case)
    case.refresh_from_db()
    made = Case.objects.get(converted_from=case)
    assert (case.status, made.kind, made.status) == (
        CaseStatus.CONVERTED,
        CaseKind.RETURN_REFUND,
        CaseStatus.AWAITING_REFUND,
    )
    assert made.refund_amount == 10_000
    line = OrderLine.objects.get(order=case.order)
    assert (line.quantity_open, line.quantity_returned) == (0, 1)


def test_what_goes_out_cannot_be_changed_once_the_goods_are_judged(desk: Any) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_DISPATCH)
    with pytest.raises(Refused) as refused:
        ways.choose(100)(case)
    assert refused.value.code == "case.replacement_is_settled"


def test_an_agreed_deduction_is_paid_with_the_difference(desk: Any, lea: User) -> None:
    case = ways.reach(CaseKind.EXCHANGE, CaseStatus.INSPECTION_DISPUTE)
    case = actions.offer_deduction(case, amount=500, note="A scratch.", by=lea)
    case = actions.agree_deduction(case, by=case.customer)
    assert (case.status, case.difference) == (CaseStatus.AWAITING_PAYMENT, 500)


def test_in_advance_the_replacement_goes_first_and_the_goods_follow(desk: Any) -> None:
    case = ways.reach(ADVANCE_EXCHANGE, CaseStatus.AWAITING_RETURN)
    assert case.handed_over_at is not None
    assert case.timers.running().get().kind == "ship_back"
    for go in (ways.ship, ways.receive, ways.start, ways.passing):
        case = go(ways.fresh(case))
    line = OrderLine.objects.get(order=case.order)
    assert (case.status, line.returnable) == (CaseStatus.COMPLETED, 1)


def test_goods_that_do_not_come_back_are_to_be_paid(desk: Any, fin: User) -> None:
    case = ways.reach(ADVANCE_EXCHANGE, CaseStatus.AWAITING_PAYMENT)
    assert case.difference == Replacement.objects.get(case_line__case=case).unit_price
    done = actions.record_customer_payment(case, reference="card-9", by=fin)
    assert done.status == CaseStatus.COMPLETED


def test_a_lost_replacement_is_sent_again(desk: Any) -> None:
    case = ways.lose(ways.reach(CaseKind.EXCHANGE, CaseStatus.DISPATCHED))
    assert case.status == CaseStatus.AWAITING_DISPATCH
    first = case.parcels.filter(shipment__direction=Direction.REPLACEMENT).get().shipment
    again = ways.dispatch(case)
    # The first parcel turns up after all: the second one is what counts.
    assert actions.note_handover(first) is None
    assert again.status == CaseStatus.DISPATCHED


def test_no_answer_counts_as_received(desk: Any) -> None:
    case = ways.time_out(0)(ways.reach(CaseKind.EXCHANGE, CaseStatus.AWAITING_ACCEPTANCE))
    case.refresh_from_db()
    assert case.status == CaseStatus.COMPLETED


def test_only_exchanges_can_be_in_advance(order: Order) -> None:
    with pytest.raises(Refused):
        actions.submit(
            order, items=[shop.item(order, code="changed_mind")], by=order.customer, kind="exchange"
        )
