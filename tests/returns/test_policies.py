"""Which policy applies and why, what the law adds to it, and what is frozen for a case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as some
from time_machine import Traveller

from core import countries
from core.errors import Refused
from customers.models import Tier
from orders.models import Order, Shipment, ShipmentLine
from returns import actions, drafts, policies, rules
from returns.actions.intake import plan
from returns.defaults import STATUTES
from returns.models import Reason, ReturnPolicy, StatutoryRule
from returns.offers import offer, offers
from returns.policies import Book, explain, explained
from returns.situations import Situation
from returns.states import CaseKind, CaseStatus
from returns.statutes import floors
from returns.terms import Terms
from tests import build
from tests.returns import shop
from tests.returns.conftest import NOW

DELIVERED = shop.DELIVERED
DAY = timedelta(days=1)


@pytest.fixture
def vip(desk: Traveller) -> Tier:
    return Tier.objects.create(code="vip", rank=9, name_en="VIP", name_zh="贵宾")


def policy(name: str, **fields: Any) -> ReturnPolicy:
    return ReturnPolicy.objects.create(name_en=name, name_zh=name, **fields)


def bought(country: str = "US", *, tier: Tier | None = None, **line: Any) -> Order:
    customer = build.customer("Carol", country=country, tier=tier)
    return shop.order(shop.line(**line), customer=customer, ship_to={"country": country})


def found(order: Order, at: datetime = NOW, **fields: Any) -> policies.Explanation:
    return explain(order, order.lines.all()[0], at, **fields)


# --- E33 ---------------------------------------------------------------------------------------------


@pytest.fixture
def four(vip: Tier) -> None:
    """P1 everywhere, P2 Germany, P3 final sale, P4 for the best customers."""
    ReturnPolicy.objects.all().delete()
    policy("P1", window_days=30)
    policy("P2", country="DE", window_days=14)
    policy("P3", category="Underwear", window_days=0)
    policy("P4", tier=vip, window_days=60)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("country", "is_vip", "line", "chosen", "days", "blocked"),
    [
        ("DE", False, {"category": "Shoes"}, "P2", 14, ""),
        ("DE", True, {"category": "Shoes"}, "P4", 60, ""),
        ("US", True, {"category": "Underwear"}, "P3", 0, "not_returnable"),
        ("DE", False, {"category": "Underwear"}, "P3", 14, ""),
        ("DE", False, {"category": "Underwear", "flags": ["sealed_hygiene"]}, "P3", 0, "not_returnable"),
    ],
)
def test_the_most_specific_policy_wins_and_the_law_lifts_it(
    vip: Tier, country: str, is_vip: bool, line: dict[str, Any], chosen: str, days: int, blocked: str
) -> None:
    order = bought(country, tier=vip if is_vip else None, **line)
    why = found(order)
    assert why.policy is not None
    assert why.terms is not None
    assert (why.policy.name_en, why.terms.window_days, why.blocked) == (chosen, days, blocked)
    assert offers(order, NOW)[0].blocked == blocked


@pytest.mark.usefixtures("four")
def test_what_was_lifted_is_frozen_with_its_law() -> None:
    order = bought("DE", category="Underwear")
    case = shop.case(order)
    lifted = {row["what"]: row for row in case.terms.lifted}
    law = StatutoryRule.objects.get(code="eu-withdrawal")
    window = lifted["window_days"]
    assert (window["before"], window["after"], window["rule"]) == (0, 14, law.pk)
    assert window["name_zh"] == law.name_zh
    assert (case.terms.window_mode, case.terms.window_anchor) == ("eu", "last_parcel")
    law.delete()
    case.refresh_from_db()
    assert Terms.from_json(case.policy_snapshot).lifted == case.terms.lifted


# --- the choice --------------------------------------------------------------------------------------


def test_priority_goes_before_specificity_and_that_before_age(desk: Traveller) -> None:
    order = bought("US", sku="LAMP-1", category="Lamps")
    by_category = policy("category", category="Lamps")
    assert (found(order).policy, found(order).decided_by) == (by_category, "specificity")
    newer = policy("newer", category="lamps")
    assert (found(order).policy, found(order).decided_by) == (newer, "newest")
    by_sku = policy("sku", sku="lamp-1")
    assert found(order).policy == by_sku
    first = policy("first", priority=1)
    assert (found(order).policy, found(order).decided_by) == (first, "priority")


def test_sku_outweighs_all_the_rest(vip: Tier) -> None:
    order = bought("DE", tier=vip, sku="L", category="Lamps")
    by_sku = policy("sku", sku="L")
    policy("rest", category="Lamps", tier=vip, country="DE")
    assert found(order).policy == by_sku
    weights = {each.policy.name_en: each.specificity for each in found(order).candidates}
    assert (weights["sku"], weights["rest"]) == (8, 7)


def test_each_policy_that_does_not_match_says_why(vip: Tier) -> None:
    order = bought("US", category="Lamps", sku="L-1")
    policy(
        "narrow",
        country="DE",
        category="Shoes",
        sku="S-1",
        tier=vip,
        reason=shop.reason("defective"),
        valid_from=date(2026, 4, 1),
    )
    looked_at = next(each for each in found(order).candidates if each.policy.name_en == "narrow")
    assert {miss.field for miss in looked_at.misses} == {
        *("country", "category", "sku", "tier", "reason", "valid_from")
    }
    assert next(miss for miss in looked_at.misses if miss.field == "country").got == "US"


def test_shop_and_reason_narrow_a_policy(desk: Traveller) -> None:
    order = bought()
    here = policy("here", shop=order.shop, window_days=11)
    assert found(order).policy == here
    ours = policy("broken", reason=shop.reason("defective"), window_days=44)
    assert found(order).policy == here
    assert found(order, reason=shop.reason("defective")).policy == ours
    photo = shop.photo()
    items = [shop.item(order, code="defective")]
    case = actions.submit(order, items=items, by=order.customer, attachments=[photo])
    assert case.policy == ours


def test_the_day_of_the_order_decides_on_the_wall_of_the_customer(desk: Traveller) -> None:
    march = policy("march", valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31), priority=5)
    late_in_february = datetime(2026, 3, 1, 3, tzinfo=UTC)
    """Still the 28th of February in New York."""
    order = bought("US")
    Order.objects.filter(pk=order.pk).update(placed_at=late_in_february)
    order.refresh_from_db()
    assert found(order).policy != march
    order.ship_to = {"country": "CN"}
    assert found(order).policy == march
    order.placed_at = datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert found(order).policy != march


def test_a_policy_cannot_end_before_it_begins(desk: Traveller) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        policy("odd", valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 1))


def test_kinds_that_a_policy_does_not_allow_are_refused(desk: Traveller) -> None:
    shop.policy(kinds=[CaseKind.EXCHANGE])
    order = bought("US")
    assert found(order).blocked == "kind_not_allowed"
    assert found(order, kind=CaseKind.EXCHANGE).blocked == ""
    with pytest.raises(Refused) as refused:
        plan(order, [shop.item(order)], NOW)
    assert refused.value.code == "case.item_kind_not_allowed"


def test_no_policy_closes_the_way_the_law_opens(desk: Traveller) -> None:
    shop.policy(kinds=[CaseKind.EXCHANGE])
    order = bought("DE")
    assert found(order).blocked == ""
    assert CaseKind.RETURN_REFUND in plan(order, [shop.item(order)], NOW).terms.kinds


def test_marked_goods_may_be_excluded(desk: Traveller) -> None:
    shop.policy(excluded_flags=["final_sale"])
    assert found(bought("US", flags=["final_sale"])).blocked == "not_returnable"
    assert found(bought("US", flags=["final_sale"])).excluded_by == ("final_sale",)
    assert found(bought("US")).blocked == ""
    german = found(bought("DE", flags=["final_sale"]))  # no exception in the directive (domain 8)
    assert german.terms is not None
    assert (german.blocked, german.terms.window_days) == ("", 14)


# --- tiers -------------------------------------------------------------------------------------------


def test_a_tier_adds_days_and_free_postage(vip: Tier) -> None:
    Tier.objects.filter(pk=vip.pk).update(window_bonus_days=10, free_returns=True)
    vip.refresh_from_db()
    order = bought("US", tier=vip)
    terms = found(order).terms
    assert terms is not None
    assert (terms.window_days, terms.bonus_days, terms.freight_payer) == (40, 10, "shop")
    made_for_them = policy("VIP", tier=vip, window_days=60)
    terms = found(order).terms
    assert terms is not None
    assert (terms.policy, terms.window_days, terms.bonus_days) == (made_for_them.pk, 60, 0)
    assert terms.freight_payer == "fault"


def test_a_tier_is_approved_unseen_up_to_more(vip: Tier) -> None:
    vip.auto_approve_bonus = 50
    vip.save()
    shop.policy().amounts.all().delete()
    order = bought("US", tier=vip)
    shop.policy().amounts.create(currency=order.currency, auto_approve_limit=20_01)
    terms = found(order).terms
    assert terms is not None
    assert terms.auto_approve_limit == 30_01
    made_for_them = policy("VIP", tier=vip)
    made_for_them.amounts.all().delete()
    made_for_them.amounts.create(currency=order.currency, auto_approve_limit=5_00)
    terms = found(order).terms
    assert terms is not None
    assert (terms.policy, terms.auto_approve_limit) == (made_for_them.pk, 5_00)


def test_a_bonus_does_not_make_final_sale_returnable(vip: Tier) -> None:
    vip.window_bonus_days = 10
    vip.save()
    shop.policy(window_days=0)
    assert found(bought("US", tier=vip)).blocked == "not_returnable"


# --- E34 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "amount", "status"),
    [
        ("CNY", 100_00, CaseStatus.APPROVED),
        ("CNY", 100_01, CaseStatus.SUBMITTED),
        ("USD", 14_00, CaseStatus.SUBMITTED),
        ("USD", 13_88, CaseStatus.APPROVED),
    ],
)
def test_a_limit_in_yuan_holds_for_an_order_in_dollars(
    desk: Traveller, currency: str, amount: int, status: str
) -> None:
    row = shop.policy(auto_approve_risk_below=60)
    row.amounts.all().delete()
    row.amounts.create(currency="CNY", auto_approve_limit=100_00)
    shop.shop(currency="CNY", country="CN")
    rate = None if currency == "CNY" else Decimal("7.20")
    order = shop.order(shop.line(paid=amount), currency=currency, fx_rate=rate)
    assert shop.case(order).status == status


@pytest.mark.parametrize(("risk", "passes"), [(0, True), (59, True), (60, False), (100, False)])
def test_risk_keeps_a_request_from_being_approved_unseen(risk: int, passes: bool) -> None:
    terms = Terms(1, "", "", "CNY", "UTC", auto_approve_limit=100_00)
    assert terms.approves_unseen(100_00, risk) is passes


def test_without_a_rate_nothing_is_granted_in_another_currency(desk: Traveller) -> None:
    shop.policy().amounts.all().delete()
    terms = found(shop.order(currency="CHF")).terms
    assert terms is not None
    assert (terms.auto_approve_limit, terms.agent_limit) == (0, 0)


@given(
    limit=some.integers(0, 10**9),
    rate=some.decimals(Decimal("0.0001"), Decimal(10_000), places=8),
    places=some.integers(-2, 2),
)
def test_no_exchanged_limit_is_ever_overstepped(limit: int, rate: Decimal, places: int) -> None:
    ours = rules.exchanged(limit, rate, places)
    assert 0 <= Decimal(ours) * rate <= Decimal(limit).scaleb(-places)
    assert Decimal(ours + 1) * rate > Decimal(limit).scaleb(-places)


# --- the period --------------------------------------------------------------------------------------


def test_the_item_or_the_last_parcel_starts_the_clock(desk: Traveller) -> None:
    order = shop.order(shop.line("Lamp"), shop.line("Bulb"))
    for line, at in zip(order.lines.all(), (DELIVERED - 5 * DAY, DELIVERED), strict=True):
        parcel = Shipment.objects.create(order=order, delivered_at=at, created_at=at)
        ShipmentLine.objects.create(shipment=parcel, line=line, quantity=1)
    assert [each.until for each in offers(order, NOW)] == [DELIVERED + 30 * DAY] * 2
    shop.policy(window_anchor="delivered")
    order.refresh_from_db()
    assert [each.until for each in offers(order, NOW)] == [DELIVERED + 25 * DAY, DELIVERED + 30 * DAY]
    shop.policy(window_anchor="ordered")
    Order.objects.filter(pk=order.pk).update(placed_at=DELIVERED - 9 * DAY)
    order.refresh_from_db()
    assert [each.until for each in offers(order, NOW)] == [DELIVERED + 21 * DAY] * 2


def test_a_confirmation_starts_the_clock_where_it_is_known(desk: Traveller) -> None:
    shop.policy(window_anchor="confirmed")
    order = bought("US")
    assert found(order).until == DELIVERED + 30 * DAY
    order.confirmed_at = DELIVERED + 2 * DAY
    assert found(order).until == DELIVERED + 32 * DAY
    order.delivered_at = DELIVERED + 3 * DAY  # something came after it
    assert found(order).until == DELIVERED + 33 * DAY


def test_an_end_on_a_holiday_gives_way_and_says_so(desk: Traveller) -> None:
    """Good Friday and Easter Monday 2026: 14 days from 20 March would end on 3 April."""
    order = bought("DE")
    order.delivered_at = datetime(2026, 3, 20, 10, tzinfo=UTC)
    policy("DE", country="DE", window_days=14, window_mode="eu")
    period = found(order).deadline
    assert period is not None
    assert period.first_day == date(2026, 3, 21)
    assert period.last_day == date(2026, 4, 7)
    assert [why for _day, why in period.moved_over] == ["holiday", "weekend", "weekend", "holiday"]
    assert period.until == datetime(2026, 4, 7, 22, tzinfo=UTC)


def test_goods_on_their_way_have_no_end_yet(desk: Traveller) -> None:
    order = shop.order(delivered_at=None)
    assert (found(order).deadline, found(order).blocked) == (None, "not_delivered")


# --- the law -----------------------------------------------------------------------------------------


def test_all_members_of_the_union_have_its_right(desk: Traveller) -> None:
    assert len(countries.EUROPEAN_UNION) == 27
    shop.policy(window_days=1)
    for country in countries.EUROPEAN_UNION:
        terms = found(bought(country)).terms
        assert terms is not None
        assert (country, terms.window_days, terms.refunds_shipping) == (country, 14, True)


def test_the_statutes_of_a_fresh_installation(desk: Traveller) -> None:
    assert {row.territory for row in StatutoryRule.objects.all()} == {"CN", "EU", "GB", "US"}
    for law in STATUTES:
        assert law["name_en"]
        assert law["name_zh"]
        assert law["source_en"]
        assert law["source_zh"]


def test_a_new_law_is_a_new_dated_row(desk: Traveller) -> None:
    old = StatutoryRule.objects.get(code="eu-withdrawal")
    old.valid_to = date(2026, 2, 28)
    old.save()
    StatutoryRule.objects.create(
        code=old.code,
        territory="EU",
        right="withdrawal",
        name_en="21 days",
        name_zh="二十一天",
        min_days=21,
        mode="eu",
        valid_from=date(2026, 3, 1),
        source_en="§ 1",
        source_zh="§ 1",
    )
    shop.policy(window_days=1)
    before, after = bought("DE"), bought("DE")
    before.placed_at = DELIVERED - 2 * DAY
    assert [found(order).terms.window_days for order in (before, after)] == [14, 21]  # type: ignore[union-attr]


def test_faulty_goods_have_rights_of_their_own(desk: Traveller) -> None:
    """Thirty days to reject in the United Kingdom, on the shop's account."""
    shop.policy(window_days=14, freight_payer="customer")
    order = bought("GB")
    late = DELIVERED + 20 * DAY
    line = order.lines.get()
    book = policies.active_policies()
    open_question = offer(order, line, late, book)
    assert open_question.blocked == ""
    assert open_question.until is not None
    assert open_question.faulty_until is not None
    assert open_question.until < late < open_question.faulty_until
    assert offer(order, line, late, book, reason=shop.reason("changed_mind")).blocked == "window_closed"
    faulty = offer(order, line, late, book, reason=shop.reason("defective"))
    assert faulty.terms is not None
    assert (faulty.blocked, faulty.terms.freight_payer) == ("", "shop")


