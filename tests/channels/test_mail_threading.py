"""An answer finds its ticket: by what we signed, or by a number that somebody of the ticket names."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from channels.email.states import MailState, Outcome, Reason
from channels.models import IncomingMail
from core import dispatch, events
from core.models import OutgoingMail
from customers.models import Customer
from tests import build
from tests.channels.mails import deliver, raw
from tickets import actions, addressing
from tickets.models import Message, Ticket
from tickets.states import Suspicion, TicketStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(carol: Customer) -> Ticket:
    return build.ticket(customer=carol, channel="email")


def changed(address: str) -> str:
    """The address with another letter in its signature."""
    local, _at, host = address.partition("@")
    return f"{local[:-1]}{'b' if local[-1] != 'b' else 'c'}@{host}"


def answered(row: IncomingMail, ticket: Ticket) -> bool:
    return row.outcome == Outcome.APPENDED and row.ticket == ticket


# --- signed ------------------------------------------------------------------------------------------


def test_the_signed_address_leads_to_the_ticket_whoever_writes(ticket: Ticket) -> None:
    to = addressing.reply_address(ticket)
    row = deliver(raw("Here it is.", to=to, sender="friend@example.net", subject="Hello"))
    assert answered(row, ticket)
    message = ticket.messages.last()
    assert message is not None
    assert (message.body, message.actor_kind) == ("Here it is.", "customer")
    assert message.actor_id != ticket.customer_id  # it is said who wrote it


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda address: f"<{address}>"])
def test_servers_may_change_the_case_of_an_address(ticket: Ticket, change: Callable[[str], str]) -> None:
    assert answered(deliver(raw(to=change(addressing.reply_address(ticket)))), ticket)


@pytest.mark.parametrize("name", ["Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_address_may_stand_in_any_header_of_recipients(ticket: Ticket, name: str) -> None:
    assert answered(deliver(raw(headers={name: addressing.reply_address(ticket)})), ticket)


def test_the_recipient_that_the_server_names_counts(ticket: Ticket) -> None:
    assert answered(deliver(raw(), recipient=addressing.reply_address(ticket)), ticket)


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_a_signed_message_id_leads_to_the_ticket(ticket: Ticket, name: str) -> None:
    known = addressing.message_id(ticket, "some mail")
    row = deliver(raw(sender="friend@example.net", headers={name: f"<other@example.com> {known}"}))
    assert answered(row, ticket)


def test_the_address_goes_before_the_message_id_and_that_before_the_subject(
    ticket: Ticket, carol: Customer
) -> None:
    second, third = (build.ticket(customer=carol) for _ in range(2))
    to, known = addressing.reply_address(ticket), addressing.message_id(second, "x")
    subject = f"[{third.number}] Lamp"
    sender = carol.email
    every = raw(to=to, headers={"References": known}, subject=subject, sender=sender)
    assert answered(deliver(every), ticket)
    assert answered(deliver(raw(headers={"References": known}, subject=subject, sender=sender)), second)
    assert answered(deliver(raw(subject=subject, sender=sender)), third)


def test_an_old_key_stays_valid(ticket: Ticket, settings: Any) -> None:
    to, old = addressing.reply_address(ticket), settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-that-nobody-has-seen"
    assert not answered(deliver(raw(to=to)), ticket)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert answered(deliver(raw(to=to)), ticket)


# --- forged ------------------------------------------------------------------------------------------


def test_a_forged_address_leads_nowhere(ticket: Ticket) -> None:
    good = addressing.reply_address(ticket)
    other = build.ticket()
    swapped = good.replace(ticket.number.replace("-", ""), other.number.replace("-", ""))
    for to in (changed(good), swapped, f"aftersales+{ticket.number.replace('-', '')}@localhost"):
        row = deliver(raw(to=to))
        assert row.outcome == Outcome.CREATED
        assert row.ticket not in (ticket, other)


def test_a_forged_message_id_leads_nowhere(ticket: Ticket) -> None:
    good = addressing.message_id(ticket, "x")
    row = deliver(raw(headers={"In-Reply-To": changed(good)}))
    assert row.outcome == Outcome.CREATED


def test_a_signature_of_a_message_is_none_of_an_address(ticket: Ticket) -> None:
    name = ticket.number.replace("-", "")
    sign = addressing._signature("message", name)
    assert addressing.named_by_address(f"a+{name}.{sign}@localhost") is None


# --- the number in the subject -----------------------------------------------------------------------


@pytest.mark.parametrize("subject", ["Re: [{}] Lamp", "回复：【{}】 灯", "AW: ({}) Lamp", "[ {} ]"])
def test_the_customer_may_name_the_number(ticket: Ticket, carol: Customer, subject: str) -> None:
    row = deliver(raw(sender=carol.email, subject=subject.format(ticket.number)))
    assert answered(row, ticket)


def test_whoever_has_written_on_the_ticket_may_name_it(ticket: Ticket) -> None:
    friend = "friend@example.net"
    deliver(raw(sender=friend, to=addressing.reply_address(ticket)))
    assert answered(deliver(raw(sender=friend, subject=f"[{ticket.number}]")), ticket)


def test_a_stranger_who_names_the_number_opens_a_ticket_that_may_be_a_duplicate(ticket: Ticket) -> None:
    row = deliver(raw("Give me the money", sender="eve@example.net", subject=f"[{ticket.number}] Lamp"))
    assert row.outcome == Outcome.CREATED
    assert row.ticket is not None
    assert ticket.messages.count() == 1
    (noted,) = events.history(row.ticket, kinds=["ticket.suspected"])
    assert (noted.data["number"], noted.data["reason"]) == (ticket.number, Suspicion.REFERENCE)
    (other,) = events.history(ticket, kinds=["ticket.suspected"])
    assert (other.data["number"], other.public) == (row.ticket.number, False)


def test_the_customers_address_proven_false_is_a_strangers(
    ticket: Ticket, carol: Customer, settings: Any
) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.localhost"]
    results = {"Authentication-Results": "mx.localhost; dmarc=fail header.from=example.com"}
    row = deliver(raw(sender=carol.email, subject=f"[{ticket.number}]", headers=results))
    assert row.outcome == Outcome.CREATED
    assert row.ticket is not None
    assert events.timeline(row.ticket).filter(kind="mail.sender_forged").exists()


def test_a_number_that_is_none_of_a_ticket_opens_one(carol: Customer) -> None:
    assert deliver(raw(sender=carol.email, subject="[T-999999999999999999] Lamp")).outcome == Outcome.CREATED


def test_a_customer_may_add_to_what_they_wrote_before_anybody_answered() -> None:
    first = deliver(raw(message_id="<first@example.com>"))
    again = {"In-Reply-To": "<first@example.com>"}
    assert answered(deliver(raw("And the bulb too", headers=again)), first.ticket)  # type: ignore[arg-type]
    stranger = deliver(raw(headers=again, sender="eve@example.net"))
    assert stranger.outcome == Outcome.CREATED


def test_several_mails_in_a_row_are_one_request_of_a_proven_sender(carol: Customer, settings: Any) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.localhost"]
    proven = {"Authentication-Results": "mx.localhost; dmarc=pass header.from=example.com"}
    rows = [
        deliver(raw(f"Photo {number}", sender=carol.email, subject="Photos", headers=proven))
        for number in range(3)
    ]
    assert [row.outcome for row in rows] == [Outcome.CREATED, Outcome.APPENDED, Outcome.APPENDED]
    forged = deliver(raw("Me too", sender=carol.email, subject="Photos"))
    assert forged.outcome == Outcome.CREATED
    other = deliver(raw("Else", sender=carol.email, subject="Invoice", headers=proven))
    assert other.outcome == Outcome.CREATED


# --- what it does to the ticket ----------------------------------------------------------------------


def test_an_answer_opens_a_waiting_ticket(ticket: Ticket, alice: User) -> None:
    actions.wait(ticket, by=alice)
    deliver(raw(to=addressing.reply_address(ticket)))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_an_answer_to_a_closed_ticket_opens_its_follow_up(ticket: Ticket, alice: User) -> None:
    actions.close(ticket, by=alice)
    row = deliver(raw(to=addressing.reply_address(ticket)))
    assert row.ticket is not None
    assert row.ticket.follow_up_of == ticket


def test_what_is_quoted_stays_with_the_mail(ticket: Ticket) -> None:
    text = "Thanks!\n\nOn Mon, 23 Nov 2026 at 10:00, Service <s@localhost> wrote:\n> Hello\n> Lea\n"
    row = deliver(raw(text, to=addressing.reply_address(ticket)))
    assert row.message is not None
    assert row.message.body == "Thanks!"
    assert "> Hello" in row.quoted
    assert "Thanks!" in row.text


# --- what we send ------------------------------------------------------------------------------------


def test_every_mail_about_a_ticket_can_be_answered(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Please send a photo.", by=alice)
    actions.solve(ticket, by=alice)
    dispatch.drain()
    mails = list(OutgoingMail.objects.filter(about=f"ticket:{ticket.pk}"))
    assert len(mails) >= 3
    for mail in mails:
        assert addressing.named_by_address(mail.headers["Reply-To"]) is not None
        assert addressing.named_by_message_id(mail.message_id) is not None
        assert addressing.message_id(ticket, "thread") in mail.headers["References"]
        assert f"[{ticket.number}]" in mail.subject
    assert len({mail.message_id for mail in mails}) == len(mails)


def test_a_reply_stands_in_the_customers_thread(carol: Customer, alice: User) -> None:
    row = deliver(raw(message_id="<asked@example.com>", sender=carol.email))
    assert row.ticket is not None
    actions.reply(row.ticket, body="Here is how.", by=alice)
    dispatch.drain()
    sent = OutgoingMail.objects.get(key__startswith="message.sent")
    assert sent.headers["In-Reply-To"] == "<asked@example.com>"
    assert sent.headers["References"].endswith("<asked@example.com>")


def test_no_header_can_be_smuggled_in(alice: User) -> None:
    content = raw().replace(b"Message-ID: <", b"Message-ID: <a\r\n b@example.com>\r\nBcc: eve@example.net, <")
    row = deliver(content)
    assert row.ticket is not None
    actions.reply(row.ticket, body="Hello", by=alice)
    dispatch.drain()
    for mail in OutgoingMail.objects.all():
        assert not any("\n" in value or "\r" in value for value in mail.headers.values())


# --- staff -------------------------------------------------------------------------------------------


def test_a_colleague_answers_from_their_own_mail_program(ticket: Ticket, alice: User) -> None:
    to = addressing.reply_address(ticket, staff=alice)
    row = deliver(raw("We send a new one.", to=to, sender=alice.email))
    assert answered(row, ticket)
    message = ticket.messages.last()
    assert message is not None
    assert (message.actor_kind, message.actor_id) == ("user", alice.pk)
    ticket.refresh_from_db()
    assert ticket.first_response_at is not None
    dispatch.drain()
    assert "We send a new one." in OutgoingMail.objects.get(key__startswith="message.sent").text


def test_a_customer_cannot_pass_for_a_colleague(ticket: Ticket, alice: User) -> None:
    """The customer knows the ticket's address, and anybody can write anybody's name above a mail."""
    row = deliver(raw("Refund it all.", to=addressing.reply_address(ticket), sender=alice.email))
    assert (row.state, row.reason, row.ticket) == (MailState.QUARANTINED, Reason.STAFF_UNPROVEN, ticket)
    assert ticket.messages.count() == 1


def test_a_proven_colleague_may_use_the_customers_address(ticket: Ticket, alice: User, settings: Any) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.localhost"]
    results = {"Authentication-Results": "mx.localhost; dmarc=pass header.from=staff.example"}
    row = deliver(raw(to=addressing.reply_address(ticket), sender=alice.email, headers=results))
    assert answered(row, ticket)


def test_a_colleagues_address_that_got_around_is_worth_nothing_to_a_forger(
    ticket: Ticket, alice: User, settings: Any
) -> None:
    """Who passes one of our mails on passes the address on too; our own mail server knows who is who."""
    settings.MAIL_AUTHSERV_IDS = ["mx.localhost"]
    results = {"Authentication-Results": "mx.localhost; dmarc=fail header.from=staff.example"}
    to = addressing.reply_address(ticket, staff=alice)
    row = deliver(raw("Refund it all.", to=to, sender=alice.email, headers=results))
    assert (row.state, row.reason) == (MailState.QUARANTINED, Reason.STAFF_UNPROVEN)


def test_colleagues_without_the_right_answer_nobody(ticket: Ticket, wei: User) -> None:
    row = deliver(raw(to=addressing.reply_address(ticket, staff=wei), sender=wei.email))
    assert row.reason == Reason.STAFF_UNPROVEN


def test_a_colleague_who_writes_about_nothing_becomes_no_customer(alice: User) -> None:
    row = deliver(raw(sender=alice.email))
    assert row.state == MailState.QUARANTINED
    assert not Message.objects.exists()


def test_a_colleagues_answer_to_a_closed_ticket_waits(ticket: Ticket, alice: User) -> None:
    actions.close(ticket, by=alice)
    row = deliver(raw(to=addressing.reply_address(ticket, staff=alice), sender=alice.email))
    assert (row.state, row.reason) == (MailState.QUARANTINED, Reason.REFUSED)


# --- mails of the customer's own ---------------------------------------------------------------------


def test_more_of_a_mail_goes_where_the_mail_went(carol: Customer, alice: User) -> None:
    """Part of a conversation became a ticket of its own: what is added to that part belongs there."""
    first = deliver(raw("The lamp is broken.", message_id="<one@example.com>", sender=carol.email))
    assert first.ticket is not None
    second = deliver(
        raw(
            "Where is my other parcel?",
            message_id="<two@example.com>",
            sender=carol.email,
            to=addressing.reply_address(first.ticket),
        )
    )
    assert second.message is not None
    other = actions.split(first.ticket, messages=[second.message], subject="Parcel", by=alice)
    more = {"In-Reply-To": "<two@example.com>", "References": "<one@example.com> <two@example.com>"}
    row = deliver(raw("It was number 17.", sender=carol.email, headers=more))
    assert row.ticket == other
    less = deliver(raw("It is the lamp.", sender=carol.email, headers={"In-Reply-To": "<one@example.com>"}))
    assert less.ticket == first.ticket


def test_nobody_takes_a_thread_by_its_name(carol: Customer) -> None:
    """Anybody can write a Message-ID above a mail, also one that somebody else's mail has."""
    first = deliver(raw("The lamp is broken.", message_id="<one@example.com>", sender=carol.email))
    taken = deliver(raw("Mine now", message_id="<one@example.com>", sender="eve@evil.example"))
    assert taken.ticket != first.ticket
    row = deliver(raw("It flickers.", sender=carol.email, headers={"In-Reply-To": "<one@example.com>"}))
    assert row.ticket == first.ticket
    eve = deliver(raw("x", sender="eve@evil.example", headers={"In-Reply-To": "<one@example.com>"}))
    assert eve.ticket == taken.ticket
