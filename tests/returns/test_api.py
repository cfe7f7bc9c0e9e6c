"""Cases and refunds for other systems: the same verbs, the same refusals."""

from typing import Any

import pytest
from django.test import Client

from accounts import actions as staff
from accounts.models import User
from core.models import OutgoingMail
from customers.models import Customer
from orders.models import Order
from returns import payments
from returns.models import Case, Refund
from returns.states import CaseStatus
from tests.returns import shop
from tickets.models import Ticket

CASES, REFUNDS = "/api/v1/cases/", "/api/v1/refunds/"


def signed(member: User, **more: str) -> dict[str, str]:
    _token, text = staff.issue_token(member, name="test", by=member)
    return {"Authorization": f"Token {text}", **more}


def post(client: Client, url: str, body: dict[str, Any], member: User, **headers: str) -> Any:
    return client.post(url, body, content_type="application/json", headers=signed(member, **headers))


def request_for(order: Order, **more: Any) -> dict[str, Any]:
    return {"order": order.reference, "items": [{"position": 1, "reason": "changed_mind"}], **more}


def test_a_return_is_requested_once_per_delivery(client: Client, order: Order, alice: User) -> None:
    body = request_for(order, external_id="wx-1", description="Too bright")
    first, again = (post(client, CASES, body, alice) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    answer = first.json()
    assert answer["number"] == again.json()["number"]
    assert (answer["status"], answer["requested_amount"], answer["approved_amount"]) == (
        "submitted",
        "100.00",
        None,
    )
    assert answer["lines"][0]["quantity_requested"] == 1
    assert answer["timers"][0]["kind"] == "review"
    assert "approve" in answer["verbs"]
    assert Ticket.objects.get().channel == "api"


def test_what_cannot_be_returned_is_409_with_a_sentence(client: Client, order: Order, alice: User) -> None:
    shop.case(order)
    answer = post(client, CASES, request_for(order), alice)
    assert answer.status_code == 409
    assert answer.json()["code"] == "case.item_in_return"
    assert "already part of a return" in answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"items": []},
        {"items": [{"position": 9, "reason": "other"}]},
        {"items": [{"position": 1, "reason": "?"}]},
    ],
)
def test_wrong_input_is_400(client: Client, order: Order, alice: User, body: dict[str, Any]) -> None:
    assert post(client, CASES, {"order": order.reference, **body}, alice).status_code == 400


def test_an_order_that_is_not_there_is_404(client: Client, alice: User, order: Order) -> None:
    assert post(client, CASES, {**request_for(order), "order": "O-1"}, alice).status_code == 404


def test_the_list_is_filtered_and_paged(client: Client, alice: User, desk: Any) -> None:
    cases = [shop.case(), shop.case(status=CaseStatus.REJECTED)]
    everything = client.get(CASES, headers=signed(alice)).json()["results"]
    assert [row["number"] for row in everything] == [case.number for case in reversed(cases)]
    for query, case in (
        ({"status": "rejected"}, cases[1]),
        ({"order": cases[0].order.reference}, cases[0]),
        ({"q": cases[0].ticket.number}, cases[0]),
        ({"q": cases[1].order.number.lower()}, cases[1]),
        ({"q": cases[1].customer.email}, cases[1]),
    ):
        rows = client.get(CASES, query, headers=signed(alice)).json()["results"]
        assert [row["number"] for row in rows] == [case.number]


