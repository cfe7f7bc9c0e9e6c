"""Refund without return, resend, compensation, objections, conversions, requests of several kinds."""

from typing import Any

import pytest

from accounts.models import User
from accounts.rights import Role
from core.errors import Refused
from customers.models import Customer
from orders.models import Order, OrderLine, Payment
from returns import actions
from returns.actions import Ask
from returns.models import Case, CompensationVoucher, Refund
from returns.states import CaseKind, CaseStatus, CompensationType
from tests.returns import shop, ways
from tickets.models import Ticket


def code_of(act: Any) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


# --- one request, several kinds ----------------------------------------------------------------------


def test_one_request_with_several_kinds_makes_several_cases_under_one_ticket(carol: Customer) -> None:
    placed = shop.order(shop.line("Lamp"), shop.line("Shade"), shop.line("Bulb"), customer=carol)
    photo = shop.photo()
    items = [
        ways.item_of(placed, CaseKind.RETURN_REFUND, code="changed_mind"),
        ways.item_of(placed, CaseKind.EXCHANGE, code="does_not_fit", index=1),
        ways.item_of(placed, CaseKind.REPAIR, code="defective", index=2),
    ]
    ask = Ask(attachments=[photo], external_id="return:x")
    cases = actions.submit_request(placed, items=items, by=carol, ask=ask)
    assert [case.kind for case in cases] == ["return_refund", "exchange", "repair"]
    assert Ticket.objects.get().pk == cases[0].ticket_id == cases[2].ticket_id
    again = actions.submit_request(placed, items=items, by=carol, ask=ask)
    assert [case.pk for case in again] == [case.pk for case in cases]
    assert Case.objects.count() == 3


def test_nothing_is_sent_when_one_part_cannot_be(carol: Customer) -> None:
    placed = shop.order(shop.line("Lamp"), shop.line("Shade"), customer=carol)
    items = [
        ways.item_of(placed, CaseKind.RETURN_REFUND, code="changed_mind"),
        ways.item_of(placed, CaseKind.EXCHANGE, code="changed_mind", index=1),
    ]
    assert code_of(lambda: actions.submit_request(placed, items=items, by=carol)) == "case.reason_unknown"
    assert not Case.objects.exists()


# --- refund without return ---------------------------------------------------------------------------


def test_before_shipping_the_shipment_is_stopped_first(desk: Any, wei: User) -> None:
    case = ways.reach(CaseKind.REFUND_ONLY, CaseStatus.APPROVED)
    assert case.refund_amount is None
    case = actions.stop_shipment(case, by=wei)
    line = OrderLine.objects.get(order=case.order)
    assert (case.status, case.refund_amount) == (CaseStatus.AWAITING_REFUND, 10_000)
    assert (line.quantity_open, line.quantity_returned) == (0, 1)


def test_after_delivery_goods_that_stay_are_shown_on_a_photo(order: Order, lea: User) -> None:
    item = ways.item_of(order, CaseKind.REFUND_ONLY, code="defective")

    def send(*photos: Any) -> Case:
        return actions.submit(
            order, items=[item], by=order.customer, kind=CaseKind.REFUND_ONLY, attachments=photos
        )

    assert code_of(send) == "case.evidence_missing"
    case = actions.approve(send(shop.photo()), amount=4_000, by=lea)
    assert (case.status, case.refund_amount) == (CaseStatus.AWAITING_REFUND, 4_000)


def test_what_was_refunded_without_return_cannot_come_back_too(desk: Any) -> None:
    case = ways.reach(CaseKind.REFUND_ONLY, CaseStatus.COMPLETED)
    line = OrderLine.objects.get(order=case.order)
    assert (line.returnable, line.refunded) == (0, 10_000)
    assert code_of(lambda: ways.begin(CaseKind.RESEND, case.order)) == "case.item_already_returned"


# --- resend ------------------------------------------------------------------------------------------


def test_a_resend_costs_nothing_and_is_for_what_was_ordered_at_most(desk: Any) -> None:
    placed = shop.order(shop.line(quantity=2))
    item = ways.item_of(placed, CaseKind.RESEND, code="not_received", quantity=3)
    assert (
        code_of(lambda: actions.submit(placed, items=[item], by=placed.customer, kind=CaseKind.RESEND))
        == "case.item_too_many"
    )
    case = ways.reach(CaseKind.RESEND, CaseStatus.COMPLETED)
    assert not Refund.objects.filter(case=case).exists()
    assert OrderLine.objects.get(order=case.order).returnable == 1


def test_goods_that_were_never_sent_are_not_sent_again(desk: Any) -> None:
    placed = ways.undelivered()
    assert code_of(lambda: ways.begin(CaseKind.RESEND, placed)) == "case.item_not_shipped"