def test_conformity_opens_repair_but_no_refund(desk: Traveller) -> None:
    order, late = bought("DE"), DELIVERED + 400 * DAY
    broken = shop.reason("defective")
    assert found(order, late, reason=broken).blocked == "window_closed"
    assert found(order, late, reason=broken, kind=CaseKind.REPAIR).blocked == ""


def test_a_fee_is_taken_once_the_law_s_period_is_over(desk: Traveller) -> None:
    shop.policy(window_days=60, restocking_percent=15)
    order = bought("DE")
    within, after = (found(order, DELIVERED + n * DAY).terms for n in (10, 40))
    assert within is not None
    assert after is not None
    assert (within.restocking_basis_points, after.restocking_basis_points) == (0, 1500)
    assert found(bought("US")).terms.restocking_basis_points == 1500  # type: ignore[union-attr]


def test_nothing_of_policy_and_law_is_read_twice(desk: Traveller, django_assert_num_queries: Any) -> None:
    order = Order.objects.select_related("shop", "customer__tier").get(
        pk=shop.order(shop.line(), shop.line(), shop.line()).pk
    )
    with django_assert_num_queries(5):  # policies, amounts, laws, lines, parcels
        offers(order, NOW)


# --- what is shown and kept --------------------------------------------------------------------------


