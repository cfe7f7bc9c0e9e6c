"""Parcels, the news about them, and what follows for the order."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import clock
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from orders import actions
from orders.models import Order, Shipment, TrackingEvent
from orders.states import Direction, OrderStatus, TrackingStatus
from tests import build
from tests.orders import drafts

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ship(order: Order, number: str = "TRACK-1", **fields: Any) -> Shipment:
    return actions.record_shipment(order, carrier="DHL", tracking_number=number, by=SYSTEM, **fields)


def tell(shipment: Shipment, status: str, days: float | None = 1, **fields: Any) -> tuple[Shipment, bool]:
    occurred_at = None if days is None else drafts.PLACED + days * DAY
    return actions.record_tracking(shipment, status=status, occurred_at=occurred_at, by=SYSTEM, **fields)


def test_a_parcel_holds_all_that_was_not_sent_yet() -> None:
    order = drafts.order()
    lamp, bulb = order.lines.all()
    ship(order, lines=[(bulb, 1)])
    rest = ship(order, "TRACK-2")
    assert {(each.line_id, each.quantity) for each in rest.lines.all()} == {(lamp.pk, 2), (bulb.pk, 2)}
    assert Order.objects.get().status == OrderStatus.SHIPPED


def test_the_same_parcel_again_is_the_first_one() -> None:
    order = drafts.order()
    assert ship(order).pk == ship(order).pk
    assert Event.objects.filter(kind="shipment.recorded").count() == 1


def test_two_orders_may_travel_in_one_parcel() -> None:
    carol = build.customer()
    first, second = drafts.order(customer=carol), drafts.order("1002", customer=carol)
    assert ship(first).pk != ship(second).pk


@pytest.mark.parametrize(
    ("units", "code"),
    [([3], "shipment.too_many"), ([0], "order.no_such_line"), ([1, 1], "shipment.line_twice")],
)
def test_a_parcel_that_cannot_be_is_refused(units: list[int], code: str) -> None:
    order = drafts.order()
    lamp = order.lines.all()[0]
    with pytest.raises(Refused) as refused:
        ship(order, lines=[(lamp, count) for count in units])
    assert refused.value.code == code


def test_a_line_of_another_order_is_not_in_the_parcel() -> None:
    other = drafts.order("1002").lines.all()[0]
    with pytest.raises(Refused) as refused:
        ship(drafts.order(), lines=[(other, 1)])
    assert refused.value.code == "order.no_such_line"


def test_nothing_is_left_to_send_twice() -> None:
    order = drafts.order()
    ship(order)
    with pytest.raises(Refused) as refused:
        ship(order, "TRACK-2")
    assert refused.value.code == "shipment.nothing_to_send"


def test_a_cancelled_order_is_not_sent() -> None:
    order = drafts.order()
    Order.objects.update(status=OrderStatus.CANCELLED)
    with pytest.raises(Refused) as refused:
        ship(order)
    assert refused.value.code == "order.cancelled"


def test_a_parcel_back_to_us_leaves_the_order_alone() -> None:
    order = drafts.order()
    lamp = order.lines.all()[0]
    back = ship(order, lines=[(lamp, 1)], direction=Direction.RETURN)
    tell(back, "delivered")
    order.refresh_from_db()
    lamp.refresh_from_db()
    assert (order.status, order.delivered_at, lamp.quantity_delivered) == (OrderStatus.PAID, None, 0)
    assert Event.objects.get(kind="shipment.delivered").data["direction"] == "return"


def test_a_delivery_marks_the_units_in_the_parcel() -> None:
    order = drafts.order()
    lamp, bulb = order.lines.all()
    first = ship(order, lines=[(lamp, 2), (bulb, 1)])
    second = ship(order, "TRACK-2")
    tell(first, "delivered", 2)
    order.refresh_from_db()
    assert [each.quantity_delivered for each in order.lines.all()] == [2, 1]
    assert (order.status, order.delivered_at) == (OrderStatus.SHIPPED, drafts.PLACED + 2 * DAY)
    tell(second, "delivered", 3)
    order.refresh_from_db()
    assert [each.quantity_delivered for each in order.lines.all()] == [2, 3]
    assert (order.status, order.delivered_at) == (OrderStatus.DELIVERED, drafts.PLACED + 3 * DAY)
    assert Event.objects.filter(kind="shipment.delivered").count() == 2


def test_the_same_news_twice_is_one_row_and_no_second_delivery() -> None:
    shipment = ship(drafts.order())
    assert tell(shipment, "delivered", description="Signed", location="Berlin")[1] is True
    assert tell(shipment, "delivered", description="Signed ", location="Berlin")[1] is False
    assert TrackingEvent.objects.count() == 1
    assert Event.objects.filter(kind="shipment.delivered").count() == 1


def test_the_carriers_own_identity_of_the_news_counts() -> None:
    shipment = ship(drafts.order())
    name = "event-" + "x" * 100
    assert tell(shipment, "in_transit", fingerprint=name)[1] is True
    assert tell(shipment, "in_transit", 2, description="said otherwise", fingerprint=name)[1] is False
    assert tell(shipment, "in_transit", fingerprint=name + "y")[1] is True


@pytest.mark.parametrize(
    ("status", "ahead", "code"),
    [("teleported", 0, "shipment.unknown_status"), ("delivered", 30, "shipment.news_from_future")],
)
def test_news_that_cannot_be_is_refused(status: str, ahead: int, code: str) -> None:
    shipment = ship(drafts.order())
    with pytest.raises(Refused) as refused:
        actions.record_tracking(shipment, status=status, occurred_at=clock.now() + ahead * DAY, by=SYSTEM)
    assert refused.value.code == code
    assert not TrackingEvent.objects.exists()


def test_news_without_a_time_counts_from_its_arrival() -> None:
    shipment, _ = tell(ship(drafts.order()), "delivered", None)
    assert shipment.delivered_at == TrackingEvent.objects.get().received_at


def outcome(news: tuple[tuple[str, float | None], ...]) -> tuple[object, ...]:
    """What an order looks like after some news, in the order told."""
    order = drafts.order(str(Order.objects.count()), customer=build.customer())
    shipment = ship(order, f"TRACK-{order.number}")
    for status, days in news:
        tell(shipment, status, days)
    order.refresh_from_db()
    shipment.refresh_from_db()
    delivered = [each.quantity_delivered for each in order.lines.all()]
    kinds = Event.objects.filter(thread=f"order:{order.pk}", kind="shipment.delivered").count()
    return shipment.status, shipment.delivered_at, order.status, order.delivered_at, delivered, kinds


class AnyOrderOfNews(TestCase):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(st.sampled_from(TrackingStatus.values), st.integers(0, 4)), min_size=2, max_size=5
        ),
        st.randoms(),
    )
    def test_ends_in_the_same_state(self, news: list[tuple[str, int]], chance: Any) -> None:
        shuffled = list(news)
        chance.shuffle(shuffled)
        assert outcome(tuple(news)) == outcome(tuple(shuffled))


def test_delivered_returned_and_late_news_in_every_order() -> None:
    news = (("in_transit", 1), ("delivered", 2), ("returned", 3))
    assert len({str(outcome(told)) for told in permutations(news)}) == 1


def test_the_same_news_from_many_sides_is_told_once(together: Any) -> None:
    shipment = ship(drafts.order())
    new = [is_new for _shipment, is_new in together(*[lambda: tell(shipment, "delivered")] * 5)]
    assert sorted(new) == [False] * 4 + [True]
    assert Event.objects.filter(kind="shipment.delivered").count() == 1