def test_the_whole_way_by_api(
    client: Client, order: Order, alice: User, wei: User, fin: User, flora: User
) -> None:
    shop.policy(one_payer_limit=0)
    shop.centre()
    number = post(client, CASES, request_for(order), alice).json()["number"]

    def do(verb: str, body: dict[str, Any], member: User) -> Any:
        answer = post(client, f"{CASES}{number}/{verb}/", body, member)
        assert answer.status_code == 200, answer.json()
        return answer.json()

    do("request-info", {"question": "A photo, please."}, alice)
    do("supply", {"text": "By mail."}, alice)
    assert do("approve", {"amount": "90.00"}, alice)["approved_amount"] == "90.00"
    do("track", {"carrier": "SF", "tracking_number": "SF1234567800001"}, alice)
    do("receive", {"items": [{"position": 1, "quantity": 1}]}, wei)
    do("start-inspection", {}, wei)
    lot = {"position": 1, "quantity": 1, "grade": "C", "accepted": False, "value_loss_percent": 30}
    do("inspect", {"lots": [lot]}, wei)
    do("offer-deduction", {"amount": "27.00", "note": "Scratched"}, alice)
    assert do("waive-deduction", {}, alice)["refund_amount"] == "90.00"
    paid = post(
        client, REFUNDS, {"case": number, "expected_refunded": "0"}, fin, **{"Idempotency-Key": "erp-0001"}
    )
    again = post(client, REFUNDS, {"case": number}, fin, **{"Idempotency-Key": "erp-0001"})
    assert (paid.status_code, again.json()[0]["number"]) == (201, paid.json()[0]["number"])
    refund = paid.json()[0]
    assert (refund["amount"], refund["status"], refund["confirmed_at"]) == ("90.00", "created", None)
    assert (
        post(client, f"{REFUNDS}{refund['number']}/confirm/", {}, fin).json()["code"] == "refund.same_person"
    )
    post(client, f"{REFUNDS}{refund['number']}/confirm/", {}, flora)
    payments.submit_due()
    done = client.get(f"{REFUNDS}{refund['number']}/", headers=signed(alice)).json()
    assert (done["status"], done["lines"]) == (
        "succeeded",
        [{"component": "goods", "position": 1, "quantity": 1, "amount": "90.00"}],
    )
    assert client.get(f"{CASES}{number}/", headers=signed(alice)).json()["status"] == "completed"


def test_other_ends(client: Client, alice: User, fin: User, flora: User, desk: Any) -> None:
    def do(case: Case, verb: str, body: dict[str, Any]) -> str:
        return str(post(client, f"{CASES}{case.number}/{verb}/", body, alice).json()["status"])

    assert do(shop.case(), "refuse", {"reason": "used", "text": "Worn"}) == "rejected"
    assert do(shop.case(), "withdraw", {}) == "cancelled"
    approved = shop.case(status=CaseStatus.APPROVED)
    assert do(approved, "instruct", {"centre": shop.centre().code}) == "awaiting_return"
    disputed = shop.case(status=CaseStatus.INSPECTION_DISPUTE)
    assert (
        do(disputed, "send-back", {"carrier": "UPS", "tracking_number": "1Z9999"}) == "returned_to_customer"
    )
    assert do(disputed, "finish-send-back", {}) == "completed"
    failed = shop.case(status=CaseStatus.REFUND_FAILED)
    refund = failed.refunds.get()
    assert post(client, f"{REFUNDS}{refund.number}/retry/", {}, fin).json()["status"] == "refunding"
    shop.policy(one_payer_limit=0)
    waiting = shop.case(status=CaseStatus.AWAITING_REFUND)
    number = post(client, REFUNDS, {"case": waiting.number}, fin).json()[0]["number"]
    assert post(client, f"{REFUNDS}{number}/cancel/", {}, flora).json()["status"] == "awaiting_refund"
    assert Refund.objects.get(number=number).status == "cancelled"


def test_a_verb_that_is_not_possible_is_409(client: Client, order: Order, alice: User) -> None:
    case = shop.case(order, status=CaseStatus.REJECTED)
    answer = post(client, f"{CASES}{case.number}/approve/", {}, alice)
    assert (answer.status_code, answer.json()["code"]) == (409, "case.cannot_approve")
    assert "Rejected" in answer.json()["message"]


def test_an_amount_finer_than_the_currency_is_400(client: Client, order: Order, alice: User) -> None:
    case = shop.case(order)
    assert post(client, f"{CASES}{case.number}/approve/", {"amount": "1.001"}, alice).status_code == 400


def test_an_older_version_is_409(client: Client, order: Order, alice: User) -> None:
    case = shop.case(order)
    answer = post(client, f"{CASES}{case.number}/approve/", {"version": case.version + 1}, alice)
    assert answer.json()["code"] == "case.changed_meanwhile"


def test_rights_are_those_of_the_console(
    client: Client, order: Order, alice: User, wei: User, fin: User, carol: Customer
) -> None:
    case = shop.case(order)
    assert post(client, f"{CASES}{case.number}/approve/", {}, wei).status_code == 403
    assert post(client, f"{CASES}{case.number}/receive/", {"items": []}, alice).status_code == 403
    assert post(client, REFUNDS, {"case": case.number}, alice).status_code == 403
    assert client.get(REFUNDS, headers=signed(wei)).status_code == 403
    assert client.get(CASES).status_code == 401
    assert not OutgoingMail.objects.exists()
