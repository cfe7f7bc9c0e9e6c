"""A question from the portal, by people we know and people we do not."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core.models import Attachment, Event
from customers import doors
from customers.models import Customer
from tests import build
from tests.tickets.test_portal_requests import sign_in
from tickets.models import Ticket
from tickets.states import Channel
from tickets.views import portal

URL = "/contact/"
ASKED = {"subject": "Which bulb fits?", "body": "E14 or E27?"}
VISITOR = {"name": "Nora", "email": "nora@example.com"}


def test_a_stranger_asks_and_sees_just_that_request(client: Client, promises: None) -> None:
    answer = client.post(URL, ASKED | VISITOR)
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.customer.email, ticket.customer.name) == (
        Channel.PORTAL,
        "nora@example.com",
        "Nora",
    )
    assert client.get(answer["Location"]).status_code == 200


def test_somebody_elses_address_opens_none_of_their_requests(client: Client, ticket: Ticket) -> None:
    victim = ticket.customer
    client.post(URL, ASKED | {"name": "Mallory", "email": victim.email})
    victim.refresh_from_db()
    assert victim.name == "Carol"
    assert client.get(f"/requests/{ticket.number}/").status_code == 404
    assert client.get("/account/").status_code == 302


def test_staff_are_told_that_a_stranger_only_typed_an_address(
    client: Client, promises: None, alice: User, carol: Customer
) -> None:
    client.post(URL, ASKED | {"name": "Mallory", "email": carol.email})
    sign_in(client, carol)
    client.post(URL, ASKED)
    stranger, proven = Ticket.objects.order_by("pk")
    warning = "Written without signing in: it may not be Carol"
    assert warning not in client.get(f"/requests/{stranger.number}/").content.decode()
    client.force_login(alice)
    assert warning in client.get(f"/console/tickets/{stranger.number}/").content.decode()
    assert warning not in client.get(f"/console/tickets/{proven.number}/").content.decode()


def test_who_is_signed_in_is_not_asked_who_they_are(client: Client, promises: None, carol: Customer) -> None:
    sign_in(client, carol)
    assert 'name="email"' not in client.get(URL).content.decode()
    client.post(URL, ASKED)
    assert Ticket.objects.get().customer == carol


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_question_about_an_order_one_may_see(
    client: Client, promises: None, carol: Customer, signed_in: bool
) -> None:
    order = build.order(customer=carol)
    if signed_in:
        sign_in(client, carol)
    else:
        session = client.session
        session[doors.ORDERS] = {str(order.pk): 99999999999}
        session.save()
    url = f"{URL}?order={order.reference}"
    assert order.number in client.get(url).content.decode()
    client.post(url, ASKED)
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.order) == (carol, order)


def test_an_order_one_may_not_see_is_not_shown(client: Client, promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    shown = client.get(f"{URL}?order={order.reference}").content.decode()
    assert order.number not in shown
    client.post(f"{URL}?order={order.reference}", ASKED | VISITOR)
    assert Ticket.objects.get().order is None


def test_an_order_number_of_ones_own_is_attached_and_others_are_kept(
    client: Client, promises: None, carol: Customer, charlie: Customer
) -> None:
    sign_in(client, carol)
    mine, theirs = build.order(customer=carol), build.order(customer=charlie)
    client.post(URL, ASKED | {"order_number": mine.number})
    client.post(URL, ASKED | {"order_number": theirs.number})
    assert list(Ticket.objects.order_by("pk").values_list("order", flat=True)) == [mine.pk, None]
    assert Event.objects.get(kind="ticket.order_unknown").data == {"order_number": theirs.number}


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"body": ""}, {"email": "nora"}, {"name": ""}, {"subject": "x" * 201}]
)
def test_wrong_input_keeps_what_was_typed(client: Client, promises: None, wrong: dict[str, Any]) -> None:
    answer = client.post(URL, ASKED | VISITOR | {"subject": "Which bulb fits my lamp?"} | wrong)
    assert answer.status_code == 422
    assert "Nora" in answer.content.decode() or "nora@" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_form_sent_twice_is_one_request(client: Client, promises: None) -> None:
    first = client.post(URL, ASKED | VISITOR | {"key": "abc"})
    again = client.post(URL, ASKED | VISITOR | {"key": "abc"})
    assert first["Location"] == again["Location"]
    assert Ticket.objects.count() == 1


def test_files_come_along_and_a_wrong_one_is_named(client: Client, promises: None) -> None:
    program = SimpleUploadedFile("setup.exe", b"MZ\x90\x00" + b"\x00" * 100, "application/x-msdownload")
    answer = client.post(URL, ASKED | VISITOR | {"attachments": [program]})
    assert answer.status_code == 409
    assert "setup.exe" in answer.content.decode()
    photo = SimpleUploadedFile("bulb.txt", b"E27", "text/plain")
    client.post(URL, ASKED | VISITOR | {"attachments": [photo]})
    message = Ticket.objects.get().messages.get()
    assert Attachment.objects.get(subject=f"message:{message.pk}").public


def test_too_many_questions_from_one_place_wait(client: Client, promises: None) -> None:
    for _ in range(portal.QUESTIONS.times):
        assert client.post(URL, ASKED | VISITOR).status_code == 302
    answer = client.post(URL, ASKED | VISITOR)
    assert answer.status_code == 429
    assert "E14 or E27?" in answer.content.decode()
    assert Ticket.objects.count() == portal.QUESTIONS.times
