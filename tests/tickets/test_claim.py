"""Whoever takes a ticket first has it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import events
from core.errors import Refused
from tests import build
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus

pytestmark = pytest.mark.usefixtures("promises")


def test_a_ticket_is_taken(ticket: Ticket, alice: User) -> None:
    assert actions.claim(ticket, by=alice).assignee == alice
    event = events.timeline(ticket).last()
    assert event is not None
    assert (event.kind, event.public) == ("ticket.claimed", False)


def test_taking_it_twice_changes_nothing(ticket: Ticket, alice: User) -> None:
    for _ in range(2):
        actions.claim(ticket, by=alice)
    assert events.timeline(ticket).filter(kind="ticket.claimed").count() == 1


def test_the_second_hears_who_has_it(ticket: Ticket, alice: User, lea: User) -> None:
    actions.claim(ticket, by=lea)
    with pytest.raises(Refused) as refused:
        actions.claim(ticket, by=alice)
    assert (refused.value.code, refused.value.facts["name"]) == ("ticket.already_taken", "Lea")


def test_a_closed_one_is_not_taken_and_not_everybody_works(alice: User, wei: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.claim(build.ticket(status=TicketStatus.CLOSED), by=alice)
    assert refused.value.code == "ticket.cannot_assign"
    with pytest.raises(Refused) as refused:
        actions.claim(build.ticket(), by=wei)
    assert refused.value.code == "ticket.assignee_cannot_work"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_it(together: Callable[..., list[Any]]) -> None:
    people = [build.user(f"Agent {number}") for number in range(6)]
    ticket = build.ticket()
    outcomes = together(*[lambda who=who: actions.claim(ticket, by=who) for who in people])
    got = [outcome for outcome in outcomes if isinstance(outcome, Ticket)]
    assert len(got) == 1
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refused)} == {"ticket.already_taken"}
    ticket.refresh_from_db()
    assert ticket.assignee_id == got[0].assignee_id
    assert events.timeline(ticket).filter(kind="ticket.claimed").count() == 1


def test_the_ticket_page_offers_it(page: Client, ticket: Ticket, alice: User) -> None:
    address = f"/console/tickets/{ticket.number}/claim/"
    assert address in page.get(f"/console/tickets/{ticket.number}/").text
    assert f"{ticket.number} is yours." in page.post(address, follow=True).text
    ticket.refresh_from_db()
    assert ticket.assignee == alice


def test_the_page_says_who_was_quicker(page: Client, ticket: Ticket, lea: User) -> None:
    actions.claim(ticket, by=lea)
    answer = page.post(f"/console/tickets/{ticket.number}/claim/", follow=True)
    assert f"Lea was quicker and looks after {ticket.number} already." in answer.text


def test_a_row_of_the_inbox_offers_it_and_the_list_stays(page: Client, ticket: Ticket, alice: User) -> None:
    address = f"/console/inbox/claim/{ticket.number}/?queue=unassigned"
    assert f'formaction="{address}"' in page.get("/console/?queue=unassigned").text
    answer = page.post(address)
    assert answer["Location"] == "/console/?queue=unassigned"
    ticket.refresh_from_db()
    assert ticket.assignee == alice
