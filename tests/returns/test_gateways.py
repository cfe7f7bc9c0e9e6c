"""The contract that every payment provider has to keep; a new one is added to `GATEWAYS`."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from returns.gateways import Gateway, Outcome, RefundRequest, gateway_of
from returns.gateways.sandbox import Sandbox
from returns.gateways.shop_system import ShopSystem
from returns.models import SandboxBehaviour, SandboxRefund
from tests.returns import counterpart


@dataclass(frozen=True)
class World:
    """A provider, ways to make it refuse or fall silent, and the payments it has made under a key."""

    gateway: Gateway
    make: Callable[[RefundRequest, str], None]
    paid: Callable[[str], Sequence[int]]


@contextmanager
def sandbox() -> Iterator[World]:
    def make(request: RefundRequest, answer: str) -> None:
        SandboxBehaviour.objects.create(payment=request.payment, answer=answer)

    def paid(key: str) -> Sequence[int]:
        return list(SandboxRefund.objects.filter(key=key, state="paid").values_list("amount", flat=True))

    yield World(Sandbox(), make, paid)


@contextmanager
def shop_system(**fields: Any) -> Iterator[World]:
    with counterpart.running() as system:

        def make(request: RefundRequest, answer: str) -> None:
            system.answers[request.payment] = answer

        yield World(ShopSystem(counterpart.connect(system, **fields)), make, system.paid)


GATEWAYS = {"sandbox": sandbox, "shop system": shop_system}


@pytest.fixture(params=GATEWAYS)
def world(request: pytest.FixtureRequest, db: None) -> Iterator[World]:
    with GATEWAYS[request.param]() as world:
        yield world


ASKED = RefundRequest(key="key-00000001", payment="pay_1", amount=12_34, currency="EUR")


def test_a_refund_is_paid_and_says_so(world: World) -> None:
    result = world.gateway.refund(ASKED)
    assert (result.outcome, result.amount, result.currency) == (Outcome.SUCCEEDED, 12_34, "EUR")
    assert result.refund_id
    assert world.gateway.query(ASKED.key) == result


def test_the_same_key_pays_once(world: World) -> None:
    first, again = (world.gateway.refund(ASKED) for _ in range(2))
    assert first == again
    assert world.paid(ASKED.key) == [12_34]


@pytest.mark.parametrize("change", [{"amount": 12_35}, {"currency": "USD"}, {"payment": "pay_2"}])
def test_another_body_under_the_same_key_is_refused(world: World, change: dict[str, str]) -> None:
    world.gateway.refund(ASKED)
    other = replace(ASKED, **change)  # type: ignore[arg-type]
    assert world.gateway.refund(other).outcome == Outcome.REFUSED
    assert world.paid(ASKED.key) == [12_34]


def test_a_key_that_was_never_used_is_not_found(world: World) -> None:
    assert world.gateway.query("key-99999999").outcome == Outcome.NOT_FOUND


def test_what_is_accepted_first_is_paid_later(world: World) -> None:
    world.make(ASKED, "pay_later")
    assert world.gateway.refund(ASKED).outcome == Outcome.PENDING
    assert world.gateway.query(ASKED.key).outcome == Outcome.SUCCEEDED
    assert world.paid(ASKED.key) == [12_34]


def test_a_refusal_pays_nothing_and_says_why(world: World) -> None:
    world.make(ASKED, "refuse")
    result = world.gateway.refund(ASKED)
    assert result.outcome == Outcome.REFUSED
    assert result.message
    assert world.paid(ASKED.key) == []


def test_a_refused_key_can_be_tried_again_where_the_rules_say_so(world: World) -> None:
    world.make(ASKED, "refuse")
    world.gateway.refund(ASKED)
    again = world.gateway.refund(ASKED).outcome
    assert again == (Outcome.SUCCEEDED if world.gateway.rules.retry_same_key else Outcome.REFUSED)


@pytest.mark.parametrize(("answer", "known"), [("silent_paid", [12_34]), ("silent_unpaid", [])])
def test_a_lost_answer_is_unknown_and_a_query_knows(world: World, answer: str, known: list[int]) -> None:
    world.make(ASKED, answer)
    assert world.gateway.refund(ASKED).outcome == Outcome.UNKNOWN
    assert world.paid(ASKED.key) == known
    assert world.gateway.query(ASKED.key).outcome == (Outcome.SUCCEEDED if known else Outcome.NOT_FOUND)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", GATEWAYS)
def test_many_at_once_under_one_key_pay_once(name: str) -> None:
    start = Barrier(8)

    def ask(gateway: Gateway) -> str:
        try:
            start.wait()
            return gateway.refund(ASKED).outcome
        finally:
            connection.close()

    with GATEWAYS[name]() as world, ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, [world.gateway] * 8)) == {Outcome.SUCCEEDED}
        assert world.paid(ASKED.key) == [12_34]


def test_what_is_given_back_in_kind_is_the_same_contract(world: World) -> None:
    points = replace(ASKED, tender="points", units=1234)
    assert world.gateway.refund(points).outcome == Outcome.SUCCEEDED
    assert world.gateway.refund(points) == world.gateway.query(points.key)


def test_payments_know_their_provider() -> None:
    assert isinstance(gateway_of("sandbox"), Sandbox)
    assert gateway_of("cash") is None
