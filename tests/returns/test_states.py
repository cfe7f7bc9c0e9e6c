"""The tables: every pair of status and verb, every actor, every timer."""

from collections.abc import Callable
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
from returns.models import Case
from returns.states import (
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
    Verb,
    steps_from,
    transitions,
    verbs_for,
)
from returns.steps import PATHS, STANDINGS
from tests.returns import shop

KIND = CaseKind.RETURN_REFUND
REACHED = [status for status in CaseStatus if any(row.source == status for row in MACHINES[KIND])]


def doings(case: Case) -> dict[Verb, Callable[[], Any]]:
    """Each verb with arguments that are right in some status, by somebody who may."""
    lead, wei, fin = shop.staff(Role.LEAD), shop.staff(Role.WAREHOUSE), shop.staff(Role.FINANCE)
    one = {case.lines.get().pk: 1}
    return {
        Verb.REQUEST_INFO: lambda: actions.request_info(case, question="Which?", by=lead),
        Verb.SUPPLY: lambda: actions.supply(case, text="This one.", by=case.customer),
        Verb.APPROVE: lambda: actions.approve(case, by=lead),
        Verb.REFUSE: lambda: actions.refuse(case, reason="other", by=lead),
        Verb.WITHDRAW: lambda: actions.withdraw(case, by=case.customer),
        Verb.INSTRUCT: lambda: actions.instruct(case, by=lead, centre=shop.centre()),
        Verb.ADD_TRACKING: lambda: actions.add_tracking(
            case, carrier="SF", tracking_number="SF9999999900001", by=case.customer
        ),
        Verb.RECEIVE: lambda: actions.receive(case, counts=one, by=wei),
        Verb.START_INSPECTION: lambda: actions.start_inspection(case, by=wei),
        Verb.INSPECT: lambda: actions.inspect(case, lots=shop.lots(case), by=wei),
        Verb.OFFER_DEDUCTION: lambda: actions.offer_deduction(case, amount=100, note="Worn", by=lead),
        Verb.WAIVE_DEDUCTION: lambda: actions.waive_deduction(case, by=lead),
        Verb.SEND_BACK: lambda: actions.send_back(case, carrier="SF", tracking_number="SF88888888", by=lead),
        Verb.FINISH_SEND_BACK: lambda: actions.finish_send_back(case, by=lead),
        Verb.CREATE_REFUND: lambda: actions.create_refund(case, by=fin),
        Verb.RETRY_REFUND: lambda: actions.retry_refund(case, by=fin),
    }


@pytest.mark.parametrize("status", shop.WAYS)
def test_a_verb_leads_where_the_table_says_and_nowhere_else(status: str, desk: Any) -> None:
    case = shop.case(shop.order(shop.line(quantity=2)), status=status, quantity=2)
    if status == CaseStatus.RECEIVED:
        case.lines.update(quantity_received=1)  # the other one may still come
    for verb, attempt in doings(case).items():
        rows = steps_from(KIND, status, verb)
        with transaction.atomic():
            if rows:
                attempt()
                assert Case.objects.get(pk=case.pk).status in {row.target for row in rows}
            else:
                with pytest.raises(Refused) as refused:
                    attempt()
                assert refused.value.code == f"case.cannot_{verb.value}"
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("kind", "row"), list(transitions()), ids=lambda value: str(getattr(value, "verb", value))
)
def test_every_row_has_an_actor(kind: str, row: Any) -> None:
    assert row.customer or row.system or row.right


def test_final_states_have_no_way_out() -> None:
    assert {row.source for _kind, row in transitions()}.isdisjoint(FINAL)
    reachable = {row.target for _kind, row in transitions()}
    assert reachable - {row.source for _kind, row in transitions()} == FINAL


def test_every_state_of_a_machine_is_reached_and_left() -> None:
    for rows in MACHINES.values():
        sources, targets = {row.source for row in rows}, {row.target for row in rows}
        assert sources - {None} <= targets
        assert targets - sources <= FINAL


def test_the_tables_know_every_state_of_the_machines() -> None:
    for kind, rows in MACHINES.items():
        states = {row.target for row in rows}
        assert states <= set(HOLDS)
        assert states - FINAL <= set(STANDINGS)
        assert {STANDINGS[state].stage for state in states - FINAL} <= set(PATHS[kind])


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
