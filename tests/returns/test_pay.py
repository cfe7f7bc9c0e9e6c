"""Paying: one row before the provider is called, four eyes over the limit, and answers of every kind."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from core import events
from core.actors import SYSTEM
from core.errors import Refused
from orders.models import Order
from returns import actions, payments, tasks
from returns.gateways import GatewayRules, Outcome, Result, sandbox
from returns.models import Case, Refund, SandboxBehaviour, SandboxRefund
from returns.states import CaseStatus, RefundStatus
from tests.returns import shop
from tests.returns.conftest import NOW

Answer = SandboxBehaviour.Answer


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


@pytest.fixture
def case(order: Order) -> Case:
    """100.00 due for the lamp."""
    return shop.case(order, status=CaseStatus.AWAITING_REFUND)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_refund_is_a_row_before_anybody_is_called(case: Case, fin: User) -> None:
    (refund,) = actions.create_refund(case, by=fin)
    assert refund.number.startswith("F-")
    assert (refund.status, refund.amount, refund.currency) == (RefundStatus.CREATED, 100_00, "USD")
    assert (refund.created_by, refund.confirmed_by, refund.idempotency_key) == (fin, fin, refund.number)
    assert fresh(case).status == CaseStatus.REFUNDING
    assert not SandboxRefund.objects.exists()
    assert case.order.payments.get().refunded == 100_00


def test_a_worker_pays_it_and_the_case_is_complete(case: Case, fin: User) -> None:
    actions.create_refund(case, by=fin)
    assert tasks.submit_refunds() == 1
    refund = case.refunds.get()
    assert (refund.status, refund.succeeded_at) == (RefundStatus.SUCCEEDED, NOW)
    assert refund.gateway_refund_id
    done = fresh(case)
    assert (done.status, done.finished_at, done.due_at) == (CaseStatus.COMPLETED, NOW, None)
    kinds = list(events.timeline(case.ticket).values_list("kind", flat=True))
    assert kinds[-3:] == ["refund.created", "refund.succeeded", "case.completed"]
    assert tasks.submit_refunds() == 0


def test_above_the_limit_a_second_person_releases(desk: Traveller, fin: User, flora: User) -> None:
    case = shop.case(shop.order(shop.line(paid=300_01)), status=CaseStatus.AWAITING_REFUND)
    (refund,) = actions.create_refund(case, by=fin)
    assert refund.waits_for_release
    assert fresh(case).status == CaseStatus.AWAITING_REFUND
    assert payments.submit_due() == 0
    with refused_with("refund.same_person"):
        actions.confirm_refund(case, by=fin)
    with refused_with("refund.waits_for_release"):
        actions.create_refund(case, by=flora)
    actions.confirm_refund(case, by=flora)
    assert fresh(case).status == CaseStatus.REFUNDING
    assert payments.submit_due() == 1
    refund.refresh_from_db()
    assert (refund.created_by, refund.confirmed_by, refund.status) == (fin, flora, RefundStatus.SUCCEEDED)


def test_what_waits_can_be_taken_back(desk: Traveller, fin: User, flora: User) -> None:
    case = shop.case(shop.order(shop.line(paid=300_01)), status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=fin)
    actions.cancel_refund(case, by=flora)
    assert case.refunds.get().status == RefundStatus.CANCELLED
    assert case.order.payments.get().refunded == 0
    with refused_with("refund.nothing_waits"):
        actions.confirm_refund(case, by=flora)
    assert len(actions.create_refund(case, by=flora)) == 1


def test_without_the_right_nobody_pays(case: Case, alice: User, lea: User) -> None:
    for user in (alice, lea):
        with refused_with("case.not_allowed"):
            actions.create_refund(case, by=user)


def test_the_same_key_is_the_same_refund(case: Case, fin: User) -> None:
    first = actions.create_refund(case, by=fin, key="shop-4711-a")
    again = actions.create_refund(case, by=fin, key="shop-4711-a")
    assert first == again
    assert Refund.objects.count() == 1
    assert first[0].idempotency_key == "shop-4711-a"


def test_the_same_key_for_another_refund_is_refused(case: Case, fin: User) -> None:
    actions.create_refund(case, by=fin, key="shop-4711-a")
    other = shop.case(status=CaseStatus.AWAITING_REFUND)
    with refused_with("refund.key_reused"):
        actions.create_refund(other, by=fin, key="shop-4711-a")
    with refused_with("refund.key_odd"):
        actions.create_refund(other, by=fin, key="a b")


def test_who_saw_an_older_ledger_is_told(desk: Traveller, fin: User) -> None:
    order = shop.order(shop.line(quantity=4, paid=100_00))
    first, second = (shop.case(order, status=CaseStatus.AWAITING_REFUND) for _ in range(2))
    actions.create_refund(first, by=fin, expected_refunded=0)
    with refused_with("refund.ledger_moved"):
        actions.create_refund(second, by=fin, expected_refunded=0)
    assert order.payments.get().refunded == 25_00
    actions.create_refund(second, by=fin, expected_refunded=25_00)


def test_more_than_was_captured_cannot_be_refunded(desk: Traveller, fin: User) -> None:
    case = shop.case(shop.order(shop.line(), captured=99_99), status=CaseStatus.AWAITING_REFUND)
    with refused_with("refund.exceeds_payment"):
        actions.create_refund(case, by=fin)
    assert not Refund.objects.exists()


def test_several_payments_are_drawn_on_one_after_the_other(desk: Traveller, fin: User) -> None:
    order = shop.order(shop.line(), captured=30_00)
    shop.payment(order, 70_00)
    case = shop.case(order, status=CaseStatus.AWAITING_REFUND)
    refunds = actions.create_refund(case, by=fin, key="two-cards")
    assert [refund.amount for refund in refunds] == [30_00, 70_00]
    assert [refund.idempotency_key for refund in refunds] == ["two-cards", "two-cards|2"]
    assert actions.create_refund(case, by=fin, key="two-cards") == refunds
    shop.refuse_payments(order)
    SandboxBehaviour.objects.filter(payment=refunds[0].payment.external_id).delete()
    payments.submit_due()
    assert fresh(case).status == CaseStatus.REFUND_FAILED
    actions.retry_refund(case, by=fin)
    payments.submit_due()
    assert fresh(case).status == CaseStatus.COMPLETED
    assert SandboxRefund.objects.count() == 2


def test_a_small_refund_needs_nobody(desk: Traveller) -> None:
    shop.policy(auto_approve_limit=100_00)
    shop.centre()
    case = shop.case()
    actions.add_tracking(case, carrier="SF", tracking_number="SF1234567800001", by=case.customer)
    actions.receive(case, counts=shop.all_units(case), by=shop.staff("warehouse"))
    actions.start_inspection(case, by=shop.staff("warehouse"))
    case = actions.inspect(case, lots=shop.lots(case), by=shop.staff("warehouse"))
    assert case.status == CaseStatus.REFUNDING
    assert case.refunds.get().created_by is None
    payments.submit_due()
    assert fresh(case).status == CaseStatus.COMPLETED


def test_a_refusal_is_final_until_somebody_tries_again(case: Case, fin: User) -> None:
    shop.refuse_payments(case.order)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    refund = case.refunds.get()
    assert (refund.status, refund.failure) == (RefundStatus.FAILED, "the card was closed")
    assert fresh(case).status == CaseStatus.REFUND_FAILED
    assert case.order.payments.get().refunded == 0
    assert events.timeline(case.ticket).get(kind="refund.failed").public
    assert actions.retry_refund(case, by=fin) == [refund]
    payments.submit_due()
    refund.refresh_from_db()
    assert (refund.status, refund.attempts) == (RefundStatus.SUCCEEDED, 1)
    assert fresh(case).status == CaseStatus.COMPLETED


def test_where_a_failure_is_final_a_retry_is_a_new_refund(
    case: Case, fin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox.Sandbox, "rules", GatewayRules(retry_same_key=False))
    shop.refuse_payments(case.order)
    (first,) = actions.create_refund(case, by=fin)
    payments.submit_due()
    (second,) = actions.retry_refund(case, by=fin)
    assert (second.retry_of, second.idempotency_key) == (first, second.number)
    payments.submit_due()
    assert fresh(case).status == CaseStatus.COMPLETED
    assert set(Refund.objects.values_list("status", flat=True)) == {
        RefundStatus.FAILED,
        RefundStatus.SUCCEEDED,
    }


def test_a_lost_answer_is_asked_for_again_under_the_same_key(case: Case, fin: User, desk: Traveller) -> None:
    shop.refuse_payments(case.order, Answer.SILENT_PAID)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    refund = case.refunds.get()
    assert refund.status == RefundStatus.UNKNOWN
    assert fresh(case).status == CaseStatus.REFUNDING
    assert case.order.payments.get().refunded == 100_00
    assert payments.submit_due() == 0
    desk.shift(timedelta(minutes=1))
    assert payments.submit_due() == 1
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert SandboxRefund.objects.get().calls == 1


def test_what_never_reached_the_provider_is_sent_again(case: Case, fin: User, desk: Traveller) -> None:
    shop.refuse_payments(case.order, Answer.SILENT_UNPAID)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    assert not SandboxRefund.objects.exists()
    desk.shift(timedelta(minutes=1))
    payments.submit_due()
    assert case.refunds.get().status == RefundStatus.SUCCEEDED
    assert SandboxRefund.objects.count() == 1


def test_a_provider_that_pays_later_is_asked_until_it_has(case: Case, fin: User, desk: Traveller) -> None:
    shop.refuse_payments(case.order, Answer.PAY_LATER)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    assert case.refunds.get().status == RefundStatus.SUBMITTED
    desk.shift(timedelta(minutes=1))
    payments.submit_due()
    assert fresh(case).status == CaseStatus.COMPLETED


def test_a_provider_that_breaks_is_asked_again_more_and_more_slowly(
    case: Case, fin: User, desk: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: Any) -> Result:
        raise TimeoutError("no route")

    monkeypatch.setattr(sandbox.Sandbox, "refund", down)
    monkeypatch.setattr(sandbox.Sandbox, "query", down)
    actions.create_refund(case, by=fin)
    waits: list[timedelta] = []
    for _ in range(12):
        assert payments.submit_due() == 1
        refund = case.refunds.get()
        assert (refund.status, refund.failure) == (RefundStatus.UNKNOWN, "no route")
        waits.append(refund.next_attempt_at - NOW - sum(waits, timedelta()))
        desk.move_to(refund.next_attempt_at)
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)
    assert events.timeline(case.ticket).filter(kind="refund.unknown").count() == 1


@pytest.mark.parametrize(
    "told", [{"amount": 99_99, "currency": "USD"}, {"amount": 100_00, "currency": "EUR"}]
)
def test_another_amount_or_currency_is_not_taken_for_paid(case: Case, fin: User, told: Any) -> None:
    (refund,) = actions.create_refund(case, by=fin)
    payments.claim(NOW)
    settled = actions.settle_refund(refund, Result(Outcome.SUCCEEDED, refund_id="x", **told))
    assert settled.status == RefundStatus.UNKNOWN
    assert fresh(case).status == CaseStatus.REFUNDING


def test_an_answer_that_comes_twice_is_booked_once(case: Case, fin: User) -> None:
    actions.create_refund(case, by=fin)
    payments.submit_due()
    refund = case.refunds.get()
    late = Result(Outcome.REFUSED, message="too late")
    assert actions.settle_refund(refund, late).status == RefundStatus.SUCCEEDED
    assert events.timeline(case.ticket).filter(kind="case.completed").count() == 1


def test_money_without_a_provider_is_paid_by_hand(desk: Traveller, fin: User, flora: User) -> None:
    case = shop.case(shop.order(gateway="manual"), status=CaseStatus.AWAITING_REFUND)
    with refused_with("refund.by_hand_only"):
        actions.create_refund(case, by=fin)
    with refused_with("refund.proof_missing"):
        actions.pay_by_hand(case, reference="TT-1", proof=[], by=fin)
    proof = shop.photo()
    (refund,) = actions.pay_by_hand(case, reference="TT-1", proof=[proof], by=fin)
    proof.refresh_from_db()
    assert (proof.subject, proof.public) == (f"refund:{refund.pk}", False)
    assert fresh(case).status == CaseStatus.AWAITING_REFUND
    with refused_with("refund.same_person"):
        actions.confirm_refund(case, by=fin)
    actions.confirm_refund(case, by=flora)
    assert fresh(case).status == CaseStatus.COMPLETED
    refund.refresh_from_db()
    assert (refund.status, refund.reference) == (RefundStatus.SUCCEEDED, "TT-1")
    assert payments.submit_due() == 0


def test_a_failed_refund_can_be_paid_by_hand(case: Case, fin: User, flora: User) -> None:
    shop.refuse_payments(case.order)
    actions.create_refund(case, by=fin)
    payments.submit_due()
    actions.pay_by_hand(case, reference="TT-2", proof=[shop.photo()], by=fin)
    actions.cancel_refund(case, by=flora)
    assert fresh(case).status == CaseStatus.REFUND_FAILED
    actions.pay_by_hand(case, reference="TT-2", proof=[shop.photo("draft:2")], by=fin)
    actions.confirm_refund(case, by=flora)
    assert fresh(case).status == CaseStatus.COMPLETED


@pytest.mark.parametrize(
    "rules", [GatewayRules(max_age_days=3), GatewayRules(max_partials=0)], ids=["too old", "too many"]
)
def test_what_the_provider_does_not_take_any_more_is_paid_by_hand(
    case: Case, fin: User, monkeypatch: pytest.MonkeyPatch, rules: GatewayRules
) -> None:
    monkeypatch.setattr(sandbox.Sandbox, "rules", rules)
    with refused_with("refund.by_hand_only"):
        actions.create_refund(case, by=fin)


def test_refunds_of_a_payment_keep_the_distance_the_provider_wants(
    desk: Traveller, fin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox.Sandbox, "rules", GatewayRules(min_gap_s=60))
    order = shop.order(shop.line(quantity=2))
    first, second = (shop.case(order, status=CaseStatus.AWAITING_REFUND) for _ in range(2))
    actions.create_refund(first, by=fin)
    payments.submit_due()
    (refund,) = actions.create_refund(second, by=fin)
    assert refund.next_attempt_at == NOW + timedelta(seconds=60)
    assert payments.submit_due() == 0


def test_the_system_pays_nothing_that_somebody_must_look_at(case: Case) -> None:
    shop.policy(one_payer_limit=0)
    (refund,) = actions.create_refund(case, by=SYSTEM)
    assert not refund.needs_second_person
