"""Mails that no person wrote: never a ticket, never an automatic answer, never lost."""

from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest
from django.conf import settings as configured

from accounts.models import User
from channels.actions.mail_queue import discard, take_in
from channels.actions.suppression import lift, suppress
from channels.email.states import MailState, Outcome, Reason
from channels.models import IncomingMail
from core import dispatch, events
from core import mail as mails
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail, SuppressedAddress
from customers.models import Customer
from tests import build
from tests.channels.mails import deliver, raw
from tickets import actions, addressing
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


@pytest.fixture
def ticket(carol: Customer) -> Ticket:
    return build.ticket(customer=carol, channel="email")


STRONG: list[tuple[dict[str, str], Reason]] = [
    ({"Auto-Submitted": "auto-replied"}, Reason.AUTO_REPLY),
    ({"Auto-Submitted": "auto-generated; owner=x"}, Reason.AUTO_REPLY),
    ({"X-Autoreply": "yes"}, Reason.AUTO_REPLY),
    ({"X-Autorespond": "Holiday"}, Reason.AUTO_REPLY),
    ({"Precedence": "auto_reply"}, Reason.AUTO_REPLY),
    ({"Return-Path": "<>"}, Reason.AUTO_REPLY),
]
BULK: list[tuple[dict[str, str], Reason]] = [
    ({"Precedence": "bulk"}, Reason.BULK),
    ({"Precedence": "list", "List-Id": "<news.example.com>"}, Reason.BULK),
    ({"List-Unsubscribe": "<https://example.com/off>"}, Reason.BULK),
]


@pytest.mark.parametrize(("headers", "reason"), STRONG + BULK)
def test_machines_open_no_ticket_and_are_not_answered(headers: dict[str, str], reason: Reason) -> None:
    row = deliver(raw(headers=headers))
    assert (row.outcome, row.reason) == (Outcome.IGNORED, reason)
    dispatch.drain()
    assert not Ticket.objects.exists()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("headers", "reason"), STRONG)
def test_machines_add_nothing_to_a_ticket_either(
    ticket: Ticket, headers: dict[str, str], reason: Reason
) -> None:
    row = deliver(raw(to=addressing.reply_address(ticket), headers=headers))
    assert (row.outcome, row.reason, row.ticket) == (Outcome.IGNORED, reason, ticket)
    assert ticket.messages.count() == 1


@pytest.mark.parametrize(("headers", "_reason"), BULK)
def test_a_persons_answer_with_a_mild_header_is_taken_in(
    ticket: Ticket, headers: dict[str, str], _reason: Reason
) -> None:
    row = deliver(raw("I am a person", to=addressing.reply_address(ticket), headers=headers))
    assert (row.outcome, row.ticket) == (Outcome.APPENDED, ticket)


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"X-Auto-Response-Suppress": "All"}},
        {"subject": "Out of office: no answer from you"},
        {"subject": "自动回复太慢了"},
        {"sender": "noreply@market.example"},
    ],
)
def test_a_hint_alone_only_keeps_us_from_answering_by_machine(given: dict[str, Any]) -> None:
    row = deliver(raw(**given))
    assert row.outcome == Outcome.CREATED
    dispatch.drain()
    assert not OutgoingMail.objects.exists()


def test_two_hints_are_a_machine() -> None:
    row = deliver(raw(subject="Automatic reply: Lamp", headers={"X-Auto-Response-Suppress": "All"}))
    assert (row.outcome, row.reason) == (Outcome.IGNORED, Reason.AUTO_REPLY)


def test_ordinary_mail_is_acknowledged() -> None:
    deliver(raw())
    dispatch.drain()
    assert OutgoingMail.objects.get().to == "carol@example.com"


@pytest.mark.parametrize("sender", ["aftersales@localhost", "Aftersales+T10001.x@LOCALHOST"])
def test_our_own_mail_coming_back_is_ignored(sender: str) -> None:
    assert deliver(raw(sender=sender)).reason == Reason.OWN


def test_a_mail_of_ours_is_known_by_its_name(ticket: Ticket) -> None:
    dispatch.drain()
    sent = OutgoingMail.objects.get()
    assert deliver(raw(message_id=sent.message_id)).reason == Reason.OWN


def test_a_read_receipt_is_ignored() -> None:
    report = MIMEMultipart("report")
    report.set_param("report-type", "disposition-notification")
    report["From"], report["Subject"] = "carol@example.com", "Read: Lamp"
    report.attach(MIMEText("Your message was read."))
    assert deliver(report.as_bytes()).reason == Reason.RECEIPT


def test_a_flood_of_one_sender_is_put_aside_where_people_look(settings: Any) -> None:
    """Anybody can write sixty mails in the name of a customer, whose own must not be lost by it."""
    settings.MAIL_SENDER_PER_HOUR = 3
    rows = [deliver(raw(f"Number {number}")) for number in range(5)]
    assert [row.outcome for row in rows] == ["created"] * 3 + ["quarantined"] * 2
    assert rows[-1].reason == Reason.TOO_MANY


# --- two machines ------------------------------------------------------------------------------------


