"""Ten photos in a row are one request; something else is another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from customers.models import Customer
from tests import build
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel, Intake

MINUTE = timedelta(minutes=1)


def say(customer: Customer, body: str = "Photo", **fields: Any) -> tuple[Ticket, Message, Intake]:
    return actions.take_in(**{"customer": customer, "channel": Channel.SOCIAL, "body": body, **fields})


def test_what_follows_at_once_joins_the_ticket_it_began(
    promises: None, carol: Customer, monday: Traveller
) -> None:
    ticket, first, outcome = say(carol, "My lamp is broken\nlook:")
    assert (outcome, ticket.subject, first.ticket) == (Intake.OPENED, "My lamp is broken", ticket)
    for number in range(3):  # each not long after the one before, together longer than the time allowed
        monday.shift(1.5 * MINUTE)
        joined, message, outcome = say(carol, "", external_id=f"photo-{number}")
        assert (joined, message.ticket, outcome) == (ticket, ticket, Intake.APPENDED)
    monday.shift(3 * MINUTE)
    assert say(carol)[2] == Intake.OPENED


def test_the_same_delivery_is_known(promises: None, carol: Customer) -> None:
    ticket, message, _outcome = say(carol, external_id="m-1")
    assert say(carol, external_id="m-1") == (ticket, message, Intake.KNOWN)


@pytest.mark.parametrize(
    "other",
    [
        {"channel": Channel.CHAT},
        {"conversation": "group-2"},
        {"subject": "Something else"},
        {"order_number": "SO-unknown"},
    ],
    ids=str,
)
def test_something_else_is_a_ticket_of_its_own(
    promises: None, carol: Customer, other: dict[str, str]
) -> None:
    say(carol, subject="Broken lamp")
    assert say(carol, **other)[2] == Intake.OPENED


def test_an_answer_with_the_same_subject_or_order_joins(promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    about = {"order_number": order.number, "subject": "Broken lamp", "channel": Channel.EMAIL}
    ticket, _message, _outcome = say(carol, **about)
    assert say(carol, **{**about, "subject": "RE: broken lamp"})[0] == ticket


def test_once_somebody_answered_a_new_message_begins_a_ticket(
    promises: None, carol: Customer, charlie: Customer, alice: User
) -> None:
    ticket, _message, _outcome = say(carol)
    assert say(charlie)[2] == Intake.OPENED
    actions.reply(ticket, body="We look at it", by=alice)
    assert say(carol)[2] == Intake.OPENED


def test_twenty_photos_at_the_same_moment_are_one_ticket_with_all_of_them(
    together: Callable[..., list[Any]], promises: None, carol: Customer
) -> None:
    outcomes = together(
        *(lambda number=number: say(carol, external_id=f"photo-{number}") for number in range(20))
    )
    (ticket,) = Ticket.objects.all()
    assert ticket.messages.count() == 20
    assert sorted(outcome for _ticket, _message, outcome in outcomes) == ["appended"] * 19 + ["opened"]
