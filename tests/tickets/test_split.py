"""Part of a conversation becomes a ticket of its own, and can be put back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from customers.models import Customer
from tests import build
from tests.tickets.conftest import MONDAY_10
from tests.tickets.test_merge import fresh, picture, refused
from tickets import actions
from tickets.models import Message, Ticket, TicketLink
from tickets.states import Channel, ClockKind, ClockState, LinkKind, TicketStatus

HOUR = timedelta(hours=1)


@pytest.fixture
def talk(ticket: Ticket, carol: Customer, alice: User, monday: Traveller) -> list[Message]:
    """Carol asks one thing at ten and another at eleven; Alice answers both at half past eleven."""
    monday.shift(HOUR)
    other = actions.receive(ticket, body="And where is my invoice?", by=carol, channel=Channel.EMAIL)
    monday.shift(HOUR / 2)
    answer = actions.reply(ticket, body="Here it is", by=alice)
    monday.shift(HOUR / 2)
    return [ticket.messages.earliest("pk"), other, answer]


@pytest.fixture(autouse=True)
def every_clock_follows_from_its_log(db: None) -> object:
    yield
    call_command("rebuild_clocks", check=True)


def test_what_is_chosen_becomes_a_ticket_of_its_own(ticket: Ticket, talk: list[Message], alice: User) -> None:
    new = actions.split(ticket, messages=talk[1:], subject="Invoice", by=alice)
    assert (new.subject, new.customer, new.status) == ("Invoice", ticket.customer, TicketStatus.OPEN)
    assert list(new.messages.all()) == talk[1:]
    assert list(ticket.messages.all()) == talk[:1]
    assert fresh(ticket).last_message_preview == talk[0].body
    assert [(one.kind, one.ticket, one.other) for one in TicketLink.objects.of(new)] == [
        (LinkKind.SPLIT, ticket, new)
    ]


def test_its_promises_count_from_the_first_thing_said_in_it(
    ticket: Ticket, talk: list[Message], alice: User
) -> None:
    answered = actions.split(ticket, messages=talk[1:], subject="Invoice", by=alice)
    first, resolution = answered.clocks.order_by("kind")
    assert (first.kind, first.state) == (ClockKind.FIRST_RESPONSE, ClockState.FULFILLED)
    assert first.started_at == resolution.started_at == MONDAY_10 + HOUR
    assert first.fulfilled_at == MONDAY_10 + 1.5 * HOUR
    assert fresh(answered).due_at == resolution.due_at


def test_a_question_nobody_answered_is_owed_an_answer_from_when_it_was_asked(
    ticket: Ticket, talk: list[Message], alice: User, monday: Traveller
) -> None:
    monday.shift(HOUR)
    new = actions.split(ticket, messages=[talk[1]], subject="", by=alice)
    first = new.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert (first.state, first.due_at, first.breached_at) == (
        ClockState.RUNNING,
        MONDAY_10 + 2 * HOUR,
        MONDAY_10 + 2 * HOUR,
    )
    assert (new.subject, fresh(new).status) == (ticket.subject, TicketStatus.NEW)


def test_put_back_everything_is_as_it_was(ticket: Ticket, talk: list[Message], alice: User) -> None:
    before = picture(ticket)
    new = actions.split(ticket, messages=talk[1:], subject="Invoice", by=alice)
    assert actions.unsplit(new, by=alice) == ticket
    assert picture(ticket) == before
    assert (fresh(new).status, fresh(new).merged_into) == (TicketStatus.CLOSED, ticket)
    assert not new.clocks.live().exists()
    assert actions.unsplit(new, by=alice) == ticket
    assert picture(ticket) == before


def test_after_something_was_said_on_it_it_is_not_put_back(
    ticket: Ticket, talk: list[Message], alice: User, carol: Customer
) -> None:
    new = actions.split(ticket, messages=talk[1:], subject="Invoice", by=alice)
    actions.receive(new, body="Thanks", by=carol, channel=Channel.EMAIL)
    refused("ticket.cannot_unsplit", "went_on", actions.unsplit, new, by=alice)
    assert actions.merge(new, into=ticket, by=alice) == ticket


def test_what_cannot_be_split_is_refused_with_the_reason(
    ticket: Ticket, talk: list[Message], alice: User, promises: None
) -> None:
    code = "ticket.cannot_split"
    strange = build.ticket().messages.get()
    refused(code, "not_here", actions.split, ticket, messages=[strange], subject="", by=alice)
    refused(code, "nothing_asked", actions.split, ticket, messages=talk[2:], subject="", by=alice)
    refused(code, "nothing_left", actions.split, ticket, messages=talk[:2], subject="", by=alice)
    refused("ticket.cannot_unsplit", "not_split", actions.unsplit, ticket, by=alice)
    actions.close(ticket, by=alice)
    refused(code, "closed", actions.split, ticket, messages=talk[1:], subject="", by=alice)


def test_messages_of_a_merged_ticket_go_back_to_it(
    ticket: Ticket, talk: list[Message], alice: User, carol: Customer
) -> None:
    other = build.ticket(customer=carol)
    actions.merge(other, into=ticket, by=alice)
    new = actions.split(ticket, messages=list(other.messages.all()), subject="", by=alice)
    actions.unsplit(new, by=alice)
    assert other.messages.count() == 1


def test_the_page_ticks_messages_and_keeps_what_was_typed(
    page: Client, ticket: Ticket, talk: list[Message]
) -> None:
    url = reverse("console:ticket-split", args=[ticket.number])
    assert "And where is my invoice?" in page.get(url).content.decode()
    wrong = page.post(url, {"subject": "Invoice"})
    assert wrong.status_code == 422
    assert 'value="Invoice"' in wrong.content.decode()
    kept = page.post(url, {"subject": "Invoice", "messages": [talk[2].pk]})
    assert kept.status_code == 409
    assert f'value="{talk[2].pk}" checked' in kept.content.decode()
    done = page.post(url, {"subject": "Invoice", "messages": [talk[1].pk]})
    new = Ticket.objects.latest("pk")
    onward = done.headers["Location"]
    assert onward.startswith(reverse("console:ticket", args=[new.number]))
    assert ticket.number in page.get(onward).content.decode()
    page.post(reverse("console:ticket-unsplit", args=[new.number]))
    assert fresh(new).merged_into == ticket


def test_the_api_splits_and_puts_back(
    ticket: Ticket, talk: list[Message], client: Client, token: dict[str, str]
) -> None:
    sent = {"messages": [talk[1].pk], "subject": "Invoice"}
    url = f"/api/v1/tickets/{ticket.number}/split/"
    done = client.post(url, sent, content_type="application/json", headers=token)
    assert (done.status_code, done.json()["subject"]) == (201, "Invoice")
    back = client.post(f"/api/v1/tickets/{done.json()['number']}/unsplit/", headers=token)
    assert back.json()["number"] == ticket.number
