"""The list of all payments back, and the comparison with what gateways said: pages and API."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts import actions as staff
from accounts.models import User
from returns import actions, payments
from returns.gateways import Outcome, Result
from returns.models import Case, ExchangeRate, GatewayAnswer, Refund
from returns.states import CaseStatus
from tests.returns import shop

LEDGER, COMPARED = "/console/refunds/ledger/", "/console/refunds/reconciliation/"


@pytest.fixture
def finance(fin: User, client: Client) -> Client:
    client.force_login(fin)
    return client


@pytest.fixture
def api(fin: User) -> Client:
    _token, text = staff.issue_token(fin, name="test", by=fin)
    return Client(headers={"Authorization": f"Token {text}"})


def paid(fin: User, **fields: Any) -> Case:
    case = shop.case(shop.order(**fields), status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    if case.refunds.filter(confirmed_at=None).exists():
        actions.confirm_refund(case, by=shop.second_payer())
    payments.submit_due()
    return case


def contradicted(fin: User) -> Refund:
    case = shop.case(status=CaseStatus.AWAITING_REFUND)
    shop.refuse_payments(case.order)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    told = Result(Outcome.SUCCEEDED, refund_id="re_1", amount=100_00, currency="USD")
    return actions.settle_refund(case.refunds.get(), told, way=GatewayAnswer.Way.NOTICE)


def test_the_ledger_shows_what_a_refund_is_in_the_books(finance: Client, fin: User) -> None:
    ExchangeRate.objects.create(
        currency="EUR", book_currency="USD", day=date(2026, 3, 1), rate=Decimal("1.05")
    )
    case = paid(fin, currency="EUR", fx_rate=Decimal("1.10"))
    page = finance.get(LEDGER).content.decode()
    for text in (case.number, "€100.00", "$110.00", "$5.00", "Paid"):
        assert text in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("status=succeeded", True), ("status=failed", False), ("tender=points", False), ("status=odd", True)],
)
def test_the_ledger_is_narrowed_by_state_and_tender(
    finance: Client, fin: User, asked: str, shown: bool
) -> None:
    case = paid(fin)
    assert (case.number in finance.get(f"{LEDGER}?{asked}").content.decode()) is shown


def test_the_ledger_asks_as_much_for_one_as_for_many(
    finance: Client, fin: User, django_assert_num_queries: Any
) -> None:
    paid(fin)
    finance.get(LEDGER)
    with django_assert_num_queries(3):
        finance.get(LEDGER)
    for _ in range(3):
        paid(fin)
    with django_assert_num_queries(3):
        finance.get(LEDGER)


def test_where_all_is_well_nothing_has_to_be_looked_at(finance: Client, fin: User) -> None:
    paid(fin)
    page = finance.get(COMPARED).content.decode()
    assert "Everything agrees" in page
    assert "<table" not in page


def test_what_a_provider_says_otherwise_is_shown_beside_our_books(finance: Client, fin: User) -> None:
    refund = contradicted(fin)
    page = finance.get(COMPARED).content.decode()
    for text in (refund.number, refund.case.number, "Failed", "The provider says something else"):
        assert text in page
    assert "Everything agrees" not in page


def test_the_comparison_by_api(api: Client, fin: User, desk: Traveller) -> None:
    refund = contradicted(fin)
    told = api.get("/api/v1/refunds/reconciliation/").json()
    (row,) = told["contradicted"]
    assert (row["number"], row["status"], row["told"], row["told_amount"]) == (
        refund.number,
        "failed",
        "succeeded",
        "100.00",
    )
    assert told["unanswered"] == []


def test_refunds_by_api_say_tender_and_books(api: Client, fin: User) -> None:
    placed = shop.order(captured=60_00)
    shop.payment(placed, 40_00, tender="points", units=4000)
    case = shop.case(placed, status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    (row,) = api.get("/api/v1/refunds/", {"tender": "points"}).json()["results"]
    assert (row["tender"], row["units"], row["amount"]) == ("points", 4000, "40.00")
    assert (row["book_amount"], row["cash_amount"], row["fx_difference"]) == ("40.00", "40.00", "0.00")
