"""Signs of risk: each from its configured figure on, kept with the case, told to staff and to nobody else."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as some
from time_machine import Traveller

from accounts.rights import Role
from core import events, words
from customers.models import Customer
from orders.models import Order
from returns import actions, risk, risk_words
from returns.actions.judging import foreseen, judge, risk_of
from returns.models import Case, CaseRisk, RiskRule
from returns.risk import History, RiskFlag, Sign
from returns.states import CaseKind, CaseStatus, Grade
from tests import build
from tests.returns import shop, ways
from tests.returns.conftest import NOW

# --- the rules ---------------------------------------------------------------------------------------


def watch(flag: RiskFlag, limit: Any, minimum: int = 0, points: int = 60) -> Any:
    return SimpleNamespace(flag=flag.value, limit=Decimal(limit), minimum=minimum, points=points)


@pytest.mark.parametrize(
    ("flag", "limit", "minimum", "history", "is_up"),
    [
        (RiskFlag.RETURN_RATE, 40, 5, {"orders": 5, "returned": 2}, True),
        (RiskFlag.RETURN_RATE, 40, 5, {"orders": 4, "returned": 4}, False),
        (RiskFlag.RETURN_RATE, 40, 5, {"orders": 1000, "returned": 399}, False),
        (RiskFlag.RETURN_RATE, 40, 0, {"orders": 0, "returned": 0}, False),
        (RiskFlag.NOT_RECEIVED, 3, 0, {"not_received": 3}, True),
        (RiskFlag.NOT_RECEIVED, 3, 0, {"not_received": 2}, False),
        (RiskFlag.VALUE, 3, 5, {"value": 301, "median": 100, "compared": 5}, True),
        (RiskFlag.VALUE, 3, 5, {"value": 300, "median": 100, "compared": 5}, False),
        (RiskFlag.VALUE, 3, 5, {"value": 900, "median": 100, "compared": 4}, False),
        (RiskFlag.WRONG_ITEM, 2, 0, {"wrong_items": 2}, True),
        (RiskFlag.WRONG_ITEM, 2, 0, {"wrong_items": 1}, False),
        (RiskFlag.SHARED_ADDRESS, 3, 0, {"accounts": 3}, True),
        (RiskFlag.SHARED_ADDRESS, 3, 0, {"accounts": 2}, False),
    ],
)
def test_a_sign_is_up_from_its_limit_on(
    flag: RiskFlag, limit: int, minimum: int, history: dict[str, Any], is_up: bool
) -> None:
    found = risk.signs(History(**history), [watch(flag, limit, minimum)])
    assert [sign.flag for sign in found] == ([flag.value] if is_up else [])


@given(points=some.lists(some.integers(0, 100)))
def test_a_score_is_never_above_a_hundred(points: list[int]) -> None:
    found = [Sign("value", each, {}) for each in points]
    assert risk.score(found) == min(100, sum(points))


def test_a_clean_past_shows_no_sign() -> None:
    watches = [watch(flag, limit) for flag, limit in zip(RiskFlag, (40, 3, 3, 2, 3), strict=True)]
    assert risk.signs(History(), watches) == []


# --- what they look at -------------------------------------------------------------------------------


@pytest.fixture
def carol(desk: Traveller) -> Customer:
    return build.customer("Carol", country="US")


@pytest.fixture
def small(desk: Traveller) -> None:
    """Everything up to 1,000.00 is approved without a look."""
    shop.policy(auto_approve_limit=1_000_00)


def sign_in(customer: Customer) -> Client:
    client = Client()
    client.get("/")
    session = client.session
    session["portal_customer"] = customer.pk
    session.save()
    return client


def flags(case: Case) -> list[str]:
    return list(CaseRisk.objects.filter(case=case).values_list("flag", flat=True))


def orders(customer: Customer, count: int, **fields: Any) -> list[Order]:
    return [shop.order(customer=customer, **fields) for _ in range(count)]


@pytest.mark.usefixtures("small")
def test_two_of_five_orders_back_is_much(carol: Customer) -> None:
    bought = orders(carol, 5)
    first, second = (shop.case(order) for order in bought[:2])
    assert (flags(first), first.status) == ([], CaseStatus.APPROVED)
    assert (flags(second), second.status) == (["return_rate"], CaseStatus.SUBMITTED)
    assert CaseRisk.objects.get(case=second).facts == {"returned": 2, "orders": 5}


def test_what_was_refused_or_is_long_ago_does_not_count(carol: Customer, desk: Traveller) -> None:
    bought = orders(carol, 5)
    shop.case(bought[0], status=CaseStatus.REJECTED)
    assert flags(shop.case(bought[1])) == []
    desk.shift(timedelta(days=181))
    shop.policy(window_days=400)
    assert flags(shop.case(bought[2])) == []


def test_the_third_parcel_that_never_came(carol: Customer) -> None:
    assert shop.reason("not_received").denies_receipt
    placed = orders(carol, 3, delivered_at=NOW)
    made = [ways.begin(CaseKind.RESEND, order, code="not_received") for order in placed]
    assert [("not_received" in flags(case)) for case in made] == [False, False, True]


def test_far_more_than_others_send_back(carol: Customer) -> None:
    for name in ("Ann", "Ben", "Cat", "Dan", "Eva"):
        shop.case(shop.order(customer=build.customer(name, country="US")))
    assert flags(shop.case(shop.order(shop.line(paid=300_00), customer=carol))) == []
    case = shop.case(shop.order(shop.line(paid=1_00), customer=carol))
    sign = CaseRisk.objects.get(case=case)
    assert (sign.flag, sign.facts) == ("value", {"value": 301_00, "median": 100_00, "currency": "USD"})


def test_the_second_empty_parcel(carol: Customer) -> None:
    for order in orders(carol, 2):
        case = shop.case(order, status=CaseStatus.INSPECTING)
        assert flags(case) == []
        nothing = shop.lots(case, grade=Grade.E, accepted=False, note="Empty")
        actions.inspect(case, lots=nothing, by=shop.staff(Role.WAREHOUSE))
    assert flags(shop.case(shop.order(customer=carol))) == ["wrong_item"]


def test_three_accounts_at_one_address(carol: Customer) -> None:
    there = {"country": "US", "postcode": "10001", "city": "New York", "lines": "1 Main St."}
    other = {**there, "lines": "1, main st"}
    shop.order(customer=build.customer("Ann"), ship_to=other)
    assert flags(shop.case(shop.order(customer=carol, ship_to=there))) == []
    shop.order(customer=build.customer("Ben"), ship_to=other)
    case = shop.case(shop.order(customer=carol, ship_to=there))
    assert (flags(case), CaseRisk.objects.get(case=case).facts) == (["shared_address"], {"count": 3})


def test_rules_are_configured(carol: Customer) -> None:
    RiskRule.objects.filter(flag="return_rate").update(is_active=False)
    bought = orders(carol, 5)
    assert [flags(shop.case(order)) for order in bought[:3]] == [[], [], []]
    RiskRule.objects.filter(flag="return_rate").update(is_active=True, limit=90)
    assert flags(shop.case(bought[3])) == []
    assert flags(shop.case(bought[4])) == ["return_rate"]


# --- what comes of it --------------------------------------------------------------------------------


def flagged(customer: Customer) -> Case:
    bought = orders(customer, 5)
    shop.case(bought[0])
    return shop.case(bought[1])


@pytest.mark.usefixtures("small")
def test_a_sign_below_the_threshold_of_the_policy_lets_pass(carol: Customer) -> None:
    RiskRule.objects.update(points=59)
    case = flagged(carol)
    assert (flags(case), risk_of(case), case.status) == (["return_rate"], 59, CaseStatus.APPROVED)


def test_a_flagged_request_is_still_a_request(carol: Customer) -> None:
    case = flagged(carol)
    assert case.status == CaseStatus.SUBMITTED
    approved = actions.approve(case, by=shop.staff(Role.LEAD))
    assert approved.status in (CaseStatus.APPROVED, CaseStatus.AWAITING_RETURN)


def test_a_case_is_judged_once(carol: Customer) -> None:
    case = flagged(carol)
    before = list(CaseRisk.objects.values_list("pk", "facts"))
    assert judge(case, at=NOW) == 60
    assert list(CaseRisk.objects.values_list("pk", "facts")) == before
    assert events.timeline(case.ticket).filter(kind="case.flagged").count() == 1


def test_looking_ahead_writes_nothing(carol: Customer) -> None:
    bought = orders(carol, 5)
    shop.case(bought[0])
    shop.case(bought[1])
    assert foreseen(bought[2], at=NOW) == 60
    assert CaseRisk.objects.count() == 1


@pytest.mark.usefixtures("small")
def test_a_refund_of_a_flagged_case_waits_for_finance(carol: Customer) -> None:
    bought = orders(carol, 5)
    plain = shop.case(bought[0])
    assert plain.status == CaseStatus.APPROVED
    watched = shop.case(bought[1], status=CaseStatus.AWAITING_REFUND)
    assert not watched.refunds.exists()


def test_the_customer_hears_nothing_of_it(carol: Customer) -> None:
    case = flagged(carol)
    told = events.timeline(case.ticket, public_only=True)
    assert "case.flagged" not in set(told.values_list("kind", flat=True))
    sign = CaseRisk.objects.get(case=case)
    client = Client()
    portal = sign_in(carol)
    request = portal.get(f"/requests/{case.ticket.number}/cases/").content.decode()
    assert case.number in request
    assert risk_words.sentence(sign) not in request
    client.force_login(shop.staff(Role.AGENT))
    page = client.get(f"/console/cases/{case.number}/").content.decode()
    assert risk_words.sentence(sign) in page


def test_staff_read_the_figures_in_their_language(carol: Customer) -> None:
    sign = CaseRisk.objects.get(case=flagged(carol))
    assert "Of 5 orders" in risk_words.sentence(sign)
    assert "40 %" in risk_words.sentence(sign)
    with translation.override("zh-hans"):
        assert "5 个订单" in risk_words.sentence(sign)
        happened = events.timeline(sign.case.ticket).get(kind="case.flagged")
        assert "退货订单占比高" in words.event(happened)


@pytest.mark.parametrize(
    ("flag", "facts"),
    [
        ("return_rate", {"returned": 2, "orders": 5}),
        ("not_received", {"count": 3}),
        ("value", {"value": 30_100, "median": 10_000, "currency": "USD"}),
        ("wrong_item", {"count": 2}),
        ("shared_address", {"count": 3}),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sign_has_its_words(flag: str, facts: dict[str, Any], language: str) -> None:
    with translation.override(language):
        said = risk_words.sentence(CaseRisk(flag=flag, facts=facts))
    assert any(str(value)[:2] in said for value in facts.values())
    assert ("。" in said) is (language == "zh-hans")