def test_a_policy_may_ask_for_more_than_the_reason(desk: Traveller) -> None:
    shop.policy(evidence="photo")
    order = bought("US")
    with pytest.raises(Refused) as refused:
        actions.submit(order, items=[shop.item(order)], by=order.customer)
    assert (refused.value.code, refused.value.facts["evidence"]) == ("case.evidence_missing", "photo")
    case = actions.submit(order, items=[shop.item(order)], by=order.customer, attachments=[shop.photo()])
    assert case.terms.evidence == "photo"


def test_the_wizard_asks_for_what_the_policy_wants(desk: Traveller) -> None:
    order = bought("US")
    draft = drafts.open_draft(order)
    line = order.lines.get()
    wish = {str(line.pk): {"kind": "return_refund"}}
    draft = drafts.keep(draft, items={str(line.pk): 1}, reasons={str(line.pk): "changed_mind"}, wishes=wish)
    assert drafts.reached(draft) == "review"
    shop.policy(evidence="file")
    assert (drafts.reached(draft), drafts.evidence_asked(draft)) == ("evidence", "file")


@pytest.mark.parametrize(
    ("first", "second", "stricter"),
    [("", "", ""), ("", "file", "file"), ("photo", "file", "photo"), ("file", "photo", "photo")],
)
def test_the_stricter_demand_counts(first: str, second: str, stricter: str) -> None:
    assert rules.stricter_evidence(first, second) == stricter


