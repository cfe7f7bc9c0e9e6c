"""The tables: every pair of status and verb, every actor, every timer."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from accounts.rights import Role
from core.actors import SYSTEM
from core.errors import Refused
from customers.models import Customer
from orders.models import Order
from returns import actions
from returns.actions.steps import step
from returns.models import Case
from returns.states import (
    ADVANCE_EXCHANGE,
    FINAL,
    HOLDS,
    MACHINES,
    PAUSED_IN,
    REFUND_FOLLOWS,
    RUNS_IN,
    CaseKind,
    CaseStatus,
    RefundStatus,
    TimerKind,
    Transition,
    Verb,
    steps_from,
    transitions,
    verbs_for,
)
from returns.steps import PATHS, standing
from tests.returns import shop, ways

KIND = CaseKind.RETURN_REFUND
REACHED = [status for status in CaseStatus if any(row.source == status for row in MACHINES[KIND])]


@pytest.mark.parametrize(("machine", "status"), ways.REACHED)
def test_a_verb_leads_where_the_table_says(machine: str, status: str, desk: Any) -> None:
    case = _reached(machine, status)
    if status == CaseStatus.RECEIVED:
        case.lines.update(quantity_received=1)  # the other one may still come
    for verb, attempt in ways.doings(case).items():
        rows = steps_from(machine, status, verb)
        if rows and (verb, status) not in NOT_OWED:
            with transaction.atomic():
                attempt()
                assert Case.objects.get(pk=case.pk).status in _led_to(machine, rows)
                transaction.set_rollback(True)


BY_ITSELF = {Verb.PROCEED, Verb.ISSUE}
"""Steps that follow at once where nothing is missing."""


def _led_to(machine: str, rows: Sequence[Transition]) -> set[str]:
    targets = {row.target.value for row in rows}
    follow = {
        row.target.value for row in MACHINES[machine] if row.source in targets and row.verb in BY_ITSELF
    }
    return targets | follow


@pytest.mark.parametrize(("machine", "status"), [(m, s) for m in MACHINES for s in CaseStatus])
def test_and_nowhere_else(machine: str, status: str) -> None:
    advance = machine == ADVANCE_EXCHANGE
    case = Case(kind=CaseKind.EXCHANGE if advance else machine, advance=advance, status=status)
    for verb in Verb:
        if not steps_from(machine, status, verb):
            with pytest.raises(Refused) as refused:
                step(case, verb, by=SYSTEM)
            assert refused.value.code == f"case.cannot_{verb.value}"


@pytest.mark.parametrize("machine", [CaseKind.RETURN_REFUND, CaseKind.COMPENSATION])
def test_every_verb_asks_the_table(machine: str, desk: Any) -> None:
    case = ways.reach(machine, CaseStatus.CANCELLED)
    for verb, attempt in ways.doings(case).items():
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == f"case.cannot_{verb.value}"


NOT_OWED = {
    (Verb.RECORD_PAYMENT, CaseStatus.AWAITING_DISPATCH),
}
"""Allowed by the table, refused because it is paid already."""


def _reached(machine: str, status: str) -> Case:
    if machine == CaseKind.COMPENSATION and status in ways.CASH and status != CaseStatus.COMPLETED:
        case = ways.compensation(shop.order(), given="cash")
        for go in ways.CASH[status]:
            case = go(Case.objects.get(pk=case.pk))
        return Case.objects.get(pk=case.pk)
    quantity = 1 if machine == CaseKind.COMPENSATION else 2
    case = ways.reach(machine, status, **({} if quantity == 1 else {"quantity": quantity}))
    assert case.status == status
    return case


def test_every_state_is_tried() -> None:
    for machine, rows in MACHINES.items():
        states = {row.target for row in rows}
        tried = {status for name, status in ways.REACHED if name == machine}
        assert {status for status in states - tried if (machine, status) not in ways.PASSING_BY} == set()


@pytest.mark.parametrize(
    ("kind", "row"), list(transitions()), ids=lambda value: str(getattr(value, "verb", value))
)
def test_every_row_has_an_actor(kind: str, row: Any) -> None:
    assert row.customer or row.system or row.right


OBJECTED_TO = {CaseStatus.REJECTED}
"""A refusal ends a case, unless the customer objects in time."""


def test_final_states_have_no_way_out() -> None:
    assert {row.source for _kind, row in transitions()}.isdisjoint(FINAL - OBJECTED_TO)
    reachable = {row.target for _kind, row in transitions()}
    assert reachable - {row.source for _kind, row in transitions()} == FINAL - OBJECTED_TO


def test_every_state_of_a_machine_is_reached_and_left() -> None:
    for rows in MACHINES.values():
        sources, targets = {row.source for row in rows}, {row.target for row in rows}
        assert sources - {None} <= targets
        assert targets - sources <= FINAL


def test_the_tables_know_every_state_of_the_machines() -> None:
    for machine, rows in MACHINES.items():
        states = {row.target for row in rows}
        assert states <= set(HOLDS[machine])
        stages = {getattr(standing(machine, state), "stage", None) for state in states - FINAL}
        assert stages <= set(PATHS[machine])


def test_a_timer_starts_only_where_it_runs() -> None:
    assert set(RUNS_IN) == set(TimerKind)
    for _kind, row in transitions():
        for timer in row.starts:
            assert row.target in RUNS_IN[timer]
    for paused, states in PAUSED_IN.items():
        assert states.isdisjoint(RUNS_IN[paused])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_status_has_its_own_word(language: str) -> None:
    with translation.override(language):
        for choices in (CaseStatus, RefundStatus, Verb, CaseKind):
            words = [str(choice.label) for choice in choices]
            assert len(set(words)) == len(words)
            assert all(words)


CHINESE = {
    "submitted": "待商家审核",
    "info_required": "待补充凭证",
    "approved": "已同意",
    "awaiting_return": "待买家寄回",
    "return_in_transit": "退货运输中",
    "received": "已收货待质检",
    "inspecting": "质检中",
    "inspection_dispute": "质检异议",
    "awaiting_refund": "待退款",
    "refunding": "退款中",
    "refund_failed": "退款失败",
    "awaiting_dispatch": "待商家发货",
    "dispatched": "商家已发货",
    "awaiting_acceptance": "待买家确认收货",
    "diagnosing": "检测中",
    "quoted": "待确认报价",
    "repairing": "维修中",
    "testing": "测试中",
    "completed": "已完成",
    "rejected": "已拒绝",
    "cancelled": "买家已撤销",
    "closed_timeout": "超时关闭",
    "escalated": "升级处理",
    "returned_to_customer": "已退回买家",
    "awaiting_payment": "待买家付款",
    "issuing": "补偿发放中",
    "converted": "已转为其他售后",
}


@pytest.mark.parametrize("status", CaseStatus)
def test_states_are_called_what_the_trade_calls_them(status: CaseStatus) -> None:
    with translation.override("zh-hans"):
        assert str(status.label) == CHINESE[status]


@pytest.mark.parametrize(("was", "becomes"), list(product(RefundStatus, RefundStatus)))
def test_paid_and_cancelled_refunds_are_final(was: str, becomes: str) -> None:
    if was in (RefundStatus.SUCCEEDED, RefundStatus.CANCELLED):
        assert becomes not in REFUND_FOLLOWS[was]


@pytest.mark.parametrize("role", list(Role))
def test_buttons_are_those_of_the_role(role: Role) -> None:
    user = User(role=role)
    for status in REACHED:
        for verb in verbs_for(KIND, status, user):
            assert any(row.right and user.may(row.right) for row in steps_from(KIND, status, verb))


def test_customers_and_the_system_have_their_own_verbs() -> None:
    carol = Customer(name="Carol")
    assert verbs_for(KIND, CaseStatus.AWAITING_RETURN, carol) == [Verb.WITHDRAW, Verb.ADD_TRACKING]
    assert verbs_for(KIND, CaseStatus.SUBMITTED, carol) == [Verb.WITHDRAW]
    assert verbs_for(KIND, CaseStatus.COMPLETED, carol) == []
    assert Verb.TIME_OUT in verbs_for(KIND, CaseStatus.SUBMITTED, SYSTEM)


def test_an_actor_without_the_right_is_refused(order: Order, wei: Any) -> None:
    case = shop.case(order)
    with pytest.raises(Refused) as refused:
        actions.approve(case, by=wei)
    assert refused.value.code == "case.not_allowed"
