"""A customer's own requests: who sees them, what they say, what can be done."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from core.models import Attachment, Event
from customers import doors
from customers.models import Customer
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.access import link_token
from tickets.models import Ticket
from tickets.outlook import outlook
from tickets.states import TicketStatus


def sign_in(client: Client, customer: Customer) -> Client:
    session = client.session
    session[doors.CUSTOMER] = customer.pk
    session.save()
    return client


@pytest.fixture
def hers(client: Client, carol: Customer) -> Client:
    """Carol, signed in to the portal."""
    return sign_in(client, carol)


def address(ticket: Ticket, verb: str = "") -> str:
    return f"/requests/{ticket.number}/" + (f"{verb}/" if verb else "")


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- who sees what -----------------------------------------------------------------------------------


def test_the_list_holds_ones_own(hers: Client, ticket: Ticket, charlie: Customer) -> None:
    theirs = build.ticket(customer=charlie)
    shown = text(hers.get("/requests/"))
    assert ticket.number in shown
    assert theirs.number not in shown


def test_a_strangers_request_is_not_there(hers: Client, promises: None, charlie: Customer) -> None:
    theirs = build.ticket(customer=charlie)
    assert hers.get(address(theirs)).status_code == 404
    for verb in ("reply", "solve", "withdraw"):
        assert hers.post(address(theirs, verb), {"body": "mine now"}).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.status, theirs.messages.count()) == (TicketStatus.NEW, 1)


def test_who_is_not_known_signs_in_first(client: Client, ticket: Ticket) -> None:
    for url in ("/requests/", address(ticket)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_who_opened_an_order_sees_its_requests_only(client: Client, promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    about, other = build.ticket(customer=carol, order=order), build.ticket(customer=carol)
    session = client.session
    session[doors.ORDERS] = {str(order.pk): 99999999999}
    session.save()
    assert client.get(address(about)).status_code == 200
    assert client.get(address(other)).status_code == 404


def test_notes_and_what_staff_do_are_not_for_customers(
    hers: Client, ticket: Ticket, alice: User, lea: User
) -> None:
    actions.add_note(ticket, body="Difficult person", by=alice)
    actions.assign(ticket, to=lea, by=alice)
    shown = text(hers.get(address(ticket)))
    assert "Difficult person" not in shown
    assert "Lea" not in shown


def test_the_latest_are_on_the_first_page(hers: Client, ticket: Ticket) -> None:
    assert ticket.number in text(hers.get("/requests/latest/"))


# --- the link in a mail ------------------------------------------------------------------------------


def test_the_link_in_a_mail_opens_its_request(client: Client, ticket: Ticket) -> None:
    answer = client.get(reverse("portal:request-link", args=[link_token(ticket)]))
    assert answer["Location"] == address(ticket)
    assert client.get(address(ticket)).status_code == 200
    assert client.get(address(build.ticket())).status_code == 404


def test_a_link_is_good_for_thirty_days(client: Client, ticket: Ticket, monday: Traveller) -> None:
    url = reverse("portal:request-link", args=[link_token(ticket)])
    monday.shift(timedelta(days=31))
    answer = client.get(url)
    assert answer.status_code == 410
    assert "This link is too old" in text(answer)
    assert client.get(address(ticket)).status_code == 302


def test_what_a_link_opened_is_forgotten_after_a_day(
    client: Client, ticket: Ticket, monday: Traveller
) -> None:
    client.get(reverse("portal:request-link", args=[link_token(ticket)]))
    monday.shift(timedelta(hours=25))
    assert client.get(address(ticket)).status_code == 302


@pytest.mark.parametrize("forge", [lambda token: token[:-1] + "x", lambda token: token.replace("T-", "T-9")])
def test_a_forged_link_opens_nothing(client: Client, ticket: Ticket, forge: Any) -> None:
    url = reverse("portal:request-link", args=[forge(link_token(ticket))])
    assert client.get(url).status_code == 410


# --- writing -----------------------------------------------------------------------------------------


def test_a_message_with_a_photo_reaches_us(hers: Client, ticket: Ticket) -> None:
    photo = SimpleUploadedFile("photo.txt", b"a picture of words", "text/plain")
    answer = hers.post(address(ticket, "reply"), {"body": "See photo", "attachments": [photo]})
    assert answer["Location"] == address(ticket)
    message = ticket.messages.last()
    assert message is not None
    assert (message.body, message.actor_name) == ("See photo", "Carol")
    assert Attachment.objects.get(subject=f"message:{message.pk}").public


def test_a_form_sent_twice_is_one_message(hers: Client, ticket: Ticket) -> None:
    for _ in range(2):
        hers.post(address(ticket, "reply"), {"body": "Hello?", "key": "abc"})
    assert ticket.messages.count() == 2


def test_who_goes_back_and_writes_something_else_has_said_both(hers: Client, ticket: Ticket) -> None:
    for body in ("Hello?", "Hello? It is order 7.", "Hello?"):
        hers.post(address(ticket, "reply"), {"body": body, "key": "abc"})
    said = list(ticket.messages.order_by("pk").values_list("body", flat=True))
    assert said[1:] == ["Hello?", "Hello? It is order 7."]


def test_an_empty_message_keeps_the_page(hers: Client, ticket: Ticket) -> None:
    answer = hers.post(address(ticket, "reply"), {"body": ""})
    assert answer.status_code == 422
    assert ticket.messages.count() == 1


def test_writing_to_a_closed_request_leads_to_its_follow_up(client: Client, promises: None) -> None:
    closed = build.ticket(status=TicketStatus.CLOSED)
    client.get(reverse("portal:request-link", args=[link_token(closed)]))
    answer = client.post(address(closed, "reply"), {"body": "And again"})
    follow_up = Ticket.objects.get(follow_up_of=closed)
    assert answer["Location"] == address(follow_up)
    assert client.get(address(follow_up)).status_code == 200


def test_the_customer_says_that_it_is_solved(hers: Client, ticket: Ticket) -> None:
    hers.post(address(ticket, "solve"))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SOLVED
    assert Event.objects.get(kind="ticket.solved").actor_kind == "customer"


def test_the_customer_withdraws(hers: Client, ticket: Ticket) -> None:
    hers.post(address(ticket, "withdraw"))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED


def test_a_return_is_withdrawn_on_its_own_panel(hers: Client, promises: None, carol: Customer) -> None:
    returned = build.ticket(customer=carol, type="return")
    assert address(returned, "withdraw") not in text(hers.get(address(returned)))
    hers.post(address(returned, "withdraw"))
    returned.refresh_from_db()
    assert returned.status == TicketStatus.NEW


# --- where it stands ---------------------------------------------------------------------------------


def told(ticket: Ticket, after: timedelta = timedelta()) -> tuple[str, Any]:
    fresh = Ticket.objects.get(pk=ticket.pk)
    seen = outlook(fresh, fresh.clocks.filter(cycle=fresh.cycle), MONDAY_10 + after)
    return seen.title, seen.due_at


def test_where_it_stands_and_by_when(ticket: Ticket, alice: User) -> None:
    assert told(ticket) == ("We have your request", MONDAY_10 + timedelta(hours=1))
    in_three_days = MONDAY_10 + timedelta(days=3)
    assert told(ticket, timedelta(hours=2)) == ("We have your request", in_three_days)
    assert told(ticket, timedelta(days=4)) == ("We have your request", None)
    actions.reply(ticket, body="Hello", by=alice)
    assert told(ticket) == ("We are working on it", in_three_days)
    actions.wait(ticket, by=alice)
    assert told(ticket) == ("We are waiting for you", None)
    actions.wait(ticket, by=alice, third_party=True)
    assert told(ticket) == ("We are waiting for a partner", None)
    actions.solve(ticket, by=alice)
    assert told(ticket) == ("Solved", MONDAY_10 + timedelta(days=14))
    actions.close(ticket, by=alice)
    assert told(ticket) == ("This request is closed", None)
