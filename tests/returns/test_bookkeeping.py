"""What a refund is in the currency of the shop: at the order's rate, at the day's, and the difference."""

from datetime import date
from decimal import Decimal

import pytest
from time_machine import Traveller

from accounts.models import User
from core.money import Money, convert
from orders.models import Order
from returns import actions, payments
from returns.gateways import Outcome, Result
from returns.models import Case, ExchangeRate, Refund
from returns.states import CaseStatus
from tests.returns import shop
from tests.returns.conftest import NOW


@pytest.fixture
def euros(desk: Traveller) -> Order:
    """100.00 EUR paid to a shop that keeps its books in US dollars, at 1.10."""
    return shop.order(currency="EUR", fx_rate=Decimal("1.10"))


def paid(placed: Order, fin: User) -> Refund:
    case = shop.case(placed, status=CaseStatus.AWAITING_REFUND)
    Case.objects.filter(pk=case.pk).update(refund_amount=40_00)
    case.lines.update(refund_amount=40_00)
    actions.create_refund(case, by=fin)
    if case.refunds.filter(confirmed_at=None).exists():
        actions.confirm_refund(case, by=shop.second_payer())
    payments.submit_due()
    return case.refunds.get()


def rate(day: date, value: str) -> None:
    ExchangeRate.objects.create(currency="EUR", book_currency="USD", day=day, rate=Decimal(value))


def test_the_difference_of_rates_is_booked(euros: Order, fin: User) -> None:
    rate(date(2026, 2, 1), "1.20")
    rate(date(2026, 3, 4), "1.05")
    rate(date(2026, 3, 6), "9")
    refund = paid(euros, fin)
    assert (refund.amount, refund.currency, refund.status) == (40_00, "EUR", "succeeded")
    assert (refund.book_currency, refund.book_amount, refund.cash_amount) == ("USD", 44_00, 42_00)
    assert refund.fx_difference == 2_00


def test_a_rate_nobody_knows_is_not_guessed(euros: Order, fin: User) -> None:
    refund = paid(euros, fin)
    assert (refund.book_amount, refund.cash_amount, refund.fx_difference) == (44_00, None, None)


def test_an_order_without_a_rate_has_no_book_amount(euros: Order, fin: User) -> None:
    Order.objects.update(fx_rate=None)
    rate(date(2026, 3, 1), "1.05")
    refund = paid(euros, fin)
    assert (refund.book_amount, refund.cash_amount, refund.fx_difference) == (None, 42_00, None)


def test_in_the_shops_own_currency_there_is_no_difference(desk: Traveller, fin: User) -> None:
    refund = paid(shop.order(), fin)
    assert (refund.book_amount, refund.cash_amount, refund.fx_difference) == (40_00, 40_00, 0)


def test_the_rate_of_the_provider_goes_before_ours(euros: Order, fin: User) -> None:
    rate(date(2026, 3, 1), "1.05")
    case = shop.case(euros, status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    if case.refunds.filter(confirmed_at=None).exists():
        actions.confirm_refund(case, by=shop.second_payer())
    claimed = payments.claim(NOW)
    assert claimed is not None
    told = Result(Outcome.SUCCEEDED, refund_id="x", amount=100_00, currency="EUR", rate=Decimal("1.15"))
    refund = actions.settle_refund(claimed[0], told)
    assert (refund.book_amount, refund.cash_amount, refund.fx_difference) == (110_00, 115_00, -5_00)


def test_money_paid_by_hand_is_booked_too(desk: Traveller, fin: User, flora: User) -> None:
    rate(date(2026, 3, 1), "1.05")
    placed = shop.order(currency="EUR", fx_rate=Decimal("1.10"), gateway="manual")
    case = shop.case(placed, status=CaseStatus.AWAITING_REFUND)
    actions.pay_by_hand(case, reference="TT-1", proof=[shop.photo()], by=fin)
    actions.confirm_refund(case, by=flora)
    assert case.refunds.get().fx_difference == 5_00


@pytest.mark.parametrize(
    ("amount", "currency", "at", "into", "worth"),
    [
        (40_00, "EUR", "1.10", "USD", 44_00),
        (1_005, "JPY", "0.0468", "CNY", 47_03),
        (10_00, "USD", "149.95", "JPY", 1_500),
        (1_234, "KWD", "3.25", "USD", 4_01),
    ],
)
def test_amounts_change_their_currency_with_its_decimals(
    amount: int, currency: str, at: str, into: str, worth: int
) -> None:
    assert convert(Money(amount, currency), Decimal(at), into) == Money(worth, into)
