"""Orders paid with more than money: every refund in proportion, and in kind what was paid in kind."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from core import dispatch
from core.errors import Refused
from core.models import OutgoingMail
from orders.models import Order, Payment
from returns import actions, payments
from returns.gateways import GatewayRules, RefundRequest, Result, sandbox
from returns.models import Case, Refund, SandboxBehaviour, SandboxRefund
from returns.rules import Pot, points_back, pro_rata
from returns.states import CaseStatus, RefundStatus
from tests.returns import shop


def mixed(*lines: dict[str, Any], money: int = 60_00, points: int = 30_00, card: int = 10_00) -> Order:
    """Paid with a card, 3,000 points and a gift card."""
    placed = shop.order(*lines, captured=money)
    shop.payment(placed, points, tender="points", units=points)
    shop.payment(placed, card, tender="gift_card")
    return placed


def returned(placed: Order, quantity: int = 1) -> Case:
    return shop.case(placed, quantity=quantity, status=CaseStatus.AWAITING_REFUND)


def amounts(case: Case) -> dict[str, int]:
    rows = Refund.objects.counted().filter(case=case).values_list("payment__tender", "amount")
    return dict(rows)


def test_a_refund_is_spread_by_what_each_tender_captured(desk: Traveller, fin: User) -> None:
    placed = mixed(shop.line(quantity=2))
    case = returned(placed)
    refunds = actions.create_refund(case, by=fin)
    assert amounts(case) == {"money": 30_00, "points": 15_00, "gift_card": 5_00}
    assert [refund.units for refund in refunds] == [None, 1500, None]
    assert len({refund.idempotency_key for refund in refunds}) == 3
    assert payments.submit_due() == 3
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED
    assert SandboxRefund.objects.count() == 3


def test_the_provider_is_told_what_to_give_back(
    desk: Traveller, fin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int, int | None]] = []
    real = sandbox.Sandbox.refund

    def refund(self: sandbox.Sandbox, request: RefundRequest) -> Result:
        told.append((request.tender, request.amount, request.units))
        return real(self, request)

    monkeypatch.setattr(sandbox.Sandbox, "refund", refund)
    actions.create_refund(returned(mixed()), by=fin)
    payments.submit_due()
    assert told == [("money", 60_00, None), ("points", 30_00, 3000), ("gift_card", 10_00, None)]


def test_points_and_cards_are_never_also_paid_in_money(desk: Traveller, fin: User) -> None:
    placed = mixed(shop.line(quantity=3, paid=100_01), money=60_01)
    for _ in range(3):
        actions.create_refund(returned(placed), by=fin)
        payments.submit_due()
    assert list(placed.payments.values_list("tender", "refunded")) == [
        ("money", 60_01),
        ("points", 30_00),
        ("gift_card", 10_00),
    ]
    assert Refund.objects.filter(payment__tender="points").aggregate(sum=Sum("units"))["sum"] == 3000


def test_what_cannot_go_back_in_kind_is_not_paid_in_money(desk: Traveller, fin: User, flora: User) -> None:
    placed = shop.order(captured=60_00)
    shop.payment(placed, 40_00, tender="coupon", gateway="manual")
    case = returned(placed)
    with pytest.raises(Refused, match=r"refund\.by_hand_only"):
        actions.create_refund(case, by=fin)
    assert not Refund.objects.exists()
    actions.pay_by_hand(case, reference="C-1", proof=[shop.photo()], by=fin)
    actions.confirm_refund(case, by=flora)
    assert amounts(case) == {"money": 60_00, "coupon": 40_00}
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED


def test_a_small_refund_that_nobody_can_give_back_waits_for_finance(desk: Traveller) -> None:
    shop.policy(auto_approve_limit=100_00)
    placed = shop.order(captured=60_00)
    shop.payment(placed, 40_00, tender="points", gateway="manual")
    shop.centre()
    case = shop.case(placed)
    actions.add_tracking(case, carrier="SF", tracking_number="SF2234567800001", by=case.customer)
    actions.receive(case, counts=shop.all_units(case), by=shop.staff("warehouse"))
    actions.start_inspection(case, by=shop.staff("warehouse"))
    case = actions.inspect(case, lots=shop.lots(case), by=shop.staff("warehouse"))
    assert (case.status, case.refunds.count()) == (CaseStatus.AWAITING_REFUND, 0)


def test_money_of_a_provider_that_is_too_old_goes_through_another(desk: Traveller, fin: User) -> None:
    placed = shop.order(shop.line(paid=40_00), captured=50_00)
    shop.payment(placed, 50_00)
    old = placed.payments.all()[0]
    Payment.objects.filter(pk=old.pk).update(captured_at=old.captured_at - timedelta(days=400))
    case = returned(placed)
    actions.create_refund(case, by=fin)
    refund = case.refunds.get()
    assert (refund.amount, refund.payment_id != old.pk) == (40_00, True)


def test_one_tender_of_several_fails_and_only_it_is_tried_again(desk: Traveller, fin: User) -> None:
    placed = mixed()
    case = returned(placed)
    actions.create_refund(case, by=fin)
    points = placed.payments.get(tender="points")
    shop.refuse_payments(placed)
    SandboxBehaviour.objects.exclude(payment=points.external_id).delete()
    payments.submit_due()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.REFUND_FAILED
    assert [status for (status,) in case.refunds.order_by("pk").values_list("status")] == [
        RefundStatus.SUCCEEDED,
        RefundStatus.FAILED,
        RefundStatus.SUCCEEDED,
    ]
    (again,) = actions.retry_refund(case, by=fin)
    assert again.payment == points
    payments.submit_due()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED
    assert SandboxRefund.objects.count() == 3


def test_a_provider_that_went_away_is_not_tried_again(
    desk: Traveller, fin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = returned(mixed())
    actions.create_refund(case, by=fin)
    shop.refuse_payments(case.order)
    payments.submit_due()
    monkeypatch.setattr(sandbox.Sandbox, "rules", GatewayRules(max_age_days=1))
    with pytest.raises(Refused, match=r"refund\.by_hand_only"):
        actions.retry_refund(case, by=fin)


def test_the_mail_says_what_went_back_in_kind(desk: Traveller, fin: User) -> None:
    case = returned(mixed())
    actions.create_refund(case, by=fin)
    payments.submit_due()
    dispatch.drain()
    text = OutgoingMail.objects.get(subject__contains="$100.00").text
    assert "- Points: $30.00 (3000)" in text
    assert "- Gift card: $10.00" in text


pots = st.lists(st.integers(1, 10**6), min_size=1, max_size=5)


@given(pots, st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_refunds_stay_in_proportion_and_end_complete(captured: list[int], parts: list[int]) -> None:
    whole, refunded = sum(captured), [0] * len(captured)
    done = 0
    for index, _part in enumerate(parts, start=1):
        total = whole * sum(parts[:index]) // sum(parts) - done
        done += total
        state = [Pot(each, back) for each, back in zip(captured, refunded, strict=True)]
        shares = pro_rata(total, state)
        assert sum(shares) == total
        assert all(0 <= share <= pot.left for share, pot in zip(shares, state, strict=True))
        refunded = [back + share for back, share in zip(refunded, shares, strict=True)]
        # Half a unit of rounding, and one where the largest remainder moved to another payment.
        assert all(
            abs(back - each * done / whole) <= 2 for back, each in zip(refunded, captured, strict=True)
        )
    assert refunded == captured


@given(st.data(), pots)
def test_no_payment_gives_more_than_it_has(data: st.DataObject, captured: list[int]) -> None:
    state = [Pot(each, data.draw(st.integers(0, each))) for each in captured]
    total = data.draw(st.integers(0, sum(pot.left for pot in state)))
    shares = pro_rata(total, state)
    assert sum(shares) == total
    assert all(0 <= share <= pot.left for share, pot in zip(shares, state, strict=True))
    with pytest.raises(ValueError, match="more than is left"):
        pro_rata(sum(pot.left for pot in state) + 1, state)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**4), min_size=1, max_size=6))
def test_points_come_back_to_the_last_one(units: int, amounts: list[int]) -> None:
    captured, refunded, back = sum(amounts), 0, 0
    for amount in amounts:
        more = points_back(units, Pot(captured, refunded), amount, back)
        refunded, back = refunded + amount, back + more
        assert back <= units
    assert back == units
