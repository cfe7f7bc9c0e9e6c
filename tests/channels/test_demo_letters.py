"""The demo shop's mails show what mailboxes and pictures in a text are."""

from random import Random

import pytest

from aftersales.demo import letters
from aftersales.demo.goods import open_shops
from aftersales.demo.stories import Scene
from channels.models import IncomingMail, Mailbox
from core import dispatch, inline
from core.hours import Calendar
from core.models import Attachment, OutgoingMail
from tests import build
from tickets.models import Message

pytestmark = pytest.mark.django_db


def test_mails_come_in_and_one_is_answered_with_a_picture() -> None:
    staff = {"admin": build.user("Ada", role="administrator"), "agent": build.user("Alice")}
    scene = Scene(staff, open_shops(), Calendar("UTC", {0: [("09:00", "17:00")]}), Random(7))
    for _moment in letters.arriving(scene, [build.customer("Carol")]):
        dispatch.drain()
    assert set(IncomingMail.objects.values_list("mailbox__address", flat=True)) == {"service@lamps.example"}
    assert Mailbox.objects.count() == 2
    said = Message.objects.get(actor_kind="user")
    assert inline.placed(said.body, list(Attachment.objects.all()))
    (sent,) = OutgoingMail.objects.filter(text__contains="[image: ")
    assert "service@lamps.example" in sent.headers["From"]
