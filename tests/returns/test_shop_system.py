"""The shop's own system as a gateway: signed calls, and every way in which an answer can be none."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from time_machine import Traveller

from accounts.models import User
from core import signatures
from orders.models import Shop
from returns import actions, payments
from returns.gateways import Outcome, RefundRequest, gateway_for
from returns.gateways.shop_system import ShopSystem
from returns.models import Case, GatewayConnection
from returns.models.gateways import check_address
from returns.states import CaseStatus, RefundStatus
from tests.returns import counterpart, shop
from tests.returns.conftest import NOW

ASKED = RefundRequest(key="F-1", payment="pay_1", amount=12_34, currency="EUR")


@pytest.fixture
def system(desk: Traveller) -> Iterator[counterpart.ShopSystem]:
    with counterpart.running() as system:
        yield system


@pytest.fixture
def case(system: counterpart.ShopSystem) -> Case:
    """100.00 due, paid through the shop's system."""
    counterpart.connect(system)
    return shop.case(shop.order(gateway="lamps"), status=CaseStatus.AWAITING_REFUND)


def test_a_refund_goes_to_the_system_of_its_shop(
    case: Case, fin: User, system: counterpart.ShopSystem
) -> None:
    (refund,) = actions.create_refund(case, by=fin)
    assert payments.submit_due() == 1
    refund.refresh_from_db()
    assert (refund.status, refund.gateway_refund_id) == (RefundStatus.SUCCEEDED, f"re_{refund.number}")
    assert system.paid(refund.number) == [100_00]
    assert system.calls == [("POST", "/after-sales/refunds")]
    assert Case.objects.get(pk=case.pk).status == CaseStatus.COMPLETED


def test_a_connection_serves_its_shop_alone(system: counterpart.ShopSystem) -> None:
    connection = counterpart.connect(system, shop=Shop.objects.create(code="x", name="X", currency="USD"))
    placed = shop.order(gateway="lamps")
    assert gateway_for(placed.payments.get()) is None
    GatewayConnection.objects.filter(pk=connection.pk).update(shop=placed.shop)
    assert isinstance(gateway_for(shop.order(gateway="lamps").payments.get()), ShopSystem)
    GatewayConnection.objects.update(is_active=False)
    assert gateway_for(shop.order(gateway="lamps").payments.get()) is None


def test_no_answer_in_time_is_unknown_and_is_asked_for(
    desk: Traveller, case: Case, fin: User, system: counterpart.ShopSystem
) -> None:
    GatewayConnection.objects.update(timeout_s=1)
    system.answers[case.order.payments.get().external_id] = "slow"
    (refund,) = actions.create_refund(case, by=fin)
    payments.submit_due()
    refund.refresh_from_db()
    assert (refund.status, "too slow" in refund.failure) == (RefundStatus.UNKNOWN, True)
    assert refund.payment.refundable == 0
    desk.shift(timedelta(minutes=1))
    payments.submit_due()
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert [method for method, _path in system.calls] == ["POST", "GET"]


def test_a_system_that_is_down_is_unknown(case: Case, fin: User, system: counterpart.ShopSystem) -> None:
    GatewayConnection.objects.update(url="http://127.0.0.1:9")
    actions.create_refund(case, by=fin)
    payments.submit_due()
    assert case.refunds.get().status == RefundStatus.UNKNOWN


OTHER = b'{"key": "F-2", "state": "succeeded", "amount": 1234, "currency": "EUR"}'


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"key": "F-1", "state": "done"}'),
        (200, b'{"key": "F-1", "state": "succeeded", "amount": "12.34", "currency": "EUR"}'),
        (200, b'{"key": "F-1", "state": "succeeded", "amount": true, "currency": "EUR"}'),
        (200, b'{"key": "F-1", "state": "succeeded", "amount": 1, "currency": "EUR", "rate": "NaN"}'),
        (200, OTHER),
        (200, b" " * 70_000),
        (302, b"{}"),
        (401, b"{}"),
        (404, b"{}"),
        (429, b"{}"),
        (500, OTHER),
        (503, b""),
    ],
)
def test_what_is_no_answer_is_unknown(system: counterpart.ShopSystem, status: int, content: bytes) -> None:
    gateway = ShopSystem(counterpart.connect(system))
    system.raw = status, content
    assert gateway.refund(ASKED).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("status", [400, 409, 422])
def test_a_refusal_is_final_even_without_words(system: counterpart.ShopSystem, status: int) -> None:
    gateway = ShopSystem(counterpart.connect(system))
    system.raw = status, b"no"
    assert gateway.refund(ASKED).outcome == Outcome.REFUSED
    assert gateway.refund(ASKED).message == f"refused with {status}"


def test_a_call_with_another_secret_reaches_nothing(system: counterpart.ShopSystem) -> None:
    connection = counterpart.connect(system)
    connection.keep("another secret than theirs")
    assert ShopSystem(connection).refund(ASKED).outcome == Outcome.UNKNOWN
    assert (system.turned_away, system.refunds) == (1, {})


def test_a_secret_nobody_can_open_pays_nothing(system: counterpart.ShopSystem, settings: Any) -> None:
    connection = counterpart.connect(system)
    settings.SECRET_KEY = "another installation"
    assert ShopSystem(connection).refund(ASKED).outcome == Outcome.UNKNOWN
    assert system.calls == []


def test_the_secret_is_not_stored_as_it_is(desk: Traveller) -> None:
    connection = counterpart.connect()
    assert counterpart.SECRET not in connection.secret
    assert GatewayConnection.objects.get().tell() == counterpart.SECRET


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example/",
        "ftp://shop.example",
        "https://",
        "https://a@shop.example",
        "https://shop.example/?a=1",
    ],
)
def test_addresses_in_the_clear_are_not_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        check_address(address)


@pytest.mark.parametrize("address", ["https://shop.example/x", "http://127.0.0.1:8000", "http://localhost/a"])
def test_addresses_that_are_taken(address: str) -> None:
    check_address(address)


def test_a_signature_holds_for_its_content_its_time_and_its_secret() -> None:
    made = signatures.headers("k", "secret", b"body", NOW)
    assert signatures.is_genuine("secret", made, b"body", NOW + timedelta(minutes=4))
    assert not signatures.is_genuine("secret", made, b"body!", NOW)
    assert not signatures.is_genuine("other", made, b"body", NOW)
    for late in (timedelta(minutes=6), -timedelta(minutes=6)):
        assert not signatures.is_genuine("secret", made, b"body", NOW + late)
    for odd in ("", "-1", "1e9", "９", "9" * 13):
        assert not signatures.is_genuine("secret", {**made, "X-Timestamp": odd}, b"body", NOW)
    assert not signatures.is_genuine("secret", {**made, "X-Signature": "é"}, b"body", NOW)