def test_out_of_stock_a_resend_becomes_a_refund(desk: Any, lea: User) -> None:
    case = ways.reach(CaseKind.RESEND, CaseStatus.AWAITING_DISPATCH)
    made = actions.convert(case, to=CaseKind.REFUND_ONLY, reason="Out of stock.", by=lea)
    assert (made.kind, made.status, made.refund_amount) == (
        CaseKind.REFUND_ONLY,
        CaseStatus.AWAITING_REFUND,
        10_000,
    )


# --- compensation ------------------------------------------------------------------------------------


def test_a_voucher_is_given_once_the_customer_has_accepted_it(desk: Any) -> None:
    case = ways.reach(CaseKind.COMPENSATION, CaseStatus.COMPLETED)
    voucher = CompensationVoucher.objects.get(case=case)
    assert (voucher.amount, voucher.type, len(voucher.code)) == (2_000, "voucher", 19)
    assert voucher.approver == shop.staff(Role.LEAD)
    assert Payment.objects.get(order=case.order).refunded == 0
    actions.redeem_voucher(voucher, by=shop.staff(Role.AGENT))
    assert (
        code_of(lambda: actions.redeem_voucher(voucher, by=shop.staff(Role.AGENT)))
        == "voucher.redeemed_already"
    )


def test_money_goes_through_the_ledger_of_refunds(desk: Any) -> None:
    case = ways.compensation(shop.order(), given="cash")
    for go in ways.CASH[CaseStatus.COMPLETED]:
        case = go(ways.fresh(case))
    refund = Refund.objects.get(case=case)
    assert (refund.amount, refund.lines.get().component) == (2_000, "goodwill")
    assert Payment.objects.get(order=case.order).refunded == 2_000
    assert OrderLine.objects.get(order=case.order).refunded == 0


def test_price_protection_counts_against_its_line(desk: Any, lea: User) -> None:
    placed = shop.order()
    item = ways.item_of(placed, CaseKind.COMPENSATION, code="price_dropped")
    case = ways.compensation(
        placed, 1_500, CompensationType.PRICE_PROTECTION, items=[item], code="price_dropped"
    )
    case = actions.accept_offer(actions.approve(case, by=lea), by=case.customer)
    ways.settle(ways.refund(case))
    line = OrderLine.objects.get(order=placed)
    assert (line.refunded, line.returnable) == (1_500, 1)
    again = ways.begin(CaseKind.RETURN_REFUND, placed)
    for go in ways.WAYS[CaseKind.RETURN_REFUND][CaseStatus.COMPLETED]:
        again = go(ways.fresh(again))
    line.refresh_from_db()
    assert line.refunded == Payment.objects.get(order=placed).refunded == 10_000


def test_an_order_is_never_made_up_for_with_more_than_was_paid(desk: Any, lea: User) -> None:
    placed = shop.order()
    ways.compensation(placed, 9_000)
    assert code_of(lambda: ways.compensation(placed, 1_001)) == "compensation.too_high"
    second = ways.compensation(placed, 1_000)
    assert code_of(lambda: actions.approve(second, amount=1_001, by=lea)) == "case.amount_too_high"


def test_declined_once_it_can_be_offered_anew_declined_twice_it_rests(desk: Any, lea: User) -> None:
    case = ways.reach(CaseKind.COMPENSATION, CaseStatus.APPROVED)
    case = actions.decline_offer(case, text="Rather money.", by=case.customer)
    assert case.status == CaseStatus.SUBMITTED
    case = actions.approve(case, compensation_type="cash", amount=2_500, by=lea)
    assert case.approved_amount == 2_500
    assert actions.decline_offer(case, by=case.customer).status == CaseStatus.CANCELLED


def test_an_agent_offers_within_their_limit(desk: Any, alice: User) -> None:
    shop.policy(agent_limit=1_000)
    case = ways.compensation(shop.order(), 1_001)
    assert code_of(lambda: actions.approve(case, by=alice)) == "case.over_limit"


# --- objections --------------------------------------------------------------------------------------


def test_a_refusal_can_be_objected_to_until_its_time_is_over(desk: Any) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.REJECTED)
    assert OrderLine.objects.get(order=case.order).quantity_open == 0
    case = actions.escalate(case, text="It was never worn.", by=case.customer)
    assert (case.status, case.finished_at) == (CaseStatus.ESCALATED, None)
    assert OrderLine.objects.get(order=case.order).quantity_open == 1
    late = ways.time_out(0)(ways.reach(CaseKind.RETURN_REFUND, CaseStatus.REJECTED))
    late = ways.fresh(late)
    assert (late.status, late.is_settled) == (CaseStatus.REJECTED, True)
    for act in (actions.escalate, actions.resubmit):
        assert code_of(lambda act=act: act(late, text="No!", by=late.customer)) == "case.refusal_is_final"


