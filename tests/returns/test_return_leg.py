"""The way back: tracking numbers, deliveries, receipts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from core import clock, events
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from customers.models import Customer
from orders.actions import record_shipment, record_tracking
from orders.models import Order, Shipment
from orders.states import Direction, TrackingStatus
from returns import actions, reactions
from returns.models import Case
from returns.states import CaseStatus, TimerKind
from tests.returns import shop
from tests.returns.conftest import NOW


def refused_with(code: str) -> Any:
    return pytest.raises(Refused, match=code.replace(".", r"\."))


def deliver(shipment: Shipment) -> None:
    record_tracking(shipment, status=TrackingStatus.DELIVERED, occurred_at=clock.now(), by=SYSTEM)
    for event in Event.objects.filter(kind="shipment.delivered", subject=f"shipment:{shipment.pk}"):
        reactions.follow_parcel(event)


def parcel(case: Case, direction: Direction = Direction.RETURN) -> Shipment:
    return Shipment.objects.get(return_parcel__case=case, direction=direction)


def test_a_tracking_number_makes_a_parcel_on_its_way_back(order: Order, carol: Customer) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN)
    case = actions.add_tracking(case, carrier="SF Express", tracking_number=" sf 12345-67890123 ", by=carol)
    assert (case.status, case.shipped_back_at, case.due_at) == (CaseStatus.RETURN_IN_TRANSIT, NOW, None)
    shipment = parcel(case)
    assert (shipment.direction, shipment.tracking_number) == (Direction.RETURN, "SF1234567890123")
    assert [(row.line.title, row.quantity) for row in shipment.lines.all()] == [("Desk lamp", 1)]
    assert case.timers.get(kind=TimerKind.SHIP_BACK).stopped_at == NOW


@pytest.mark.parametrize(
    "number", ["", "12", "no digits here", "1" * 41, "https://x.example/1", "运单123456"]
)
def test_what_is_no_tracking_number_is_refused(order: Order, carol: Customer, number: str) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN)
    with refused_with("case.tracking_number_odd"):
        actions.add_tracking(case, carrier="SF", tracking_number=number, by=carol)


def test_a_number_of_another_parcel_is_refused(order: Order, carol: Customer) -> None:
    record_shipment(order, carrier="UPS", tracking_number="1Z999AA10123456784", lines=[], by=SYSTEM)
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN)
    with refused_with("case.tracking_number_used"):
        actions.add_tracking(case, carrier="SF", tracking_number="1Z999AA10123456784", by=carol)
    other = shop.case(shop.order(customer=carol), status=CaseStatus.AWAITING_RETURN)
    actions.add_tracking(other, carrier="SF", tracking_number="SF0000000000001", by=carol)
    with refused_with("case.tracking_number_used"):
        actions.add_tracking(case, carrier="YTO", tracking_number="SF-0000 0000 00001", by=carol)
    case.refresh_from_db()
    assert case.status == CaseStatus.AWAITING_RETURN


def test_a_delivery_starts_the_days_to_confirm(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    deliver(parcel(case))
    case.refresh_from_db()
    assert case.status == CaseStatus.RETURN_IN_TRANSIT
    assert case.due_at == case.timers.get(kind=TimerKind.RECEIPT).due_at
    assert case.due_at == NOW + timedelta(days=10, hours=-1)
    deliver(parcel(case))
    assert case.timers.filter(kind=TimerKind.RECEIPT).count() == 1


def test_ten_days_keep_the_time_of_day(desk: Traveller) -> None:
    desk.move_to(datetime(2026, 2, 10, 1, 0, tzinfo=UTC))
    order = shop.order(ship_to={"country": "CN"}, delivered_at=datetime(2026, 2, 9, tzinfo=UTC))
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    deliver(parcel(case))
    assert case.timers.get(kind=TimerKind.RECEIPT).due_at == datetime(2026, 2, 20, 1, 0, tzinfo=UTC)


def test_a_delivery_after_the_receipt_changes_nothing(order: Order) -> None:
    case = shop.case(order, status=CaseStatus.RECEIVED)
    deliver(parcel(case))
    case.refresh_from_db()
    assert (case.status, case.timers.filter(kind=TimerKind.RECEIPT).exists()) == (CaseStatus.RECEIVED, False)


def test_parcels_of_no_case_are_nobodys(order: Order) -> None:
    shipment = record_shipment(order, carrier="UPS", tracking_number="1Z1", lines=[], by=SYSTEM)
    assert actions.note_delivery(shipment) is None


def test_a_parcel_is_received_by_count(desk: Traveller, wei: User) -> None:
    case = shop.case(shop.order(shop.line(quantity=3)), quantity=3, status=CaseStatus.RETURN_IN_TRANSIT)
    line = case.lines.get()
    case = actions.receive(case, counts={line.pk: 2}, by=wei)
    line.refresh_from_db()
    assert (case.status, case.received_at, line.quantity_received) == (CaseStatus.RECEIVED, NOW, 2)
    assert events.timeline(case.ticket).get(kind="case.received").data["missing"] == 1
    desk.shift(timedelta(days=1))
    case = actions.receive(case, counts={line.pk: 1}, by=wei)
    line.refresh_from_db()
    assert (case.received_at, line.quantity_received) == (NOW, 3)


def test_no_more_is_received_than_was_approved(order: Order, wei: User) -> None:
    case = shop.case(order, status=CaseStatus.RETURN_IN_TRANSIT)
    line = case.lines.get()
    for units in (2, -1):
        with refused_with("case.received_too_many"):
            actions.receive(case, counts={line.pk: units}, by=wei)
    for counts in ({}, {line.pk: 0}, {line.pk + 1: 1}):
        with refused_with("case.nothing_received"):
            actions.receive(case, counts=counts, by=wei)


def test_a_parcel_can_arrive_before_its_number(order: Order, wei: User) -> None:
    case = shop.case(order, status=CaseStatus.AWAITING_RETURN)
    case = actions.receive(case, counts={case.lines.get().pk: 1}, by=wei)
    assert case.status == CaseStatus.RECEIVED
    assert not case.timers.running().exists()
