"""A ticket is given on, with what the next one needs to know."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.states import Strategy
from core import dispatch, events
from core.errors import Refused
from core.words import event as sentence
from tests import build
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus, Visibility

NOTE = "The customer wants the blue one."


@pytest.fixture
def mine(ticket: Ticket, alice: User) -> Ticket:
    return actions.claim(ticket, by=alice)


def test_a_colleague_gets_it_with_a_note(mine: Ticket, alice: User, lea: User) -> None:
    given = actions.hand_over(mine, to=lea, note=NOTE, by=alice)
    assert given.assignee == lea
    note = mine.messages.latest("pk")
    assert (note.body, note.visibility) == (NOTE, Visibility.INTERNAL)
    event = events.timeline(mine).last()
    assert event is not None
    assert (event.kind, event.data["note"], event.public) == ("ticket.handed_over", note.pk, False)
    assert sentence(event) == "Alice handed the ticket over to Lea"


def test_a_team_gets_it_and_finds_somebody(mine: Ticket, alice: User) -> None:
    care = build.team("care", is_default=False, strategy=Strategy.LEAST_BUSY)
    bo = build.user("Bo")
    care.members.add(bo)
    given = actions.hand_over(mine, team=care, note=NOTE, by=alice)
    assert (given.team, given.assignee) == (care, None)
    dispatch.drain()
    given.refresh_from_db()
    assert (given.team, given.assignee) == (care, bo)


def test_doing_it_twice_changes_nothing(mine: Ticket, alice: User, lea: User) -> None:
    for _ in range(2):
        actions.hand_over(mine, to=lea, note=NOTE, by=alice)
    assert events.timeline(mine).filter(kind="ticket.handed_over").count() == 1
    assert mine.messages.filter(visibility=Visibility.INTERNAL).count() == 1


def test_it_takes_a_note_and_a_receiver(mine: Ticket, alice: User, lea: User, wei: User) -> None:
    for to, note, code in (
        (lea, "  ", "ticket.hand_over_needs_note"),
        (None, NOTE, "ticket.hand_over_to_whom"),
        (wei, NOTE, "ticket.assignee_cannot_work"),
    ):
        with pytest.raises(Refused) as refused:
            actions.hand_over(mine, to=to, note=note, by=alice)
        assert refused.value.code == code
    assert not mine.messages.filter(visibility=Visibility.INTERNAL).exists()


def test_a_closed_one_is_not_handed_over(promises: None, alice: User, lea: User) -> None:
    with pytest.raises(Refused) as refused:
        actions.hand_over(build.ticket(status=TicketStatus.CLOSED), to=lea, note=NOTE, by=alice)
    assert refused.value.code == "ticket.cannot_assign"


def test_the_page_hands_over(page: Client, mine: Ticket, lea: User) -> None:
    address = f"/console/tickets/{mine.number}/hand-over/"
    assert address in page.get(f"/console/tickets/{mine.number}/").text
    assert "What they need to know" in page.get(address).text
    answer = page.post(address, {"to": lea.pk, "note": NOTE}, follow=True)
    assert "Handed over." in answer.text
    assert NOTE in answer.text
    mine.refresh_from_db()
    assert mine.assignee == lea


def test_the_page_keeps_the_note_when_something_is_missing(page: Client, mine: Ticket) -> None:
    answer = page.post(f"/console/tickets/{mine.number}/hand-over/", {"note": NOTE})
    assert answer.status_code == 422
    assert "Say who is to get it" in answer.text
    assert NOTE in answer.text


def test_nobody_gives_away_what_is_not_theirs(page: Client, ticket: Ticket, lea: User) -> None:
    actions.claim(ticket, by=lea)
    fola = build.user("Bo")
    answer = page.post(f"/console/tickets/{ticket.number}/hand-over/", {"to": fola.pk, "note": NOTE})
    assert answer.status_code == 409
    assert "giving it away takes a team lead" in answer.text