def test_a_team_lead_grants_or_refuses_for_good(desk: Any, alice: User, lea: User) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.ESCALATED)
    assert code_of(lambda: actions.rule_for_customer(case, text="Yes.", by=alice)) == "case.not_allowed"
    granted = actions.rule_for_customer(case, text="The photo shows it.", by=lea)
    assert (granted.status, granted.approved_amount) == (CaseStatus.APPROVED, 10_000)
    other = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.ESCALATED)
    refused = actions.rule_for_merchant(other, text="It was worn.", by=lea)
    assert (refused.status, refused.is_settled) == (CaseStatus.REJECTED, True)
    assert OrderLine.objects.get(order=other.order).quantity_open == 0


def test_an_inspection_can_be_objected_to(desk: Any, lea: User) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.INSPECTION_DISPUTE)
    case = actions.escalate(case, text="It was so when it came.", by=case.customer)
    paid = actions.rule_for_customer(case, text="Agreed.", by=lea)
    assert (paid.status, paid.refund_amount) == (CaseStatus.AWAITING_REFUND, 10_000)
    other = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.INSPECTION_DISPUTE)
    other = actions.escalate(other, text="It was so when it came.", by=other.customer)
    stands = actions.rule_for_merchant(other, text="It is worn.", by=lea)
    assert (stands.status, stands.is_settled) == (CaseStatus.INSPECTION_DISPUTE, True)
    assert (
        code_of(lambda: actions.escalate(stands, text="No!", by=stands.customer)) == "case.refusal_is_final"
    )


def test_a_parcel_the_carrier_lost_counts_as_received_if_the_lead_says_so(desk: Any, lea: User) -> None:
    case = ways.lose(ways.reach(CaseKind.RETURN_REFUND, CaseStatus.RETURN_IN_TRANSIT))
    paid = actions.rule_for_customer(case, text="The carrier has it.", by=lea)
    assert (paid.status, paid.receipt_assumed, paid.refund_amount) == (
        CaseStatus.AWAITING_REFUND,
        True,
        10_000,
    )


def test_asked_for_five_times_is_enough(desk: Any, alice: User) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.REJECTED)
    for attempt in range(2, 6):
        case = actions.resubmit(case, text="Please look again.", by=case.customer)
        assert (case.attempts, case.status) == (attempt, CaseStatus.SUBMITTED)
        case = ways.refuse(case)
    assert code_of(lambda: actions.resubmit(case, text="Again?", by=case.customer)) == "case.attempts_used_up"


def test_units_another_case_has_taken_meanwhile_are_not_taken_twice(desk: Any) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.REJECTED)
    ways.begin(CaseKind.RETURN_REFUND, case.order)
    assert code_of(lambda: actions.escalate(case, text="I want it.", by=case.customer)) == "case.units_taken"
    assert ways.fresh(case).status == CaseStatus.REJECTED


# --- conversions -------------------------------------------------------------------------------------


def test_a_conversion_moves_the_units_and_never_copies_them(desk: Any, lea: User) -> None:
    case = ways.reach(CaseKind.RETURN_REFUND, CaseStatus.AWAITING_RETURN, quantity=2)
    made = actions.convert(case, to=CaseKind.EXCHANGE, reason="Rather the other colour.", by=lea)
    line = OrderLine.objects.get(order=case.order)
    assert (line.quantity_open, line.quantity_returned) == (2, 0)
    assert (made.converted_from_id, made.status, made.ticket_id) == (
        case.pk,
        CaseStatus.AWAITING_RETURN,
        case.ticket_id,
    )
    assert ways.fresh(case).status == CaseStatus.CONVERTED


def test_a_case_becomes_only_what_makes_sense_and_with_a_reason(desk: Any, lea: User) -> None:
    case = ways.begin(CaseKind.RETURN_REFUND)
    assert (
        code_of(lambda: actions.convert(case, to=CaseKind.RESEND, reason="x", by=lea)) == "case.cannot_become"
    )
    assert (
        code_of(lambda: actions.convert(case, to=CaseKind.EXCHANGE, reason=" ", by=lea))
        == "case.conversion_reason_missing"
    )


# --- goods that stay, goods that are covered ---------------------------------------------------------


def test_goods_not_worth_sending_back_stay_and_are_refunded(desk: Any, lea: User) -> None:
    shop.policy(keep_item_below=10_001)
    case = actions.approve(ways.begin(CaseKind.RETURN_REFUND), by=lea)
    made = Case.objects.get(converted_from=case)
    assert (case.status, made.kind, made.status) == (
        CaseStatus.CONVERTED,
        CaseKind.REFUND_ONLY,
        CaseStatus.AWAITING_REFUND,
    )
    line = OrderLine.objects.get(order=case.order)
    assert (line.quantity_open, line.quantity_returned, made.refund_amount) == (0, 1, 10_000)
