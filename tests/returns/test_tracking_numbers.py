"""Tracking numbers that customers type: guessed, doubted, insisted on, and never used twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from core import clock
from core.errors import Refused
from customers.models import Customer
from orders.models import Order, Shipment
from orders.states import Direction
from returns import actions
from returns.defaults import ensure_returns
from returns.models import Case, PolicyAmounts, Reason, ReturnPolicy
from returns.states import CaseStatus
from tests import build
from tests.returns import shop
from tests.returns.test_portal import text_of, visitor

GOOD, MISTYPED = "1Z999AA10123456784", "1Z999AA10123456785"


def waiting(order: Order) -> Case:
    return shop.case(order, status=CaseStatus.AWAITING_RETURN)


def told(case: Case, carrier: str, number: str, *, sure: bool = False) -> Shipment:
    """The parcel that a customer's words make."""
    actions.add_tracking(case, carrier=carrier, tracking_number=number, sure=sure, by=case.customer)
    return Shipment.objects.get(return_parcel__case=case)


def test_the_carrier_is_read_from_the_number(order: Order) -> None:
    assert told(waiting(order), "", "1z 999 aa1 0123 456 784").carrier == "UPS"


@pytest.mark.parametrize(
    ("carrier", "number", "code"),
    [
        ("", "1234567890", "case.carrier_unknown"),
        ("UPS", MISTYPED, "case.tracking_number_mistyped"),
        ("SF Express", "RT1234567890", "case.tracking_number_unusual"),
    ],
)
def test_doubts_are_said(order: Order, carrier: str, number: str, code: str) -> None:
    case = waiting(order)
    with pytest.raises(Refused) as refused:
        told(case, carrier, number)
    assert refused.value.code == code
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_RETURN


@pytest.mark.parametrize("number", [MISTYPED, "RT1234567890"])
def test_who_is_sure_is_believed(order: Order, number: str) -> None:
    assert told(waiting(order), "UPS", number, sure=True).tracking_number == number


def test_a_carrier_we_do_not_know_is_believed(order: Order) -> None:
    assert told(waiting(order), "Hermes", "H123456").carrier == "Hermes"


def test_a_customer_insists_on_the_page(order: Order, carol: Customer) -> None:
    case, client = waiting(order), visitor(carol)
    address = f"/returns/{case.number}/tracking/"
    page = text_of(client.get(f"/requests/{case.ticket.number}/cases/"))
    assert "The number is right, use it as it is" not in page
    doubted = client.post(address, {"carrier": "UPS", "tracking_number": MISTYPED})
    assert doubted.status_code == 409
    assert "check digit" in text_of(doubted)
    assert "The number is right, use it as it is" in text_of(doubted)
    client.post(address, {"carrier": "UPS", "tracking_number": MISTYPED, "sure": "on"})
    case.refresh_from_db()
    assert case.status == CaseStatus.RETURN_IN_TRANSIT


def test_an_api_insists_too(order: Order, alice: User, client: Client) -> None:
    case = waiting(order)
    headers = {"authorization": f"Token {issue_token(alice, name='Shop', by=alice)[1]}"}

    def post(body: dict[str, Any]) -> Any:
        address = f"/api/v1/cases/{case.number}/track/"
        return client.post(address, body, content_type="application/json", headers=headers)

    assert post({"tracking_number": "RT12345678"}).json()["code"] == "case.carrier_unknown"
    body = {"carrier": "UPS", "tracking_number": MISTYPED}
    assert post(body).json()["code"] == "case.tracking_number_mistyped"
    assert post({**body, "sure": True}).status_code == 200


def test_of_two_with_one_number_at_once_one_is_refused(together: Callable[..., list[Any]]) -> None:
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    carol = build.customer("Carol", country="US")
    cases = [waiting(fresh_order(carol)) for _ in range(3)]
    outcomes = together(*[lambda case=case: told(case, "UPS", GOOD) for case in cases])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "Refused", "Shipment"]
    assert Shipment.objects.filter(tracking_number=GOOD, direction=Direction.RETURN).count() == 1


def fresh_order(carol: Customer) -> Order:
    """Delivered just now, so that it can be returned by the real clock."""
    return shop.order(customer=carol, delivered_at=clock.now(), placed_at=clock.now())
