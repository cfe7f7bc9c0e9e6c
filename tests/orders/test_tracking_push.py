"""News that tracking services push: proven, landed once, in any order, nothing of it lost (W1 to W4)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import dispatch
from core.actors import SYSTEM
from core.models import Event
from orders import actions
from orders.actions.inbound import land, take_in
from orders.models import InboundEvent, Order, Shipment, TrackingEvent
from orders.states import OrderStatus, TrackingStatus
from tests import build
from tests.orders import drafts, pushes
from tests.orders.pushes import ADDRESS, Call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def secrets(settings: Any) -> None:
    settings.TRACKING_SECRETS = pushes.SECRETS


@pytest.fixture
def parcel() -> Shipment:
    return ship(drafts.order())


def ship(order: Order, number: str = "SF1234567890123") -> Shipment:
    return actions.record_shipment(order, carrier="SF", tracking_number=number, by=SYSTEM)


def knock(call: Call) -> Any:
    """What a service gets; the news is taken in as a worker does it."""
    service, body, kind, headers = call
    answer = Client().post(ADDRESS.format(service), body, content_type=kind, headers=headers)
    dispatch.drain()
    return answer


# --- each in its own language -------------------------------------------------------------------------


def test_kuaidi100_is_understood(parcel: Shipment) -> None:
    answer = knock(
        pushes.kuaidi100(
            parcel.tracking_number,
            ("2026-03-02 18:30:00", "301", "已签收"),
            ("2026-03-02 08:00:00", "5", "派件中"),
            ("2026-03-01 20:00:00", "1", "已揽收"),
        )
    )
    assert (answer.status_code, answer.json()["result"]) == (200, True)
    parcel.refresh_from_db()
    assert parcel.status == TrackingStatus.DELIVERED
    assert parcel.delivered_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    newest = parcel.news[0]
    assert (newest.description, newest.code, newest.source) == ("已签收", "301", "kuaidi100")
    assert newest.local == "2026-03-02 18:30:00"
    assert Order.objects.get().status == OrderStatus.DELIVERED


def test_without_codes_the_newest_line_bears_the_state(parcel: Shipment) -> None:
    lines = (("2026-03-02 18:30:00", "", "投递"), ("2026-03-01 20:00:00", "", "到达"))
    knock(pushes.kuaidi100(parcel.tracking_number, *lines, state="5"))
    assert [news.status for news in parcel.news] == ["out_for_delivery", "in_transit"]


def test_a_parcel_nobody_hears_of_expires(parcel: Shipment) -> None:
    knock(pushes.kuaidi100(parcel.tracking_number, status="abort"))
    parcel.refresh_from_db()
    assert parcel.status == TrackingStatus.EXPIRED


def test_aftership_is_understood(parcel: Shipment) -> None:
    answer = knock(
        pushes.aftership(
            parcel.tracking_number,
            ("2026-03-01T08:00:00", "InTransit", "InTransit_002"),
            ("2026-03-02T08:00:00", "InTransit", "InTransit_006"),
            ("2026-03-03T08:00:00", "Exception", "Exception_013"),
        )
    )
    assert answer.status_code == 200
    parcel.refresh_from_db()
    assert [news.status for news in parcel.news] == ["lost", "customs", "picked_up"]
    assert parcel.status == TrackingStatus.LOST
    assert Event.objects.filter(kind="shipment.lost").count() == 1


def test_seventeen_track_is_understood(parcel: Shipment) -> None:
    call = pushes.seventeen(
        parcel.tracking_number,
        ("2026-03-02T09:00:00+01:00", "Delivered", "Delivered_Other"),
        ("2026-03-01T09:00:00+01:00", "", "InTransit_CustomsReleased"),
        ("2026-03-01T08:00:00+01:00", "PickedUp", ""),
    )
    assert knock(call).status_code == 200
    parcel.refresh_from_db()
    assert [news.status for news in parcel.news] == ["delivered", "customs", "picked_up"]
    assert parcel.delivered_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_a_latest_event_alone_is_news_too(parcel: Shipment) -> None:
    told: Any = {
        "latest_status": {"status": "Exception", "sub_status": "Exception_Returning"},
        "latest_event": {"time_iso": "2026-03-02T09:00:00Z", "description": "Going back"},
    }
    knock(pushes.seventeen(parcel.tracking_number, **told))
    assert [(news.status, news.description) for news in parcel.news] == [("returning", "Going back")]


# --- W1: the same call again --------------------------------------------------------------------------


def test_the_same_call_three_times_is_one(parcel: Shipment) -> None:
    call = pushes.aftership(parcel.tracking_number, ("2026-03-02T08:00:00", "Delivered", "Delivered_001"))
    assert [knock(call).status_code for _ in range(3)] == [200, 200, 200]
    assert (InboundEvent.objects.count(), TrackingEvent.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="shipment.delivered").count() == 1


def test_news_told_again_in_a_later_call_is_known(parcel: Shipment) -> None:
    first = ("2026-03-01T08:00:00", "InTransit", "InTransit_002")
    second = ("2026-03-02T08:00:00", "Delivered", "Delivered_001")
    knock(pushes.aftership(parcel.tracking_number, first))
    knock(pushes.aftership(parcel.tracking_number, first, second, event_id="e-2"))
    assert TrackingEvent.objects.count() == 2
    assert InboundEvent.objects.get(event_id="e-2").result["new"] == 1


def test_the_same_call_from_many_sides_lands_once(together: Callable[..., list[Any]]) -> None:
    parcel = ship(drafts.order())
    call = pushes.aftership(parcel.tracking_number, ("2026-03-02T08:00:00", "Delivered", "Delivered_001"))

    def push() -> bool:
        row, is_new = land("aftership", "e-1", call[1])
        take_in(row)
        return is_new

    assert sorted(together(*[push] * 5)) == [False, False, False, False, True]
    assert TrackingEvent.objects.count() == 1
    assert Event.objects.filter(kind="shipment.delivered").count() == 1


# --- W2: any order ------------------------------------------------------------------------------------

POINTS = st.lists(
    st.tuples(
        st.integers(1, 28).map(lambda day: f"2026-02-{day:02}T08:00:00"),
        st.sampled_from(
            [
                ("InfoReceived", "InfoReceived_001"),
                ("InTransit", "InTransit_002"),
                ("InTransit", "InTransit_006"),
                ("OutForDelivery", "OutForDelivery_001"),
                ("Delivered", "Delivered_001"),
                ("Exception", "Exception_011"),
                ("Exception", "Exception_013"),
                ("Teleported", "Teleported_001"),
            ]
        ),
    ),
    min_size=1,
    max_size=5,
    unique=True,
)


class AnyOrderOfCalls(TestCase):
    @hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(POINTS, st.randoms())
    def test_ends_in_the_same_state(self, points: list[Any], chance: Any) -> None:
        shuffled = [*points, *points[:2]]
        chance.shuffle(shuffled)
        assert self.outcome(points) == self.outcome(shuffled)

    def outcome(self, points: list[Any]) -> tuple[Any, ...]:
        """Where a parcel stands after a call for each point, in this order, some of them twice."""
        number = f"SF{Shipment.objects.count():013d}"
        order = drafts.order(str(Order.objects.count()), customer=build.customer())
        parcel = ship(order, number)
        for at, (tag, sub) in points:
            _service, body, *_ = pushes.aftership(number, (at, tag, sub), event_id=f"{number}{at}{sub}")
            row, _is_new = land("aftership", f"{number}{at}{sub}", body)
            take_in(row)
        parcel.refresh_from_db()
        order.refresh_from_db()
        told = sorted((news.code, news.local) for news in parcel.tracking_events.all())
        return parcel.status, parcel.delivered_at, order.status, told


# --- W3: whoever does not know the secret -------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        pushes.kuaidi100("SF1234567890123", ("2026-03-02 18:30:00", "301", "已签收")),
        pushes.aftership("SF1234567890123", ("2026-03-02T08:00:00", "Delivered", "Delivered_001")),
        pushes.seventeen("SF1234567890123", ("2026-03-02T09:00:00Z", "Delivered", "")),
    ],
    ids=lambda call: call[0],
)
def test_a_wrong_signature_changes_nothing(parcel: Shipment, call: Call) -> None:
    service, body, kind, headers = call
    for wrong in (
        (service, body + b" ", kind, headers),
        (service, body.replace(b"sign=", b"sign=0"), kind, dict.fromkeys(headers, "0")),
        (service, b"", kind, {}),
        (service, "你好".encode(), kind, dict.fromkeys(headers, "x")),
    ):
        answer = knock(wrong)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert not InboundEvent.objects.exists()
    parcel.refresh_from_db()
    assert parcel.status == TrackingStatus.PENDING


def test_a_service_without_a_secret_has_no_door(settings: Any) -> None:
    settings.TRACKING_SECRETS = {**pushes.SECRETS, "aftership": ""}
    assert knock(pushes.aftership("X1")).status_code == 404
    assert Client().post(ADDRESS.format("elsewhere")).status_code == 404


# --- W4: what we do not know --------------------------------------------------------------------------


def test_unknown_codes_are_kept_and_shown(parcel: Shipment, alice: Any) -> None:
    knock(
        pushes.kuaidi100(
            parcel.tracking_number,
            ("2026-03-02 18:30:00", "9876", "飞走了"),
            ("2026-03-01 20:00:00", "1", "已揽收"),
        )
    )
    parcel.refresh_from_db()
    assert parcel.status == TrackingStatus.PICKED_UP
    assert InboundEvent.objects.get().result["unmapped"] == ["9876"]
    client = Client()
    client.force_login(alice)
    page = client.get(f"/console/orders/{parcel.order.reference}/").content.decode()
    assert "Not mapped (9876)" in page
    assert "飞走了" in page


def test_a_number_we_do_not_have_is_kept(parcel: Shipment) -> None:
    assert knock(pushes.aftership("ELSEWHERE1", ("2026-03-02T08:00:00", "Delivered", ""))).status_code == 200
    assert InboundEvent.objects.get().result["parcels"] == 0


def test_a_number_stands_for_all_parcels_that_bear_it() -> None:
    carol = build.customer()
    parcels = [ship(drafts.order(number, customer=carol)) for number in ("1001", "1002")]
    knock(pushes.aftership("sf 1234567890123", ("2026-03-02T08:00:00", "Delivered", "")))
    for parcel in parcels:
        parcel.refresh_from_db()
        assert parcel.status == TrackingStatus.DELIVERED


def test_what_cannot_be_read_is_kept_and_says_so(parcel: Shipment) -> None:
    _service, body, kind, headers = pushes.seventeen("")
    assert knock(("17track", body, kind, headers)).status_code == 200
    assert "unreadable" in InboundEvent.objects.get().result


def test_news_from_the_future_does_not_stop_the_rest(parcel: Shipment) -> None:
    points = (("2026-02-01T08:00:00", "InTransit", ""), ("2199-01-01T08:00:00", "Delivered", ""))
    knock(pushes.aftership(parcel.tracking_number, *points))
    parcel.refresh_from_db()
    assert parcel.status == TrackingStatus.IN_TRANSIT
    told = InboundEvent.objects.get().result
    assert (told["new"], told["refused"]) == (1, 1)
