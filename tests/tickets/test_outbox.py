"""What did not leave the house: failed mails, parked events, clocks set aside."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.models import Event, OutgoingMail
from tests import build
from tickets.models import Clock, Ticket


@pytest.fixture
def ada(client: Client, db: None) -> Client:
    """An administrator at the desk."""
    client.force_login(build.user("Ada", role="administrator"))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def written(**fields: Any) -> OutgoingMail:
    now = clock.now()
    given = {
        "key": f"k{OutgoingMail.objects.count()}",
        "to": "carol@example.com",
        "subject": "Hello",
        "language": "en",
    }
    return OutgoingMail.objects.create(created_at=now, next_attempt_at=now, **{**given, **fields})


def test_mail_is_listed_and_narrowed(ada: Client) -> None:
    written(subject="To Carol"), written(subject="Lost", state="failed", to="bad@example.com")
    everything = text(ada.get("/console/mail/"))
    assert "To Carol" in everything
    assert "Lost" in everything
    assert "To Carol" not in text(ada.get("/console/mail/?state=failed"))
    assert "Lost" not in text(ada.get("/console/mail/?to=Carol@example.com"))


def test_texts_of_mails_are_not_shown(ada: Client) -> None:
    written(text="Your code is 123456", sensitive=True)
    assert "123456" not in text(ada.get("/console/mail/"))


def test_a_failed_mail_is_tried_again(ada: Client) -> None:
    lost = written(state="failed", attempts=10)
    answer = ada.post(f"/console/mail/{lost.pk}/retry/?state=failed")
    assert answer["Location"] == "/console/mail/?state=failed"
    lost.refresh_from_db()
    assert (lost.state, lost.attempts) == ("queued", 0)


def test_a_parked_event_is_shown_with_its_reason_and_tried_again(ada: Client, ticket: Ticket) -> None:
    Event.objects.filter(kind="ticket.opened").update(
        parked_at=clock.now(), attempts=8, last_error="RuntimeError: <no mail server>"
    )
    shown = text(ada.get("/console/mail/stuck/"))
    assert "Carol opened the ticket" in shown
    assert "RuntimeError: &lt;no mail server&gt;" in shown
    event = Event.objects.get(kind="ticket.opened")
    ada.post(f"/console/mail/stuck/events/{event.pk}/retry/")
    event.refresh_from_db()
    assert (event.parked_at, event.attempts) == (None, 0)


def test_a_clock_set_aside_is_shown_and_taken_back(ada: Client, ticket: Ticket) -> None:
    stuck = ticket.clocks.earliest("pk")
    Clock.objects.filter(pk=stuck.pk).update(failing_since=clock.now(), last_error="ValueError: odd")
    assert "ValueError: odd" in text(ada.get("/console/mail/stuck/"))
    ada.post(f"/console/mail/stuck/clocks/{stuck.pk}/retry/")
    assert Clock.objects.due(clock.now() + timedelta(days=9)).first() == stuck


def test_when_all_is_well_it_says_so(ada: Client) -> None:
    assert "Nothing is stuck" in text(ada.get("/console/mail/stuck/"))


@pytest.mark.parametrize("url", ["/console/mail/", "/console/mail/stuck/"])
def test_only_administrators_look(page: Client, url: str) -> None:
    assert page.get(url).status_code == 403


@pytest.mark.parametrize("url", ["/admin/core/event/", "/admin/core/outgoingmail/"])
def test_the_admin_only_looks(ada: Client, ticket: Ticket, url: str) -> None:
    mail = written(text="Your code is 123456")
    assert ada.get(url).status_code == 200
    assert ada.get(f"{url}add/").status_code == 403
    assert "123456" not in text(ada.get(f"/admin/core/outgoingmail/{mail.pk}/change/"))
