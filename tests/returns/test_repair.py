"""Repairs: diagnosis, quote, work, test, and what becomes of what cannot be mended."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from accounts.rights import Role
from core import dispatch
from core.errors import Refused
from orders.models import OrderLine
from orders.states import Direction
from returns import actions
from returns.actions import Diagnosis, Part
from returns.actions.receivables import amount_owed
from returns.models import Case, RepairOrder, Warranty
from returns.repairs import earlier_repairs
from returns.states import CaseKind, CaseStatus
from tests.returns import law, shop, ways


@pytest.fixture
def tom(desk: Any) -> User:
    return shop.staff(Role.TECHNICIAN)


def on_the_bench() -> Case:
    return ways.reach(CaseKind.REPAIR, CaseStatus.DIAGNOSING)


def test_under_warranty_the_work_begins_at_once_and_costs_nothing(tom: User) -> None:
    case = actions.diagnose(on_the_bench(), found=ways.UNDER_WARRANTY, by=tom)
    repair = RepairOrder.objects.get(case=case)
    assert (case.status, repair.quote, repair.started_at is not None) == (CaseStatus.REPAIRING, 0, True)
    assert repair.parts.get().is_covered


def test_a_quote_is_parts_labour_and_tax_less_what_is_covered(tom: User) -> None:
    parts = (Part("Switch", 2, 800), Part("Bulb", 1, 300, is_covered=True))
    found = Diagnosis("Burnt.", parts=parts, labour=1_200, tax=140)
    case = actions.diagnose(on_the_bench(), found=found, by=tom)
    repair = RepairOrder.objects.get(case=case)
    assert (case.status, repair.quote) == (CaseStatus.QUOTED, 2 * 800 + 1_200 + 140)
    assert case.due_at == repair.quote_until
    assert case.timers.running().get().kind == "quote"


def test_an_accepted_quote_is_paid_before_the_goods_go_back(tom: User, wei: User, fin: User) -> None:
    case = ways.reach(CaseKind.REPAIR, CaseStatus.TESTING)
    case = ways.pass_test(case)
    assert amount_owed(case) == 2_000
    with pytest.raises(Refused) as refused:
        ways.dispatch(case)
    assert refused.value.code == "case.repair_unpaid"
    case = actions.record_customer_payment(case, reference="till-4", by=fin)
    assert amount_owed(case) == 0
    sent = ways.dispatch(case)
    assert sent.parcels.latest("pk").shipment.direction == Direction.REPAIR_RETURN


@pytest.mark.parametrize(("answer", "decision"), [("decline", "declined"), ("wait", "expired")])
def test_without_a_yes_the_goods_go_back_as_they_came(desk: Any, answer: str, decision: str) -> None:
    case = ways.reach(CaseKind.REPAIR, CaseStatus.QUOTED)
    case = actions.decline_quote(case, by=case.customer) if answer == "decline" else ways.time_out(0)(case)
    case = ways.fresh(case)
    assert (case.status, case.repair_order.decision, amount_owed(case)) == (
        CaseStatus.AWAITING_DISPATCH,
        decision,
        0,
    )
    assert ways.dispatch(case).status == CaseStatus.DISPATCHED


def test_a_failed_test_leads_back_to_the_bench(tom: User) -> None:
    case = ways.reach(CaseKind.REPAIR, CaseStatus.TESTING)
    case = actions.record_test(case, passed=False, result="Still dark.", by=tom)
    assert (case.status, case.repair_order.failed_tests) == (CaseStatus.REPAIRING, 1)


def test_what_cannot_be_mended_goes_back_or_becomes_a_refund(tom: User, lea: User) -> None:
    hopeless = Diagnosis("Water in the socket.", repairable=False)
    case = actions.diagnose(on_the_bench(), found=hopeless, by=tom)
    assert case.status == CaseStatus.AWAITING_DISPATCH
    other = on_the_bench()
    made = actions.convert(other, to=CaseKind.RETURN_REFUND, reason="Beyond repair.", by=lea)
    assert (made.status, made.refund_amount) == (CaseStatus.AWAITING_REFUND, 10_000)
    line = OrderLine.objects.get(order=other.order)
    assert (line.quantity_open, line.quantity_returned) == (0, 1)


def test_a_serial_number_is_in_one_open_case(tom: User) -> None:
    first, second = on_the_bench(), on_the_bench()
    found = Diagnosis("Burnt.", serial_number="SN-1", under_warranty=True)
    actions.diagnose(first, found=found, by=tom)
    with pytest.raises(Refused) as refused:
        actions.diagnose(second, found=found, by=tom)
    assert refused.value.code == "case.serial_number_in_work"


def test_only_technicians_work_on_goods(desk: Any, wei: User) -> None:
    case = ways.reach(CaseKind.REPAIR, CaseStatus.RECEIVED)
    with pytest.raises(Refused) as refused:
        actions.start_diagnosis(case, by=wei)
    assert refused.value.code == "case.not_allowed"


def test_after_the_repair_the_customer_has_the_unit_again(desk: Any) -> None:
    case = ways.reach(CaseKind.REPAIR, CaseStatus.COMPLETED)
    assert OrderLine.objects.get(order=case.order).returnable == 1


def test_a_parcel_lost_on_its_way_to_the_workshop_is_continued_as_a_refund(desk: Any, lea: User) -> None:
    case = ways.lose(ways.reach(CaseKind.REPAIR, CaseStatus.RETURN_IN_TRANSIT))
    assert case.status == CaseStatus.ESCALATED
    with pytest.raises(Refused) as refused:
        actions.rule_for_customer(case, text="They sent it.", by=lea)
    assert refused.value.code == "case.goods_are_lost"
    made = actions.convert(case, to=CaseKind.RETURN_REFUND, reason="Lost by the carrier.", by=lea)
    assert made.status == CaseStatus.AWAITING_REFUND


def _mended(country: str, days: int, desk: Traveller) -> Warranty:
    """A repair in a country that took so many days; the warranty of the thing afterwards."""
    law.furnish()
    placed = shop.order(
        shop.line(), ship_to={"country": country}, placed_at=law.DELIVERED, delivered_at=law.DELIVERED
    )
    desk.move_to(law.SUMMER)
    case = ways.begin(CaseKind.REPAIR, placed)
    steps = ways.WAYS[CaseKind.REPAIR][CaseStatus.AWAITING_DISPATCH]
    for go in steps:
        case = go(ways.fresh(case))
    desk.shift(timedelta(days=days))
    ways.hand_over(ways.dispatch(ways.fresh(case)))
    ways.accept(ways.fresh(case))
    dispatch.drain()
    return Warranty.objects.get()


def test_in_china_a_repair_adds_its_days_to_the_warranty(desk: Traveller) -> None:
    assert _mended("CN", 12, desk).suspended_days == 12


def test_in_the_union_a_repair_adds_a_year_once(desk: Traveller) -> None:
    warranty = _mended("DE", 12, desk)
    assert (warranty.suspended_days, warranty.extended_months) == (0, 12)


def test_the_bench_sees_whether_the_thing_is_covered(desk: Any) -> None:
    law.furnish()
    case = ways.reach(CaseKind.REPAIR, CaseStatus.DIAGNOSING)
    client = Client()
    client.force_login(shop.staff(Role.TECHNICIAN))
    page = client.get(f"/console/cases/{case.number}/diagnose/")
    assert re.search(r'name="under_warranty"[^>]*checked', page.content.decode())


def test_goods_repaired_twice_before_may_be_exchanged(desk: Any, alice: User) -> None:
    placed = shop.order()
    for _time in range(2):
        case = ways.begin(CaseKind.REPAIR, placed)
        for go in ways.WAYS[CaseKind.REPAIR][CaseStatus.COMPLETED]:
            case = go(ways.fresh(case))
    third = ways.begin(CaseKind.REPAIR, placed)
    assert earlier_repairs(third) == 2
    client = Client()
    client.force_login(alice)
    page = client.get(f"/console/cases/{third.number}/").content.decode()
    assert "It was repaired 2 times before." in page
    assert "The customer may ask for another one" in page