@pytest.mark.parametrize(("amount", "stays"), [(0, False), (9_99, True), (10_00, False)])
def test_cheap_goods_may_stay(amount: int, stays: bool) -> None:
    assert Terms(1, "", "", "EUR", "UTC", keep_item_below=10_00).lets_keep(amount) is stays


def test_all_that_a_policy_promises_is_frozen(desk: Traveller) -> None:
    promised = {
        "quote_days": 1,
        "offer_days": 2,
        "dispatch_days": 3,
        "acceptance_days": 4,
        "escalate_days": 5,
        "proration_method": "resettlement",
        "auto_approve_risk_below": 6,
    }
    shop.policy(**promised, keep_item_below=7)
    terms = shop.case(bought("US")).terms
    assert {name: getattr(terms, name) for name in promised} == promised
    assert terms.keep_item_below == 7


# --- properties --------------------------------------------------------------------------------------

LAWS = [
    StatutoryRule(pk=n, **{**law, "name_en": "", "name_zh": ""}) for n, law in enumerate(STATUTES, start=1)
]
MODES = list(ReturnPolicy.Window.values)
ANCHORS = list(ReturnPolicy.Anchor.values)
FLAGS = ["custom_made", "perishable", "sealed_hygiene", "digital", "final_sale"]
moments = some.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 1), timezones=some.just(UTC))  # noqa: DTZ001


