"""Random cases of all kinds, walked by random people at random times: units and money are conserved."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from orders.models import Order, OrderLine, Payment
from returns import actions
from returns.models import Case, CaseLine, Refund, SandboxBehaviour, Timer
from returns.states import (
    COUNTED,
    FINAL,
    HOLDS,
    MACHINES,
    CaseKind,
    CaseStatus,
    Units,
    Verb,
    steps_from,
)
from tests.returns import shop, ways

MONEY = {CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY}
ANSWERS = [*SandboxBehaviour.Answer.values]

Choices = list[int]


@pytest.mark.parametrize("machine", list(MACHINES))
@given(choices=st.lists(st.integers(0, 10_000), min_size=4, max_size=18))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_units_and_money_are_conserved(machine: str, choices: Choices, desk: Any) -> None:
    with transaction.atomic():
        _walk(machine, choices)
        transaction.set_rollback(True)


def _walk(machine: str, choices: Choices) -> None:
    placed = _order(machine, choices[0])
    shop.refuse_payments(placed, answer=ANSWERS[choices[1] % len(ANSWERS)], times=1 + choices[2] % 2)
    if machine == CaseKind.COMPENSATION:
        given_as = ["voucher", "points", "cash"][choices[3] % 3]
        case = ways.compensation(placed, 1 + choices[3] % placed.paid, given_as)
    else:
        case = ways.begin(machine, placed, quantity=1 + choices[3] % 2)
    for choice in choices[4:]:
        before = {row.pk: row.status for row in Case.objects.all()}
        _step(case, choice)
        _check(placed, before)
        case = Case.objects.filter(order=placed).latest("pk")  # a conversion goes on as another case


def _order(machine: str, choice: int) -> Order:
    lines = [shop.line(quantity=2 + choice % 2, paid=9_999 + choice), shop.line("Shade", paid=777)]
    return ways.undelivered(*lines) if machine == CaseKind.REFUND_ONLY else shop.order(*lines)


def _step(case: Case, choice: int) -> None:
    """One of: a verb somebody can do now, the nearest deadline, the payment run, the carrier's delivery."""
    case = ways.fresh(case)
    doings = ways.doings(case)
    possible = [verb for verb in doings if steps_from(case.machine, case.status, verb)]
    timer = case.timers.running().order_by("due_at").first()
    moves: list[Any] = [doings[verb] for verb in possible]
    moves.append(lambda: ways.settle(case))
    if timer is not None:
        moves.append(lambda: _time_out(timer))
    if case.status == CaseStatus.DISPATCHED:
        moves.append(lambda: ways.hand_over(case))
    if Refund.objects.filter(case=case, status="created", confirmed_at=None).exists():
        moves.append(lambda: actions.confirm_refund(case, by=shop.second_payer()))
    try:
        with transaction.atomic():
            moves[choice % len(moves)]()
    except Refused:
        pass  # a clear no is an answer, too; the invariants hold all the same


def _time_out(timer: Timer) -> None:
    Timer.objects.filter(pk=timer.pk).update(due_at=timer.started_at)
    actions.time_out(timer)


def _check(placed: Order, before: dict[int, str]) -> None:
    lines = list(CaseLine.objects.filter(order_line__order=placed).select_related("case", "order_line"))
    for row in OrderLine.objects.filter(order=placed):
        mine = [line for line in lines if line.order_line_id == row.pk]
        assert row.quantity_open == sum(line.quantity_open for line in mine)
        assert row.quantity_returned == sum(line.quantity_returned for line in mine)
        assert row.quantity_open + row.quantity_returned <= row.quantity  # Q1
        assert row.refunded <= row.paid  # M2
    for line in lines:
        assert line.quantity_accepted + line.quantity_rejected <= line.quantity_received  # Q2
        assert line.quantity_received <= line.quantity_approved <= line.quantity_requested
        if HOLDS[line.case.machine][line.case.status] == Units.NONE:
            assert (line.quantity_open, line.quantity_returned) == (0, 0)  # Q3
    for payment in Payment.objects.filter(order=placed):
        counted = Refund.objects.filter(payment=payment, status__in=COUNTED)
        assert payment.refunded == (counted.aggregate(sum=Sum("amount"))["sum"] or 0)
        assert payment.refunded <= payment.captured  # M1
    for case in Case.objects.filter(order=placed):
        _check_case(case, before.get(case.pk))


def _check_case(case: Case, was: str | None) -> None:
    paid = Refund.objects.filter(case=case, status="succeeded").aggregate(sum=Sum("amount"))["sum"] or 0
    assert paid <= (case.refund_amount or 0)
    if was in FINAL and was != CaseStatus.REJECTED:
        assert case.status == was  # S3
    if case.status == CaseStatus.COMPLETED and case.kind in MONEY:
        assert paid == (case.refund_amount or 0)  # S7
    if was is not None and was != case.status:
        targets = {row.target for row in MACHINES[case.machine]}
        assert case.status in targets  # S1
        assert any(row.source == was for row in MACHINES[case.machine] if row.verb != Verb.SUBMIT)
