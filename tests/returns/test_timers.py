"""Deadlines that pass: what happens then, once, and as well late as on time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import events
from orders.models import Order
from returns import actions, tasks
from returns.actions import decisions, timing
from returns.models import Case, Timer
from returns.states import CaseStatus, TimerKind
from tests.returns import shop
from tests.returns.test_return_leg import deliver, parcel


def test_nothing_fires_early(order: Order, desk: Traveller) -> None:
    shop.case(order)
    desk.shift(timedelta(hours=48, seconds=-1))
    assert tasks.sweep_timers() == 0


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=30)])
def test_a_review_that_is_late_is_decided_for_the_customer(
    order: Order, desk: Traveller, late: timedelta
) -> None:
    case = shop.case(order)
    desk.shift(timedelta(hours=48) + late)
    assert timing.sweep() == 1
    case.refresh_from_db()
    assert (case.status, case.approved_amount) == (CaseStatus.APPROVED, 100_00)
    event = events.timeline(case.ticket).get(kind="case.approved")
    assert (event.actor_kind, event.data["rule"]) == ("system", "review_timeout")
    assert timing.sweep() == 0


def test_or_stays_marked_as_late(order: Order, desk: Traveller) -> None:
    shop.policy(approve_on_timeout=False)
    case = shop.case(order)
    desk.shift(timedelta(days=3))
    assert timing.sweep() == 1
    case.refresh_from_db()
    assert case.status == CaseStatus.SUBMITTED
    assert list(Case.objects.overdue(case.updated_at + timedelta(days=3))) == [case]
    assert not events.timeline(case.ticket).get(kind="case.review_overdue").public
    assert timing.sweep() == 0
    case = actions.approve(case, by=shop.staff("agent"))
    assert case.due_at is None


def test_a_paused_timer_never_fires(order: Order, desk: Traveller) -> None:
    case = shop.case(order, status=CaseStatus.INFO_REQUIRED)
    desk.shift(timedelta(days=6))
    assert timing.sweep() == 0
    actions.supply(case, text="Here", by=case.customer)
    assert timing.sweep() == 0
    desk.shift(timedelta(hours=48))
    assert timing.sweep() == 1


@pytest.mark.parametrize("status", [CaseStatus.INFO_REQUIRED, CaseStatus.AWAITING_RETURN])
def test_who_does_not_answer_or_ship_loses_the_case_not_the_goods(
    order: Order, desk: Traveller, status: str
) -> None:
    case = shop.case(order, status=status)
    desk.shift(timedelta(days=7))
    assert timing.sweep() == 1
    case.refresh_from_db()
    assert (case.status, case.due_at) == (CaseStatus.CLOSED_TIMEOUT, None)
    assert order.lines.get().returnable == 1
    assert events.timeline(case.ticket).get(kind="case.closed_by_timeout").data["waited_for"] == status


def test_a_delivered_parcel_counts_as_received_in_the_end(order: Order, desk: Traveller) -> None:
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    desk.shift(timedelta(days=20))
    assert timing.sweep() == 0
    deliver(parcel(case))
    desk.shift(timedelta(days=10))
    assert timing.sweep() == 1
    case.refresh_from_db()
    assert (case.status, case.receipt_assumed) == (CaseStatus.RECEIVED, True)
    assert case.lines.get().quantity_received == 1


def test_a_late_refund_keeps_its_place_at_the_top(order: Order, desk: Traveller, fin: User) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_REFUND)
    due_at = case.due_at
    desk.shift(timedelta(days=8))
    assert timing.sweep() == 1
    assert events.timeline(case.ticket).filter(kind="case.refund_overdue").count() == 1
    actions.create_refund(case, by=fin)
    case.refresh_from_db()
    assert case.due_at == due_at
    assert timing.sweep() == 0


def test_one_bad_case_holds_up_no_other(
    desk: Traveller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cases = [shop.case() for _ in range(3)]
    desk.shift(timedelta(hours=48))
    approve = decisions.approve_late

    def fail_one(case: Case, at: Any) -> Case:
        if case.pk == cases[1].pk:
            raise RuntimeError("this one is broken")
        return approve(case, at)

    monkeypatch.setattr(decisions, "approve_late", fail_one)
    assert timing.sweep() == 2
    assert "did not fire" in caplog.text
    monkeypatch.undo()
    assert timing.sweep() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_fire_a_timer_once(desk: Traveller) -> None:
    cases = [shop.case() for _ in range(4)]
    desk.shift(timedelta(hours=48))
    start = Barrier(4)

    def sweep(_index: int) -> int:
        try:
            start.wait()
            return timing.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        fired = sum(pool.map(sweep, range(4)))
    assert fired + timing.sweep() == 4
    assert Timer.objects.filter(kind=TimerKind.REVIEW).exclude(fired_at=None).count() == 4
    for case in cases:
        assert events.timeline(case.ticket).filter(kind="case.approved").count() == 1
