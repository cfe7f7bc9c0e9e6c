"""Ten photos in ten mails are one request; words of somebody unproven never join what somebody else began."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from channels.email import trimming
from channels.email.states import Outcome
from channels.models import IncomingMail
from core import clock, dispatch
from core.models import OutgoingMail
from tests.channels.mails import deliver, raw
from tests.core import pictures
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

WAY = {"Return-Path": "<carol@example.com>"}


def photo(number: int, text: str = "", **given: Any) -> IncomingMail:
    """One of several mails with a photo each."""
    files = ((f"IMG_{number}.jpg", "image/jpeg", pictures.image(size=(64 + number, 32))),)
    fields: dict[str, Any] = {"subject": "My lamp", "headers": WAY, "files": files, **given}
    return deliver(raw(text, **fields))


def test_ten_photos_in_ten_mails_are_one_ticket() -> None:
    rows = [photo(1, "It is broken, see the photos.")] + [
        photo(number, "发自我的 iPhone" if number % 2 else "\n-- \nCarol\n") for number in range(2, 11)
    ]
    assert [row.outcome for row in rows] == [Outcome.CREATED, *[Outcome.APPENDED] * 9]
    ticket = Ticket.objects.get()
    assert ticket.messages.count() == 10
    dispatch.drain()
    assert OutgoingMail.objects.count() == 1  # one acknowledgement


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Please send the refund to another account."},
        {"sender": "eve@example.com"},
        {"subject": "Another lamp"},
        {"headers": {"Return-Path": "<eve@example.net>"}},
        {"headers": {}},
        {"files": ()},
    ],
    ids=["words", "another sender", "another subject", "another way", "an unknown way", "no files"],
)
def test_anything_else_is_a_request_of_its_own(change: dict[str, Any]) -> None:
    first = photo(1, "It is broken.")
    second = photo(2, **change)
    assert second.ticket != first.ticket


def test_a_forged_sender_joins_nothing(settings: Any) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.localhost"]
    first = photo(1, "It is broken.")
    failed = {"Authentication-Results": "mx.localhost; dmarc=fail header.from=example.com"}
    assert photo(2, headers={**WAY, **failed}).ticket != first.ticket


def test_later_it_is_a_new_request(settings: Any) -> None:
    first = photo(1, "It is broken.")
    with time_machine.travel(clock.now() + timedelta(seconds=settings.TICKETS_BURST_SECONDS + 5), tick=False):
        assert photo(2).ticket != first.ticket


def test_who_adds_a_photo_is_told_nothing() -> None:
    photo(1, "My account number is 12345.")
    dispatch.drain()
    before = OutgoingMail.objects.count()
    photo(2)
    dispatch.drain()
    assert OutgoingMail.objects.count() == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", False),
        ("  \n\n", False),
        ("Sent from my iPhone", False),
        ("-- \nCarol", False),
        ("--\nCarol", False),
        ("> quoted", False),
        ("坏了", True),
        ("ok\n\nSent from my iPhone", True),
    ],
)
def test_whether_a_mail_says_something(text: str, says: bool) -> None:
    assert trimming.says_something(text) is says