def answer_of_a_machine(sent: OutgoingMail) -> bytes:
    """What an answering machine without manners writes: no header says what it is."""
    headers = {"In-Reply-To": sent.message_id}
    return raw(
        "I have received your mail.",
        sender=sent.to,
        to=sent.headers["Reply-To"],
        subject=f"Re: {sent.subject}",
        headers=headers,
    )


def test_two_mailboxes_that_answer_each_other_stop(carol: Customer, settings: Any) -> None:
    settings.MAIL_SENDER_PER_HOUR = 1000
    deliver(raw(sender=carol.email))
    turns = 0
    while turns < 100:
        dispatch.drain()
        sent = OutgoingMail.objects.filter(state=State.QUEUED).order_by("pk").first()
        if sent is None:
            break
        turns += 1
        sent.state = State.SENT
        sent.save()
        row = deliver(answer_of_a_machine(sent))
        assert row.ticket is not None
        actions.reply(row.ticket, body="We have received your mail.", by=SYSTEM)  # as a rule may say
    assert turns == configured.MAIL_CAP_PER_TICKET
    withheld = OutgoingMail.objects.filter(state=State.WITHHELD)
    assert {mail.because for mail in withheld} == {OutgoingMail.Because.CAPPED}
    assert Ticket.objects.count() == 1


def test_two_mailboxes_that_open_ticket_after_ticket_stop(settings: Any) -> None:
    settings.MAIL_SENDER_PER_HOUR = 1000
    for number in range(20):
        deliver(raw(f"I have received your mail {number}."))
        dispatch.drain()
    assert OutgoingMail.objects.count() == configured.MAIL_ANSWERS_PER_HOUR


def test_what_a_person_writes_is_never_capped(ticket: Ticket, alice: User, settings: Any) -> None:
    settings.MAIL_CAP_PER_TICKET = 2
    for number in range(5):
        actions.reply(ticket, body=f"Answer {number}", by=alice)
    dispatch.drain()
    assert OutgoingMail.objects.filter(key__startswith="message.sent", state=State.QUEUED).count() == 5


