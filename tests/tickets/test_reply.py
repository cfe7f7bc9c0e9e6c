"""Answering the customer in public."""

from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from core import events, search
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel, ClockKind, ClockState, TicketStatus, Visibility


def clock_states(ticket: Ticket) -> dict[str, str]:
    return dict(ticket.clocks.values_list("kind", "state"))


def test_a_reply_is_a_public_message_and_opens_the_ticket(ticket: Ticket, alice: User) -> None:
    message = actions.reply(ticket, body="We will send a new one.", by=alice)
    assert (message.visibility, message.actor_name, message.channel) == (
        Visibility.PUBLIC,
        "Alice",
        Channel.PORTAL,
    )
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
    assert (ticket.last_message_by, ticket.last_message_preview) == ("user", "We will send a new one.")
    event = events.timeline(ticket).last()
    assert event is not None
    assert (event.kind, event.subject, event.public) == ("message.sent", f"message:{message.pk}", True)
    assert (event.data["was"], event.data["status"]) == ("new", "open")


def test_a_reply_meets_the_first_response(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(minutes=20))
    actions.reply(ticket, body="Hello", by=alice)
    ticket.refresh_from_db()
    first = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert (first.state, first.fulfilled_at) == (ClockState.FULFILLED, MONDAY_10 + timedelta(minutes=20))
    assert ticket.first_response_at == first.fulfilled_at
    assert ticket.due_at == ticket.clocks.get(kind=ClockKind.RESOLUTION).due_at


def test_only_the_first_reply_is_the_first_response(ticket: Ticket, alice: User, monday: Traveller) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    monday.shift(timedelta(minutes=20))
    actions.reply(ticket, body="Hello again", by=alice)
    ticket.refresh_from_db()
    assert ticket.first_response_at == MONDAY_10


@pytest.mark.parametrize("verb", ["note", "wait", "assign", "automatic reply", "customer", "priority"])
def test_nothing_else_is_a_first_response(ticket: Ticket, alice: User, verb: str) -> None:
    doing: dict[str, Any] = {
        "note": lambda: actions.add_note(ticket, body="Look at this", by=alice),
        "wait": lambda: actions.wait(ticket, by=alice),
        "assign": lambda: actions.assign(ticket, to=alice, by=alice),
        "automatic reply": lambda: actions.reply(ticket, body="We got your message.", by=SYSTEM),
        "customer": lambda: actions.receive(
            ticket, body="Hello?", by=ticket.customer, channel=Channel.PORTAL
        ),
        "priority": lambda: actions.set_priority(ticket, priority=4, by=alice),
    }
    doing[verb]()
    ticket.refresh_from_db()
    assert ticket.first_response_at is None
    assert clock_states(ticket)[ClockKind.FIRST_RESPONSE] == ClockState.RUNNING


def test_a_late_reply_notes_the_missed_deadline_first(ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(hours=2))
    actions.reply(ticket, body="Sorry", by=alice)
    first = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert (first.state, first.breached_at) == (ClockState.FULFILLED, MONDAY_10 + timedelta(hours=1))
    happened = [event.kind for event in first.events.all()]
    assert happened == ["activated", "stepped", "breached", "stepped", "fulfilled"]
    assert Event.objects.filter(kind="clock.breached").count() == 1


def test_a_stale_version_is_refused_and_nothing_is_sent(ticket: Ticket, alice: User) -> None:
    actions.receive(ticket, body="It is urgent", by=ticket.customer, channel=Channel.PORTAL)
    with pytest.raises(Refused) as refused:
        actions.reply(ticket, body="Hello", by=alice, version=ticket.version)
    assert refused.value.code == "ticket.changed_meanwhile"
    assert refused.value.facts["version"] == ticket.version + 1
    assert Message.objects.filter(actor_kind="user").count() == 0


def test_the_version_of_now_is_accepted(ticket: Ticket, alice: User) -> None:
    actions.receive(ticket, body="It is urgent", by=ticket.customer, channel=Channel.PORTAL)
    actions.reply(ticket, body="Hello", by=alice, version=ticket.version + 1)
    assert Message.objects.filter(actor_kind="user").count() == 1


def test_the_same_delivery_again_is_one_message(ticket: Ticket, alice: User) -> None:
    first = actions.reply(ticket, body="Hello", by=alice, version=ticket.version, external_id="form:1")
    again = actions.reply(ticket, body="Hello", by=alice, version=ticket.version, external_id="form:1")
    assert first == again
    assert Event.objects.filter(kind="message.sent").count() == 1


def test_a_name_of_a_message_elsewhere_is_no_name_of_this_one(ticket: Ticket, alice: User) -> None:
    """A system that counts its messages anew for each ticket: nothing is lost without a word."""
    actions.reply(ticket, body="Hello", by=alice, external_id="1")
    other = build.ticket(customer=ticket.customer)
    with pytest.raises(Refused) as refused:
        actions.reply(other, body="Your parcel is lost.", by=alice, external_id="1")
    assert (refused.value.code, refused.value.facts["number"]) == ("message.sent_elsewhere", ticket.number)
    assert not Message.objects.filter(ticket=other, actor_kind="user").exists()


def test_an_answer_that_was_moved_since_is_still_known(ticket: Ticket, alice: User) -> None:
    first = actions.reply(ticket, body="Hello", by=alice, external_id="1")
    other = build.ticket(customer=ticket.customer)
    Message.objects.filter(pk=first.pk).update(ticket=other)
    assert actions.reply(ticket, body=" Hello ", by=alice, external_id="1") == first


def test_a_closed_ticket_takes_no_reply(promises: None, alice: User) -> None:
    ticket = build.ticket(status=TicketStatus.CLOSED)
    with pytest.raises(Refused) as refused:
        actions.reply(ticket, body="Hello", by=alice)
    assert refused.value.code == "ticket.cannot_reply"


@pytest.mark.parametrize("status", [TicketStatus.PENDING_CUSTOMER, TicketStatus.SOLVED])
def test_a_reply_leaves_a_waiting_or_solved_ticket_as_it_is(
    promises: None, alice: User, status: TicketStatus
) -> None:
    ticket = build.ticket(status=status)
    actions.reply(ticket, body="One more thing", by=alice)
    ticket.refresh_from_db()
    assert ticket.status == status


def test_a_ticket_is_found_by_what_was_said_later(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="请寄回，换货", by=alice)
    for words in ("换货", "cracked"):
        query = search.query(words)
        assert query is not None
        assert Ticket.objects.filter(search=query).exists()


def test_a_very_long_conversation_is_still_taken_in(ticket: Ticket, alice: User) -> None:
    for part in range(12):
        body = "".join(chr(0x4E00 + (part * 1700 + number) % 20000) for number in range(5000))
        actions.reply(ticket, body=body, by=alice)
    assert ticket.messages.count() == 13
