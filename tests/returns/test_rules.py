"""Arithmetic: the worked examples of the trade, and what holds for every input."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from returns.rules import (
    Basket,
    allocate,
    breakdown,
    final_amount,
    free_units,
    half_up,
    line_refund,
    request_hash,
    resettle,
    restocking_fee,
    share_refund,
    spread,
    units_value,
    window_end,
)
from returns.terms import Terms


def terms(**fields: Any) -> Terms:
    return Terms(policy=1, name_en="", name_zh="", currency="USD", zone="UTC", **fields)


def bring(goods: int, of: Terms, *, basket: Basket | None = None, shop_bears: bool = False) -> int:
    fee = restocking_fee(goods, of.restocking_basis_points)
    return breakdown(goods, fee, basket or Basket(), of, shop_bears=shop_bears).total


def test_a_discount_is_shared_at_payment() -> None:
    shares = allocate(42_00, [150_00, 60_00])
    assert shares == [30_00, 12_00]
    assert line_refund(150_00 - shares[0], 1, 0, 1) == 120_00


def test_lines_come_back_one_after_the_other() -> None:
    shares = allocate(1_00, [6_00, 4_00])
    assert [line_refund(6_00 - shares[0], 1, 0, 1), line_refund(4_00 - shares[1], 1, 0, 1)] == [5_40, 3_60]


def test_a_discount_before_tax_lowers_the_tax_too() -> None:
    paid = int((Decimal(200_00) - Decimal(20_00)) * Decimal("1.1"))
    assert line_refund(paid, 2, 0, 1) == 99_00


def test_units_of_a_line_add_up() -> None:
    assert [line_refund(10_00, 3, done, 1) for done in range(3)] == [3_33, 3_34, 3_33]


def test_a_broken_promotion_is_settled_anew() -> None:
    shares = allocate(30_00, [120_00, 100_00])
    proportional = {"A": 120_00 - shares[0], "B": 100_00 - shares[1]}
    assert proportional == {"A": 103_64, "B": 86_36}
    assert resettle(190_00, 120_00, 0) == (70_00, 0)
    assert resettle(190_00, 100_00, 0) == (90_00, 0)
    assert resettle(190_00, 0, 70_00) == resettle(190_00, 0, 70_00) == (120_00, 0)
    assert 70_00 + 120_00 == 190_00


def test_who_keeps_more_than_was_paid_owes_the_rest() -> None:
    assert resettle(100_00, 120_00, 0) == (0, 20_00)


def test_free_postage_is_lost_with_the_goods_that_earned_it() -> None:
    mall = terms(standard_shipping=10_00, free_shipping_from=99_00)
    assert bring(99_00, mall, basket=Basket(kept=30_00, everything_back=False)) == 89_00
    assert bring(129_00, mall, basket=Basket()) == 129_00


def test_standard_postage_goes_back_with_everything() -> None:
    europe = terms(refunds_shipping=True, standard_shipping=4_95)
    assert bring(80_00, europe, basket=Basket(shipping=12_95)) == 84_95
    assert bring(80_00, europe, basket=Basket(shipping=12_95, kept=1, everything_back=False)) == 80_00
    assert bring(80_00, europe, basket=Basket(shipping=12_95, shipping_refunded=12_95)) == 80_00


def test_fees_are_taken_only_from_a_change_of_mind() -> None:
    america = terms(restocking_basis_points=1500, label_fee=7_50)
    assert bring(200_00, america) == 162_50
    assert bring(200_00, america, shop_bears=True) == 200_00


def test_in_china_the_postage_out_is_not_refunded() -> None:
    assert bring(200_00, terms(), basket=Basket()) == 200_00
    assert bring(200_00, terms(), basket=Basket(shipping=8_00)) == 200_00


def test_only_received_units_are_refunded() -> None:
    assert line_refund(269_97, 3, 0, 2) == 179_98
    assert final_amount(269_97, 269_97, 179_98, 0) == 179_98


def test_a_gift_that_stays_is_deducted() -> None:
    assert final_amount(299_00, 299_00, 299_00, 39_00) == 260_00


def test_another_approved_amount_counts_in_proportion() -> None:
    assert final_amount(50_00, 100_00, 66_67, 0) == 33_34
    assert final_amount(0, 0, 0, 0) == 0
    assert final_amount(10_00, 10_00, 10_00, 99_00) == 0


amounts = st.integers(0, 10**9)
quantities = st.integers(1, 60)


@given(amounts, st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_any_order_of_partial_returns_refunds_what_was_paid(paid: int, returns: list[int]) -> None:
    quantity, done, refunded = sum(returns), 0, 0
    for units in returns:
        refunded += line_refund(paid, quantity, done, units)
        done += units
    assert refunded == paid


@given(amounts, quantities, st.randoms(use_true_random=False))
def test_places_of_a_line_add_up_in_any_order(paid: int, quantity: int, random: Any) -> None:
    places = list(range(quantity))
    random.shuffle(places)
    cut = random.randint(0, quantity)
    parts = units_value(paid, quantity, places[:cut]), units_value(paid, quantity, places[cut:])
    assert sum(parts) == paid
    assert min(parts) >= 0


@given(amounts, quantities, st.data())
def test_a_single_unit_is_worth_its_share(paid: int, quantity: int, data: Any) -> None:
    place = data.draw(st.integers(0, quantity - 1))
    assert abs(line_refund(paid, quantity, place, 1) - paid / quantity) <= 1


@pytest.mark.parametrize(("done", "units"), [(-1, 1), (0, -1), (2, 2)])
def test_units_have_to_fit(done: int, units: int) -> None:
    with pytest.raises(ValueError, match="fit"):
        line_refund(100, 3, done, units)


@given(st.integers(1, 30), st.sets(st.integers(0, 29)), st.integers(0, 5))
def test_free_places_are_nobodys(quantity: int, taken: set[int], elsewhere: int) -> None:
    free = free_units(quantity, taken, elsewhere)
    assert set(free).isdisjoint(taken)
    assert len(free) == max(0, quantity - len(taken & set(range(quantity))) - elsewhere)


@given(amounts, amounts, amounts)
def test_resettling_loses_nothing(paid: int, kept: int, refunded: int) -> None:
    refund, owes = resettle(paid, kept, refunded)
    assert refund - owes == paid - kept - refunded
    assert min(refund, owes) == 0


@given(
    goods=amounts,
    shipping=st.integers(0, 10**5),
    kept=st.integers(0, 10**6),
    fee=st.integers(0, 10_000),
    label=st.integers(0, 10**5),
    standard=st.integers(0, 10**5),
    bears=st.booleans(),
    back=st.booleans(),
)
def test_fees_never_exceed_the_refund(
    goods: int,
    shipping: int,
    kept: int,
    fee: int,
    label: int,
    standard: int,
    bears: bool,
    back: bool,
) -> None:
    of = terms(
        restocking_basis_points=fee,
        label_fee=label,
        standard_shipping=standard,
        free_shipping_from=10**6,
        refunds_shipping=True,
    )
    basket = Basket(shipping=shipping, kept=kept, everything_back=back)
    brought = breakdown(goods, restocking_fee(goods, fee), basket, of, shop_bears=bears)
    assert 0 <= brought.total <= goods + shipping
    assert not (bears and brought.fees)
    assert brought.total == brought.gross - brought.fees


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.integers(0, 10**4), st.data())
def test_a_refund_is_spread_without_a_rest(goods: list[int], shipping: int, data: Any) -> None:
    total = data.draw(st.integers(0, sum(goods) + shipping))
    shares, postage = share_refund(total, goods, shipping)
    assert sum(shares) + postage == total
    assert all(0 <= share <= worth for share, worth in zip(shares, goods, strict=True))
    assert postage <= shipping


def test_no_more_is_spread_than_there_is() -> None:
    with pytest.raises(ValueError, match="more than"):
        share_refund(11, [5, 5], 0)


@given(
    st.lists(st.integers(1, 1000), min_size=1, max_size=6),
    st.lists(st.integers(0, 3000), min_size=1, max_size=4),
)
def test_parts_are_paid_out_of_what_the_purses_hold(parts: list[int], purses: list[int]) -> None:
    wanted, held = dict(enumerate(parts)), dict(enumerate(purses))
    if sum(parts) > sum(purses):
        with pytest.raises(ValueError, match="cannot be paid"):
            spread(wanted, held)
        return
    payouts = spread(wanted, held)
    for purse, payout in payouts.items():
        assert 0 < sum(payout.values()) <= held[purse]
    for part, amount in wanted.items():
        assert sum(payout.get(part, 0) for payout in payouts.values()) == amount


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_half_up_is_the_nearest(numerator: int, denominator: int) -> None:
    rounded = half_up(numerator, denominator)
    assert abs(rounded * denominator - numerator) * 2 <= denominator


def test_the_same_request_has_the_same_fingerprint() -> None:
    assert request_hash({"a": 1, "b": 2}) == request_hash({"b": 2, "a": 1})
    assert request_hash({"a": 1}) != request_hash({"a": 2})


SIGNED = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delivered", "fields", "end"),
    [
        (SIGNED, {"window_days": 7, "window_mode": "cn_next_day"}, datetime(2026, 3, 8, 16, tzinfo=UTC)),
        (SIGNED, {"window_days": 10, "window_mode": "elapsed"}, SIGNED + timedelta(days=10)),
        (
            datetime(2026, 10, 20, 8, tzinfo=UTC),
            {"window_days": 14, "window_mode": "eu", "zone": "Europe/Berlin"},
            datetime(2026, 11, 3, 23, tzinfo=UTC),
        ),
    ],
)
def test_the_period_to_return(delivered: datetime, fields: Any, end: datetime) -> None:
    zone = fields.pop("zone", "Asia/Shanghai")
    of = Terms(policy=1, name_en="", name_zh="", currency="CNY", zone=zone, **fields)
    assert window_end(delivered, of) == end


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["elapsed", "cn_next_day", "eu"]))
def test_a_later_delivery_never_ends_the_period_earlier(first: int, later: int, mode: Any) -> None:
    of = Terms(
        policy=1,
        name_en="",
        name_zh="",
        currency="CNY",
        zone="Asia/Shanghai",
        window_days=7,
        window_mode=mode,
    )
    start = SIGNED + timedelta(seconds=first)
    assert window_end(start, of) <= window_end(start + timedelta(seconds=later), of)


def test_terms_survive_their_row() -> None:
    of = terms(window_days=14, restocking_basis_points=1500)
    assert Terms.from_json(of.as_json()) == of
    assert Terms.from_json({**of.as_json(), "of_the_future": 1}) == of
