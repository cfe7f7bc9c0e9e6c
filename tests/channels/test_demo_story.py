"""The demo shop's connected systems bring something to see."""

import pytest

from aftersales.demo import channels
from channels.connection_states import InboundState
from channels.models import InboundDelivery, OutboundDelivery, PhoneCall
from core import dispatch
from tests import build
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_the_story_of_connected_systems_is_told() -> None:
    staff = {"admin": build.user("Ada", role="administrator"), "agent": build.user("Alice")}
    for _moment in channels.connected(staff):
        dispatch.drain()
    came = list(InboundDelivery.objects.order_by("pk").values_list("state", flat=True))
    assert came.count(InboundState.DONE) == 5
    assert came.count(InboundState.FAILED) == 1
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"shop", "social", "phone"}
    assert set(OutboundDelivery.objects.values_list("state", flat=True)) == {"delivered", "read"}
    assert PhoneCall.objects.count() == 2