@some.composite
def situations(draw: Any) -> Situation:
    country = draw(some.sampled_from(["CN", "DE", "FR", "GR", "GB", "US", "BR", ""]))
    placed = draw(moments)
    delivered = placed + draw(some.timedeltas(timedelta(), timedelta(days=30)))
    last = delivered + draw(some.timedeltas(timedelta(), timedelta(days=10)))
    reason = draw(some.sampled_from([None, "merchant", "customer", "carrier", "unknown"]))
    return Situation(
        placed_at=placed,
        at=last + draw(some.timedeltas(timedelta(), timedelta(days=90))),
        country=country,
        zone=draw(some.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "UTC"])),
        flags=frozenset(draw(some.lists(some.sampled_from(FLAGS), max_size=2))),
        reason=Reason(pk=1, code="x", fault_default=reason) if reason else None,
        kind=draw(some.sampled_from([CaseKind.RETURN_REFUND, CaseKind.EXCHANGE, CaseKind.REPAIR])),
        delivered_at=delivered,
        last_parcel_at=last,
        confirmed_at=draw(some.none() | some.just(last + DAY)),
    )


@some.composite
def books(draw: Any) -> Book:
    row = ReturnPolicy(
        pk=1,
        name_en="P",
        name_zh="P",
        window_days=draw(some.integers(0, 60)),
        window_mode=draw(some.sampled_from(MODES)),
        window_anchor=draw(some.sampled_from(ANCHORS)),
        restocking_percent=Decimal(draw(some.integers(0, 100))),
        freight_payer=draw(some.sampled_from(list(ReturnPolicy.Payer.values))),
        excluded_flags=draw(some.lists(some.sampled_from(FLAGS), max_size=2)),
    )
    row._prefetched_objects_cache = {"amounts": []}  # type: ignore[attr-defined]
    return Book([row], LAWS)


