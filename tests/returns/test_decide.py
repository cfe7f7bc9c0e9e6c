"""Asking, approving, refusing, withdrawing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import events
from core.errors import Refused
from customers.models import Customer
from orders.models import Order
from returns import actions
from returns.models import Case
from returns.states import CaseStatus, TimerKind
from tests.returns import shop
from tests.returns.conftest import NOW


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


def test_a_question_stops_the_review_and_asks_for_an_answer(order: Order, alice: User) -> None:
    case = actions.request_info(shop.case(order), question="A photo, please.", by=alice)
    assert (case.status, case.question) == (CaseStatus.INFO_REQUIRED, "A photo, please.")
    review, info = case.timers.get(kind=TimerKind.REVIEW), case.timers.get(kind=TimerKind.INFO)
    assert (review.paused_at, review.left) == (NOW, timedelta(hours=48))
    assert case.due_at == info.due_at
    event = events.timeline(case.ticket).get(kind="case.info_requested")
    assert event.public
    assert event.data["question"] == "A photo, please."


def test_the_answer_lets_the_review_go_on_with_what_was_left(
    order: Order, alice: User, desk: Traveller
) -> None:
    case = shop.case(order)
    desk.shift(timedelta(hours=8))
    actions.request_info(case, question="A photo, please.", by=alice)
    desk.shift(timedelta(hours=30))
    photo = shop.photo()
    case = actions.supply(case, text="Here it is.", attachments=[photo], by=case.customer)
    assert case.status == CaseStatus.SUBMITTED
    assert case.due_at == NOW + timedelta(hours=78)
    assert case.timers.get(kind=TimerKind.INFO).stopped_at == NOW + timedelta(hours=38)
    photo.refresh_from_db()
    assert photo.subject == f"case:{case.pk}"


def test_every_question_is_a_new_cycle(order: Order, alice: User) -> None:
    case = shop.case(order)
    for _ in range(2):
        actions.request_info(case, question="?", by=alice)
        actions.supply(case, text="!", by=case.customer)
    assert list(case.timers.filter(kind=TimerKind.INFO).values_list("cycle", flat=True)) == [1, 2]
    assert case.timers.filter(kind=TimerKind.REVIEW).count() == 1


def test_an_empty_answer_is_none(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.INFO_REQUIRED)
    with refused_with("case.nothing_supplied"):
        actions.supply(case, text="  ", by=case.customer)


def test_approving_grants_the_amount_and_sends_the_instructions(order: Order, alice: User) -> None:
    centre = shop.centre()
    case = actions.approve(shop.case(order), by=alice)
    assert (case.status, case.approved_amount, case.approved_at) == (CaseStatus.AWAITING_RETURN, 100_00, NOW)
    assert case.service_centre == centre
    assert case.lines.get().quantity_approved == 1
    assert case.due_at == NOW + timedelta(days=7, hours=-1)  # the customer's clocks go forward on 8 March
    kinds = list(events.timeline(case.ticket).values_list("kind", flat=True))
    assert kinds[-2:] == ["case.approved", "case.instructed"]


def test_without_a_service_centre_the_instructions_wait(order: Order, alice: User) -> None:
    case = actions.approve(shop.case(order), by=alice)
    assert (case.status, case.due_at) == (CaseStatus.APPROVED, None)
    with refused_with("case.no_service_centre"):
        actions.instruct(case, by=alice)
    shop.centre(serves=["DE"])
    with refused_with("case.no_service_centre"):
        actions.instruct(case, by=alice)
    shop.centre(code="la", serves=["US"])
    assert actions.instruct(case, by=alice).status == CaseStatus.AWAITING_RETURN


def test_another_amount_can_be_granted_up_to_what_was_paid(desk: Traveller, alice: User) -> None:
    shop.policy(restocking_percent=15)
    case = shop.case()
    assert case.requested_amount == 85_00
    with refused_with("case.amount_too_high"):
        actions.approve(case, amount=100_01, by=alice)
    assert actions.approve(case, amount=100_00, by=alice).approved_amount == 100_00


def test_above_the_limit_a_lead_decides(desk: Traveller, alice: User, lea: User) -> None:
    case = shop.case(shop.order(shop.line(paid=150_01)))
    with refused_with("case.over_limit"):
        actions.approve(case, by=alice)
    assert actions.approve(case, amount=150_00, by=alice).approved_amount == 150_00
    other = shop.case(shop.order(shop.line(paid=150_01)))
    assert actions.approve(other, by=lea).approved_amount == 150_01


def test_refusing_says_why_and_frees_the_units(order: Order, alice: User) -> None:
    case = actions.refuse(shop.case(order), reason="used", text="The shade is cut.", by=alice)
    assert (case.status, case.refusal, case.refusal_text) == (
        CaseStatus.REJECTED,
        "used",
        "The shade is cut.",
    )
    assert (case.finished_at, case.due_at) == (NOW, datetime(2026, 3, 12, 1, 0, tzinfo=UTC))
    assert order.lines.get().returnable == 1
    assert events.timeline(case.ticket).get(kind="case.refused").data["reason"] == "used"


@pytest.mark.parametrize(
    "status", [CaseStatus.SUBMITTED, CaseStatus.INFO_REQUIRED, CaseStatus.AWAITING_RETURN]
)
def test_until_it_is_shipped_a_request_can_be_withdrawn(order: Order, carol: Customer, status: str) -> None:
    case = actions.withdraw(shop.case(order, status=status), by=carol)
    assert case.status == CaseStatus.CANCELLED
    assert not case.timers.running().exists()
    assert order.lines.get().quantity_open == 0


def test_afterwards_it_cannot(order: Order, carol: Customer) -> None:
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    with refused_with("case.cannot_withdraw"):
        actions.withdraw(case, by=carol)


def test_who_read_an_older_version_is_told(order: Order, alice: User, lea: User) -> None:
    case = shop.case(order)
    seen = case.version
    actions.request_info(case, question="?", by=alice)
    actions.supply(case, text="!", by=case.customer)
    with refused_with("case.changed_meanwhile"):
        actions.refuse(case, reason="other", by=lea, version=seen)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_wins(desk: Traveller) -> None:
    case, alice, start = shop.case(), shop.staff("agent"), Barrier(2)

    def decide(approve: bool) -> str:
        try:
            start.wait()
            if approve:
                return actions.approve(case, by=alice).status
            return actions.refuse(case, reason="other", by=alice).status
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(decide, [True, False]))
    assert outcomes in (
        {CaseStatus.APPROVED, "case.cannot_refuse"},
        {CaseStatus.REJECTED, "case.cannot_approve"},
    )