def test_a_persons_mail_does_not_say_it_was_a_machines(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Hello", by=alice)
    dispatch.drain()
    acknowledged, replied = OutgoingMail.objects.order_by("pk")
    assert mails.compose(acknowledged).extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Auto-Submitted" not in mails.compose(replied).extra_headers


# --- mail that comes back ----------------------------------------------------------------------------


def report(
    sent: OutgoingMail, *, status: str = "5.1.1", action: str = "failed", recipient: str = "", named: str = ""
) -> bytes:
    """A delivery status as Postfix writes it."""
    notice = MIMEMultipart("report")
    notice.set_param("report-type", "delivery-status")
    notice["From"], notice["To"] = "MAILER-DAEMON@mx.example.com", "aftersales@localhost"
    notice["Subject"], notice["Return-Path"] = "Undelivered Mail Returned to Sender", "<>"
    notice["Auto-Submitted"] = "auto-replied"
    notice.attach(MIMEText("I'm sorry to have to inform you."))
    status_part = EmailMessage()
    status_part["Content-Type"] = "message/delivery-status"
    recipient = recipient or sent.to
    status_part.set_payload(
        [
            _fields({"Reporting-MTA": "dns; mx.example.com"}),
            _fields(
                {
                    "Final-Recipient": f"rfc822; {recipient}",
                    "Action": action,
                    "Status": status,
                    "Diagnostic-Code": f"smtp; 550 {status} no such user here",
                }
            ),
        ]
    )
    notice.attach(status_part)
    returned = MIMEText(f"Message-ID: {named or sent.message_id}\nSubject: Lamp\n", "rfc822-headers")
    notice.attach(returned)
    return notice.as_bytes()


def _fields(fields: dict[str, str]) -> EmailMessage:
    group = EmailMessage()
    for name, value in fields.items():
        group[name] = value
    return group


@pytest.fixture
def sent(ticket: Ticket, alice: User) -> OutgoingMail:
    actions.reply(ticket, body="Hello", by=alice)
    dispatch.drain()
    OutgoingMail.objects.update(state=State.SENT)
    return OutgoingMail.objects.get(key__startswith="message.sent")


def test_mail_that_came_back_is_noted_everywhere(sent: OutgoingMail, ticket: Ticket) -> None:
    row = deliver(report(sent))
    assert (row.outcome, row.reason, row.ticket) == (Outcome.IGNORED, Reason.BOUNCE, ticket)
    sent.refresh_from_db()
    assert (sent.state, "no such user" in sent.last_error) == (State.BOUNCED, True)
    assert SuppressedAddress.objects.get().address == sent.to
    (noted,) = events.timeline(ticket).filter(kind="mail.came_back")
    assert noted.data["to"] == sent.to
    assert ticket.messages.count() == 2  # the report is no message


def test_nothing_is_sent_there_any_more(sent: OutgoingMail, ticket: Ticket, alice: User) -> None:
    deliver(report(sent))
    actions.reply(ticket, body="Hello again", by=alice)
    dispatch.drain()
    mails.send_due()
    latest = OutgoingMail.objects.order_by("-pk")[0]
    assert (latest.state, latest.because) == (State.WITHHELD, OutgoingMail.Because.SUPPRESSED)
    lift(sent.to.upper(), by=alice)
    mails.retry(latest)
    mails.send_due()
    latest.refresh_from_db()
    assert (latest.state, latest.because) == (State.SENT, "")


@pytest.mark.parametrize("status", ["4.2.1", "5.2.2", "5.7.1"])
def test_a_full_mailbox_is_no_missing_one(sent: OutgoingMail, status: str) -> None:
    content = report(sent, status=status).replace(b"no such user here", b"try later")
    deliver(content)
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED
    assert not SuppressedAddress.objects.exists()


def test_what_comes_back_again_and_again_is_given_up(ticket: Ticket, alice: User) -> None:
    for number in range(5):
        actions.reply(ticket, body=f"Hello {number}", by=alice)
    dispatch.drain()
    OutgoingMail.objects.update(state=State.SENT)
    for row in OutgoingMail.objects.filter(key__startswith="message.sent"):
        deliver(report(row, status="4.4.1").replace(b"no such user here", b"timeout"))
    assert SuppressedAddress.objects.get().reason == SuppressedAddress.Reason.SOFT_BOUNCES


def test_a_delay_is_no_return(sent: OutgoingMail) -> None:
    deliver(report(sent, action="delayed", status="4.4.1"))
    sent.refresh_from_db()
    assert sent.state == State.SENT


def test_a_forged_report_stops_nobodys_mail(sent: OutgoingMail) -> None:
    deliver(report(sent, named="<guessed@localhost>"))
    deliver(report(sent, named=addressing.message_id(build.ticket(), "guessed")[:-20] + "@localhost>"))
    sent.refresh_from_db()
    assert sent.state == State.SENT
    assert not SuppressedAddress.objects.exists()


def test_a_report_about_somebody_else_stops_nobodys_mail(sent: OutgoingMail) -> None:
    """Passed on by its reader to another address, which is gone."""
    deliver(report(sent, recipient="forwarded@example.net"))
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED
    assert not SuppressedAddress.objects.exists()


def test_a_report_in_words_is_understood(sent: OutgoingMail) -> None:
    """As QQ Mail and others write it."""
    text = f"退信原因：550 5.1.1 Mailbox not found\n\nMessage-ID: {sent.message_id}"
    deliver(raw(text, sender="PostMaster@qq.example", subject="来自qq.example的退信"))
    sent.refresh_from_db()
    assert sent.state == State.BOUNCED
    assert SuppressedAddress.objects.exists()


def test_the_same_report_twice_changes_nothing(sent: OutgoingMail, ticket: Ticket) -> None:
    content = report(sent)
    deliver(content)
    deliver(content)
    deliver(content.replace(b"inform you", b"inform you again"))
    assert events.timeline(ticket).filter(kind="mail.came_back").count() == 1


# --- by hand -----------------------------------------------------------------------------------------


def test_what_was_ignored_can_be_taken_in(alice: User) -> None:
    row = deliver(raw("It was me all the same", headers={"Auto-Submitted": "auto-replied"}))
    taken = take_in(row, by=alice)
    assert (taken.state, taken.outcome, taken.reason) == (MailState.TAKEN, Outcome.CREATED, Reason.BY_HAND)
    assert Message.objects.get().body == "It was me all the same"
    assert take_in(row, by=alice) == taken
    dispatch.drain()
    assert not OutgoingMail.objects.exists()  # no machine answers


def test_it_can_be_taken_in_on_a_ticket(ticket: Ticket, alice: User) -> None:
    row = deliver(raw(headers={"Precedence": "bulk"}))
    assert take_in(row, by=alice, ticket=ticket).message == ticket.messages.last()


def test_what_cannot_be_read_becomes_a_note(ticket: Ticket, alice: User) -> None:
    row = deliver(b"no mail at all, \xff\xfe\x00 just bytes")
    with pytest.raises(Refused, match=r"mail\.no_ticket"):
        take_in(row, by=alice)
    taken = take_in(row, by=alice, ticket=ticket)
    assert taken.message is not None
    assert (taken.message.visibility, "just bytes" in taken.message.body) == ("internal", True)


def test_a_discarded_mail_is_kept(alice: User) -> None:
    row = deliver(raw(headers={"Precedence": "bulk"}))
    assert discard(row, by=alice).state == MailState.DISCARDED
    assert discard(row, by=alice).state == MailState.DISCARDED
    assert IncomingMail.objects.get().size
    assert IncomingMail.objects.waiting().count() == 0


def test_what_was_taken_in_is_not_discarded(alice: User) -> None:
    with pytest.raises(Refused, match=r"mail\.taken"):
        discard(deliver(raw()), by=alice)


def test_an_address_is_suppressed_once(alice: User) -> None:
    suppress("Carol@Example.com", reason="by_hand", by=alice)
    suppress("carol@example.com", reason="hard_bounce", by=alice)
    assert SuppressedAddress.objects.get().reason == "by_hand"
    with pytest.raises(Refused, match=r"suppression\.no_address"):
        suppress("nobody", reason="by_hand", by=alice)
