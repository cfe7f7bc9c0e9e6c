"""Promotions that a partial return breaks, and gifts that stay: settled anew on the terms of the purchase."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from time_machine import Traveller

from accounts.models import User
from orders import rules as orders
from orders.drafts import DiscountDraft, LineDraft, OrderDraft
from orders.models import DiscountAllocation, Order, OrderLine
from orders.rules import PricedOrder
from returns import actions, payments
from returns.actions.intake import plan
from returns.models import Case, Refund, ReturnPolicy
from returns.resettlement import Bought, Gift, kept_price, settle
from returns.states import CaseStatus
from tests.returns import shop
from tests.returns.conftest import NOW

MALL = ((200_00, 30_00),)


def bought(priced: PricedOrder) -> list[Bought]:
    made = []
    for line in priced.lines:
        shares: dict[int, int] = {}
        for share in line.shares:
            shares[share.promotion] = shares.get(share.promotion, 0) + share.amount
        made.append(Bought(line.draft.quantity, line.draft.unit_price, line.tax, shares))
    return made


LAMP, SHADE = Bought(1, 120_00, 0, {1: 16_36}), Bought(1, 100_00, 0, {1: 13_64})


@pytest.mark.parametrize(
    ("kept", "price"), [((1, 1), 190_00), ((1, 0), 120_00), ((0, 1), 100_00), ((0, 0), 0)]
)
def test_kept_goods_cost_what_they_would_have_cost_alone(kept: tuple[int, int], price: int) -> None:
    assert kept_price([LAMP, SHADE], kept, {1: MALL}) == price


def test_a_lower_tier_still_counts() -> None:
    rows = [Bought(2, 120_00, 0, {1: 24_00}), Bought(1, 160_00, 0, {1: 16_00})]
    tiers = {1: ((200_00, 20_00), (400_00, 40_00))}
    assert kept_price(rows, (2, 1), tiers) == 360_00
    assert kept_price(rows, (2, 0), tiers) == 220_00
    assert kept_price(rows, (1, 0), tiers) == 120_00


def test_goods_outside_of_the_promotion_do_not_reach_it() -> None:
    rows = [Bought(1, 250_00, 0, {1: 30_00}), Bought(1, 900_00)]
    assert kept_price(rows, (0, 1), {1: MALL}) == 900_00


def test_a_discount_of_the_line_stays_with_its_units() -> None:
    assert kept_price([Bought(3, 10_00, 1_00, {0: 2_00})], (1,), {}) == 9_66


def test_what_was_kept_before_and_costs_more_now_is_owed_and_not_taken() -> None:
    # 195 + 10, 30 off from 200: the small one goes back and breaks the promotion.
    assert settle(175_00, [], 195_00, 0) == (0, 20_00)
    assert settle(175_00, [195_00], 0, 0) == (175_00, 0)


def test_fees_of_earlier_returns_are_not_given_back() -> None:
    assert settle(190_00, [120_00], 0, 60_00) == (120_00, 0)


@st.composite
def baskets(draw: st.DrawFn) -> PricedOrder:
    lines = draw(
        st.lists(
            st.builds(
                LineDraft,
                st.just("x"),
                st.just("x"),
                st.integers(1, 4),
                st.integers(0, 500),
                tax=st.integers(0, 40),
            ),
            min_size=1,
            max_size=4,
        )
    )
    spent = sum(line.unit_price * line.quantity for line in lines)
    steps = sorted(draw(st.sets(st.integers(1, 400), max_size=3)))
    tiers = tuple((least, step) for step, least in enumerate(steps, start=1) if least >= step)
    discounts = [DiscountDraft(draw(st.integers(0, spent // 2)))]
    if tiers:
        off = orders.tier_off(tiers, spent - discounts[0].amount)
        discounts.append(DiscountDraft(off, tiers=tiers))
    return orders.price(
        OrderDraft("1", 1, "CNY", NOW, tuple(lines), tuple(each for each in discounts if each.amount))
    )


@given(baskets())
def test_all_of_an_order_costs_what_was_paid(priced: PricedOrder) -> None:
    rows = bought(priced)
    assert kept_price(rows, [row.quantity for row in rows], _tiers(priced)) == priced.total
    assert kept_price(rows, [0] * len(rows), _tiers(priced)) == 0


@given(baskets(), st.randoms(use_true_random=False))
def test_any_order_of_returns_brings_exactly_what_was_paid(priced: PricedOrder, random: Any) -> None:
    rows, tiers = bought(priced), _tiers(priced)
    units = [index for index, row in enumerate(rows) for _unit in range(row.quantity)]
    random.shuffle(units)
    kept = [row.quantity for row in rows]
    before: list[int] = []
    refunded = 0
    for index in units:
        kept[index] -= 1
        now = kept_price(rows, kept, tiers)
        refund, owes = settle(priced.total, before, now, refunded)
        assert min(refund, owes) == 0
        refunded += refund
        assert refunded <= priced.total
        before.append(now)
    assert refunded == priced.total


def _tiers(priced: PricedOrder) -> dict[int, Any]:
    return {share.promotion: share.tiers for line in priced.lines for share in line.shares if share.tiers}


@pytest.mark.parametrize(
    ("goods", "gifts", "charged"),
    [((0, 1), (0, 0), 39_00), ((0, 1), (0, 1), 0), ((0, 0), (0, 0), 0), ((1, 2), (0, 0), 39_00)],
)
def test_a_gift_that_stays_is_charged_once(
    goods: tuple[int, int], gifts: tuple[int, int], charged: int
) -> None:
    assert Gift(2, 39_00, 2).charge(goods, gifts) == charged


# --- on real orders ----------------------------------------------------------------------------------


@pytest.fixture
def anew(desk: Traveller) -> None:
    """Terms that settle promotions anew."""
    ReturnPolicy.objects.update(proration_method="resettlement")


def mall() -> Order:
    """A lamp for 120 and a shade for 100, 30 off from 200."""
    placed = shop.order(
        shop.line("Lamp", unit_price=120_00, discount=16_36, paid=103_64),
        shop.line("Shade", unit_price=100_00, discount=13_64, paid=86_36),
    )
    for line in placed.lines.all():
        DiscountAllocation.objects.create(
            order=placed, line=line, amount=line.discount, promotion=1, tiers=[[200_00, 30_00]]
        )
    return placed


def give_back(placed: Order, index: int, fin: User, code: str = "changed_mind") -> int:
    """Return one line and have it paid; what came of it."""
    items = [shop.item(placed, index=index, code=code)]
    case = shop.case(placed, items=items, status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    if case.refunds.filter(confirmed_at=None).exists():
        actions.confirm_refund(case, by=shop.second_payer())
    payments.submit_due()
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED
    return sum(Refund.objects.filter(case=case).values_list("amount", flat=True))


@pytest.mark.parametrize(("order_of", "brought"), [((1, 0), (70_00, 120_00)), ((0, 1), (90_00, 100_00))])
def test_both_orders_of_returning_end_at_what_was_paid(
    anew: None, fin: User, order_of: tuple[int, int], brought: tuple[int, int]
) -> None:
    placed = mall()
    assert tuple(give_back(placed, index, fin) for index in order_of) == brought
    assert placed.payments.get().refunded == 190_00
    assert all(line.refunded <= line.paid + line.discount for line in placed.lines.all())


def test_in_proportion_each_line_brings_its_share(desk: Traveller, fin: User) -> None:
    placed = mall()
    assert [give_back(placed, index, fin) for index in (1, 0)] == [86_36, 103_64]
    assert set(placed.lines.values_list("resettled", flat=True)) == {0}


def test_the_review_shows_what_the_promotion_costs(anew: None) -> None:
    placed = mall()
    made = plan(placed, [shop.item(placed, index=1)], NOW).quote.breakdown
    assert (made.goods, made.resettled, made.customer_owes, made.total) == (70_00, -16_36, 0, 70_00)


def test_what_the_customer_owes_is_shown_and_not_taken(anew: None) -> None:
    placed = shop.order(
        shop.line("Lamp", unit_price=195_00, discount=28_54, paid=166_46),
        shop.line("Bulb", unit_price=10_00, discount=1_46, paid=8_54),
    )
    for line in placed.lines.all():
        DiscountAllocation.objects.create(
            order=placed, line=line, amount=line.discount, promotion=1, tiers=[[200_00, 30_00]]
        )
    made = plan(placed, [shop.item(placed, index=1)], NOW).quote.breakdown
    assert (made.total, made.customer_owes) == (0, 20_00)


def test_goods_that_were_wrong_cost_the_customer_no_promotion(anew: None, fin: User) -> None:
    placed = mall()
    made = plan(placed, [shop.item(placed, index=1, code="wrong_item")], NOW).quote.breakdown
    assert (made.goods, made.customer_owes) == (86_36, 0)


def test_a_gift_that_is_kept_comes_off(desk: Traveller, fin: User) -> None:
    placed = shop.order(shop.line("Lamp", paid=299_00), shop.line("Mug", unit_price=0, paid=0))
    OrderLine.objects.filter(order=placed, title="Mug").update(gift_value=39_00, gift_with=1)
    made = plan(placed, [shop.item(placed, index=0)], NOW).quote.breakdown
    assert (made.goods, made.gifts_kept, made.total) == (299_00, 39_00, 260_00)
    both = [shop.item(placed, index=0), shop.item(placed, index=1)]
    assert plan(placed, both, NOW).quote.total == 299_00
    assert plan(placed, [shop.item(placed, index=1)], NOW).quote.total == 0
    assert give_back(placed, 0, fin) == 260_00
