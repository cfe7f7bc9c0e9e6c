"""What the database itself refuses, whoever writes: an excess, another currency, deletions, changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from time_machine import Traveller

from core.errors import Refused
from orders.models import Order, OrderLine, Payment
from returns import actions, payments
from returns.models import Case, CaseLine, Refund, RefundLine, SandboxRefund
from returns.states import REFUND_FOLLOWS, CaseStatus, RefundStatus
from tests.returns import shop
from tests.returns.conftest import NOW

_serial = count(1)


@pytest.fixture
def case(order: Order) -> Case:
    return shop.case(order, status=CaseStatus.AWAITING_REFUND)


def write(case: Case, *, amount: int = 100_00, lines: int | None = None, **fields: Any) -> Refund:
    """A refund written past the verbs."""
    key = f"X-{next(_serial)}"
    values = {
        "number": key,
        "case": case,
        "payment": case.order.payments.first(),
        "amount": amount,
        "currency": case.currency,
        "idempotency_key": key,
        "request_hash": "",
        "next_attempt_at": NOW,
        "created_at": NOW,
        "confirmed_at": NOW,
        **fields,
    }
    with transaction.atomic():
        refund = Refund.objects.create(**values)
        RefundLine.objects.create(
            refund=refund, case_line=case.lines.get(), quantity=1, amount=amount if lines is None else lines
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return refund


def refused(act: Callable[[], Any], says: str) -> None:
    with pytest.raises(IntegrityError, match=says), transaction.atomic():
        act()


def test_sums_follow_the_refunds(case: Case) -> None:
    refund = write(case)
    payment, line = case.order.payments.get(), case.order.lines.get()
    assert (payment.refunded, line.refunded) == (100_00, 100_00)
    for status, counted in [("submitted", 100_00), ("unknown", 100_00), ("failed", 0), ("created", 100_00)]:
        refund.status = status
        refund.save()
        payment.refresh_from_db()
        line.refresh_from_db()
        assert (payment.refunded, line.refunded) == (counted, counted)


def test_no_more_than_was_captured(desk: Traveller) -> None:
    case = shop.case(shop.order(shop.line(), captured=60_00), status=CaseStatus.AWAITING_REFUND)
    refused(lambda: write(case), "payment_refunds_within_captured")


def test_no_more_than_the_line_was_paid(desk: Traveller) -> None:
    case = shop.case(shop.order(shop.line(), captured=500_00), status=CaseStatus.AWAITING_REFUND)
    Case.objects.filter(pk=case.pk).update(refund_amount=500_00)
    refused(lambda: write(case, amount=100_01), "order_line_refunds_within_paid")


def test_no_more_than_is_due(desk: Traveller) -> None:
    shop.policy(restocking_percent=10)
    case = shop.case(status=CaseStatus.AWAITING_REFUND)
    refused(lambda: write(case, amount=90_01), "more than is due")


def test_only_the_currency_of_the_payment(case: Case) -> None:
    refused(lambda: write(case, currency="EUR"), "currency of its payment")


def test_only_a_payment_of_the_order(case: Case) -> None:
    refused(lambda: write(case, payment=shop.order().payments.get()), "the order and the currency")


def test_only_lines_of_the_case(case: Case) -> None:
    other = shop.case(status=CaseStatus.AWAITING_REFUND)
    refund = write(case)
    refused(
        lambda: RefundLine.objects.create(refund=refund, case_line=other.lines.get(), amount=0),
        "belongs to the case",
    )


@pytest.mark.parametrize("lines", [99_99, 100_01])
def test_lines_add_up_to_the_refund(case: Case, lines: int) -> None:
    Case.objects.filter(pk=case.pk).update(refund_amount=200_00)
    OrderLine.objects.update(paid=200_00, unit_price=200_00)
    refused(lambda: write(case, lines=lines), "add up")


def test_refunds_are_never_deleted_nor_their_lines_changed(case: Case) -> None:
    refund = write(case)
    refused(lambda: RefundLine.objects.filter(refund=refund).delete(), "never deleted")
    refused(lambda: RefundLine.objects.filter(refund=refund).update(amount=1), "never deleted")
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute("DELETE FROM returns_refund"), "never deleted")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1},
        {"currency": "EUR"},
        {"idempotency_key": "another-key"},
        {"request_hash": "x"},
        {"method": "manual"},
        {"needs_second_person": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_asked_for_never_changes(case: Case, change: dict[str, Any]) -> None:
    refund = write(case)
    refused(lambda: Refund.objects.filter(pk=refund.pk).update(**change), "never changes")


@pytest.mark.parametrize("was", RefundStatus)
def test_the_database_knows_which_status_follows(case: Case, was: str) -> None:
    ways: dict[str, list[str]] = {
        RefundStatus.CREATED: [],
        RefundStatus.SUBMITTED: ["submitted"],
        RefundStatus.UNKNOWN: ["submitted", "unknown"],
        RefundStatus.SUCCEEDED: ["submitted", "succeeded"],
        RefundStatus.FAILED: ["submitted", "failed"],
        RefundStatus.CANCELLED: ["cancelled"],
    }
    refund = write(case)
    rows = Refund.objects.filter(pk=refund.pk)
    for status in ways[was]:
        rows.update(status=status, succeeded_at=NOW if status == "succeeded" else None)
    for target in set(RefundStatus) - {was}:
        with transaction.atomic():
            paid_at = NOW if target == "succeeded" else refund.succeeded_at
            if target in REFUND_FOLLOWS[was]:
                rows.update(status=target, succeeded_at=paid_at)
            else:
                refused(partial(rows.update, status=target, succeeded_at=paid_at), "final|cannot become")
            transaction.set_rollback(True)


@pytest.mark.parametrize("status", ["succeeded", "cancelled"])
def test_what_is_final_does_not_change_at_all(case: Case, status: str) -> None:
    refund = write(case)
    if status == "succeeded":
        Refund.objects.update(status="submitted")
    Refund.objects.update(status=status, succeeded_at=NOW)
    refused(lambda: Refund.objects.filter(pk=refund.pk).update(gateway_refund_id="other"), "final")


def test_one_person_cannot_be_two(case: Case) -> None:
    fin = shop.staff("finance")
    refused(
        lambda: write(case, needs_second_person=True, created_by=fin, confirmed_by=fin), "refund_four_eyes"
    )
    refused(lambda: write(case, needs_second_person=True, created_by=fin), "refund_four_eyes")
    refund = write(case, needs_second_person=True, created_by=fin, confirmed_at=None)
    refused(lambda: Refund.objects.filter(pk=refund.pk).update(status="submitted"), "released_before_paid")


def test_nobody_writes_the_sums_by_hand(case: Case) -> None:
    refused(lambda: Payment.objects.update(refunded=1), "not written")
    refused(lambda: OrderLine.objects.update(refunded=1), "not written")
    refused(lambda: OrderLine.objects.update(quantity_open=1), "not written")
    Payment.objects.update(refunded=0)


def test_units_follow_the_lines_of_cases(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=2))
    case = shop.case(order, quantity=2)
    line = case.lines.get()
    refused(lambda: CaseLine.objects.filter(pk=line.pk).update(quantity_open=3), "open_within_requested")
    other = shop.order(shop.line())
    refused(lambda: CaseLine.objects.filter(pk=line.pk).update(order_line=other.lines.get()), "stays with")
    refused(
        lambda: CaseLine.objects.create(
            case=case, order_line=other.lines.get(), reason=case.reason, units=[0], quantity_requested=1
        ),
        "the order of its case",
    )
    line.delete()
    assert order.lines.get().quantity_open == 0


def test_units_never_exceed_what_was_ordered(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=2))
    first = shop.case(order, quantity=1)
    CaseLine.objects.filter(case=first).update(quantity_requested=9)
    refused(
        lambda: CaseLine.objects.filter(case=first).update(quantity_open=3),
        "order_line_returns_within_ordered",
    )


@pytest.mark.parametrize(
    "counts",
    [
        {"quantity_approved": 2},
        {"quantity_received": 1},
        {"quantity_approved": 1, "quantity_received": 1, "quantity_accepted": 1, "quantity_rejected": 1},
        {"quantity_returned": 1},
    ],
    ids=str,
)
def test_counts_of_a_case_line_are_in_order(order: Order, counts: dict[str, int]) -> None:
    line = shop.case(order).lines.get()
    refused(lambda: CaseLine.objects.filter(pk=line.pk).update(**counts), "case_line_")


@pytest.mark.django_db(transaction=True)
def test_twenty_refunds_at_once_never_exceed_the_payment(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=20, paid=200_00), captured=70_00)
    cases = [shop.case(order, status=CaseStatus.AWAITING_REFUND) for _ in range(20)]
    fin, start = shop.staff("finance"), Barrier(20)

    def pay(case: Case) -> str:
        try:
            start.wait()
            return actions.create_refund(case, by=fin)[0].status
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(pay, cases))
    assert outcomes.count("created") == 7
    assert outcomes.count("refund.exceeds_payment") == 13
    assert Payment.objects.get().refunded == Refund.objects.aggregate(sum=Sum("amount"))["sum"] == 70_00
    assert OrderLine.objects.get().refunded == 70_00


@pytest.mark.django_db(transaction=True)
def test_twenty_rows_written_past_the_verbs_never_exceed_the_payment(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=20, paid=200_00), captured=70_00)
    cases = [shop.case(order, status=CaseStatus.AWAITING_REFUND) for _ in range(20)]
    start = Barrier(20)

    def insert(index: int) -> bool:
        try:
            start.wait()
            write(cases[index], amount=10_00)
        except IntegrityError as error:
            assert "payment_refunds_within_captured" in str(error)  # noqa: PT017 - any other one is a bug
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(insert, range(20))) == 7
    assert Payment.objects.get().refunded == OrderLine.objects.get().refunded == 70_00


@pytest.mark.django_db(transaction=True)
def test_two_who_press_pay_at_once_pay_once(desk: Traveller) -> None:
    order = shop.order(shop.line(quantity=2, paid=120_00), captured=100_00)
    cases = [shop.case(order, status=CaseStatus.AWAITING_REFUND) for _ in range(2)]
    fin, start = shop.staff("finance"), Barrier(4)

    def pay(case: Case) -> str:
        try:
            start.wait()
            return actions.create_refund(case, by=fin)[0].status
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(pay, [*cases, *cases]))
    assert outcomes.count("created") == 1
    assert Payment.objects.get().refunded == 60_00


@pytest.mark.django_db(transaction=True)
def test_many_workers_take_a_refund_to_the_provider_once(desk: Traveller) -> None:
    cases = [shop.case(status=CaseStatus.AWAITING_REFUND) for _ in range(5)]
    for case in cases:
        actions.create_refund(case, by=shop.staff("finance"))
    start = Barrier(4)

    def work(_index: int) -> int:
        try:
            start.wait()
            return payments.submit_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 5
    assert list(SandboxRefund.objects.values_list("calls", flat=True)) == [1] * 5
    assert set(Case.objects.values_list("status", flat=True)) == {CaseStatus.COMPLETED}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("died", ["before the call", "after the call"])
def test_a_worker_that_dies_does_not_make_it_pay_twice(desk: Traveller, died: str) -> None:
    case = shop.case(status=CaseStatus.AWAITING_REFUND)
    actions.create_refund(case, by=shop.staff("finance"))
    claimed = payments.claim(NOW)
    assert claimed is not None
    if died == "after the call":
        payments.ask(claimed[0], is_new=True)
    assert payments.submit_due() == 0  # the lease holds
    desk.shift(payments.LEASE + timedelta(seconds=1))
    assert payments.submit_due() == 1
    assert SandboxRefund.objects.get().calls == 1
    case.refresh_from_db()
    assert case.status == CaseStatus.COMPLETED
    assert Payment.objects.get().refunded == 100_00