@given(situation=situations(), book=books())
def test_no_period_is_shorter_than_the_law_s(situation: Situation, book: Book) -> None:
    """T3, for every policy, place and anchor."""
    why = explained(situation, book)
    for floor in floors(situation, LAWS):
        if floor.applies and floor.until and floor.rule.min_days:
            assert why.until is not None
            assert why.until >= floor.until


@given(situation=situations(), book=books(), later=some.timedeltas(timedelta(), timedelta(days=20)))
def test_a_later_delivery_never_brings_the_end_forward(
    situation: Situation, book: Book, later: timedelta
) -> None:
    """T2."""
    assert situation.delivered_at is not None
    assert situation.last_parcel_at is not None
    delayed = Situation(
        **{
            **situation.__dict__,
            "delivered_at": situation.delivered_at + later,
            "last_parcel_at": situation.last_parcel_at + later,
        }
    )
    first, second = explained(situation, book).until, explained(delayed, book).until
    assert first is not None
    assert second is not None
    assert second >= first


@given(
    situation=situations(),
    book=books(),
    goods=some.integers(0, 10**7),
    shipping=some.integers(0, 10**5),
    label=some.integers(0, 10**5),
)
def test_no_fee_exceeds_the_refund_nor_the_law(
    situation: Situation, book: Book, goods: int, shipping: int, label: int
) -> None:
    """M8: at most the refund, and none at all while a law forbids it."""
    terms = explained(situation, book).terms
    assert terms is not None
    forbidden = any(
        floor.applies and floor.holds_now and not floor.rule.fee_allowed for floor in floors(situation, LAWS)
    )
    fee = rules.restocking_fee(goods, terms.restocking_basis_points)
    assert not (forbidden and fee)
    taken = Terms(**{**terms.__dict__, "label_fee": label})
    worth = rules.breakdown(goods, fee, rules.Basket(shipping=shipping), taken, shop_bears=False)
    assert 0 <= worth.total <= worth.gross
    assert worth.fees <= worth.gross
