"""A mail comes in: kept first, worked on afterwards, one message however often it is delivered."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError

from channels import sweeps
from channels.actions import mail_taking
from channels.actions.mail_landing import GRACE, land
from channels.actions.mail_taking import bytes_of, work
from channels.email.states import Fetching, MailState, Outcome, Reason
from channels.management.commands import ingest_email
from channels.models import IncomingMail
from core import clock
from customers.models import Customer
from tests.channels import mails
from tests.channels.mails import deliver, ingest, raw
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


def test_a_mail_opens_a_ticket_and_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ingest(raw(files=(("photo.txt", "text/plain", b"as seen"),)), monkeypatch)
    ticket = Ticket.objects.get()
    assert told == {
        "outcome": "created",
        "ticket": ticket.number,
        "reason": "",
        "from": "carol@example.com",
        "subject": "Lamp broken",
        "attachments": 1,
    }
    assert (ticket.channel, ticket.subject, ticket.language) == ("email", "Lamp broken", "en")
    assert ticket.messages.get().body == "My lamp does not light."
    assert ticket.customer.email == "carol@example.com"


def test_the_bytes_are_kept_as_they_came() -> None:
    content = raw("灯坏了")
    row = deliver(content)
    assert bytes_of(row) == content
    assert (row.size, row.state) == (len(content), MailState.TAKEN)


def test_the_same_bytes_again_are_told_as_a_duplicate(monkeypatch: pytest.MonkeyPatch) -> None:
    content = raw()
    first, again = ingest(content, monkeypatch), ingest(content, monkeypatch)
    assert (again["outcome"], again["ticket"]) == ("duplicate", first["ticket"])
    assert Message.objects.count() == 1


def test_the_same_mail_by_another_way_is_a_duplicate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers put lines of their own above a mail."""
    content = raw(message_id="<one@example.com>")
    ingest(content, monkeypatch)
    other = b"Received: from mx2.example.com by mx.example.com\nDelivered-To: sales@localhost\n" + content
    assert ingest(other, monkeypatch)["outcome"] == "duplicate"
    assert ingest(content.replace(b"\n", b"\r\n"), monkeypatch)["outcome"] == "duplicate"


def test_a_reused_message_id_swallows_nothing() -> None:
    first = deliver(raw("First.", message_id="<same@example.com>"))
    second = deliver(raw("Something else.", message_id="<same@example.com>"))
    assert {row.outcome for row in (first, second)} == {Outcome.CREATED}
    assert sorted(Message.objects.values_list("body", flat=True)) == ["First.", "Something else."]


def test_twenty_deliveries_at_once_are_one_message(together: Callable[..., list[Any]]) -> None:
    content = raw()

    def come() -> tuple[str, bool]:
        row, is_new = land(content, source=Fetching.PIPE)
        return work(row).outcome, is_new

    outcomes = together(*[come] * 20)
    assert {outcome for outcome, _new in outcomes} == {Outcome.CREATED}
    assert sum(is_new for _outcome, is_new in outcomes) == 1
    assert (Ticket.objects.count(), Message.objects.count(), Customer.objects.count()) == (1, 1, 1)


def test_different_mails_of_one_new_sender_at_once_are_one_customer(
    together: Callable[..., list[Any]],
) -> None:
    rows = together(*[lambda text=f"Question {n}": deliver(raw(text)) for n in range(8)])
    assert {row.state for row in rows} == {MailState.TAKEN}
    assert (Ticket.objects.count(), Customer.objects.count()) == (8, 1)


def test_who_dies_between_keeping_and_working_loses_nothing() -> None:
    row, _new = land(raw(), source=Fetching.PIPE)
    assert sweeps.work_mail(clock.now()) == 0
    assert sweeps.work_mail(clock.now() + GRACE) == 1
    row.refresh_from_db()
    assert (row.outcome, Ticket.objects.count()) == (Outcome.CREATED, 1)
    assert sweeps.work_mail(clock.now() + GRACE) == 0


def test_a_second_delivery_works_on_what_the_first_left(monkeypatch: pytest.MonkeyPatch) -> None:
    content = raw()
    land(content, source=Fetching.PIPE)
    told = ingest(content, monkeypatch)
    assert (told["outcome"], told["ticket"]) == ("duplicate", Ticket.objects.get().number)


def test_what_goes_wrong_is_shown_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("out of paper")

    with monkeypatch.context() as broken:
        broken.setattr(mail_taking, "take", break_down)
        told = ingest(raw(), monkeypatch)
    assert (told["outcome"], told["reason"]) == ("quarantined", "failed")
    row = IncomingMail.objects.get()
    assert "out of paper" in row.last_error
    with time_machine.travel(clock.now() + GRACE * 10, tick=False):
        sweeps.work_mail(clock.now())
    row.refresh_from_db()
    assert (row.outcome, row.reason, Ticket.objects.count()) == (Outcome.CREATED, Reason.NONE, 1)


def test_what_always_goes_wrong_ends_in_quarantine(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(mail_taking, "take", break_down)
    row = deliver(raw())
    for _turn in range(mail_taking.MAX_ATTEMPTS):
        row = work(row)
    assert (row.state, row.reason, row.next_attempt_at) == (MailState.QUARANTINED, Reason.FAILED, None)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x00"])
def test_nothing_is_quarantined(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ingest(content, monkeypatch)["reason"] == "empty"


@pytest.mark.parametrize(
    "sender", ["", "undisclosed", "<>", "carol@", "Carol", "carol@localhost@example.com", "=?utf-8?b?4pyT?="]
)
def test_without_a_sender_it_waits_for_a_person(sender: str) -> None:
    content = raw().replace(b"Carol <carol@example.com>", sender.encode())
    row = deliver(content)
    assert (row.state, row.reason) == (MailState.QUARANTINED, Reason.NO_SENDER)
    assert not Ticket.objects.exists()


def test_what_is_too_large_is_kept_and_not_read(settings: Any) -> None:
    settings.MAIL_MEGABYTES = 1
    content = raw("x" * 1_200_000)
    row = deliver(content)
    assert (row.state, row.reason, row.size) == (MailState.QUARANTINED, Reason.TOO_LARGE, len(content))


def test_an_unknown_mailbox_is_refused_so_that_the_server_keeps_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(Exception, match="no mailbox") as refused:
        ingest(raw(), monkeypatch, "--mailbox", "nobody@localhost")
    assert getattr(refused.value, "returncode", 0) == 75
    assert not IncomingMail.objects.exists()


def test_mails_keep_who_sent_them_and_when() -> None:
    row = deliver(raw(sender='"Wang, Fang" <Fang@Example.com>'))
    assert (row.sender, row.sender_name) == ("Fang@Example.com", "Wang, Fang")
    assert row.sent_at is not None
    assert mails.SERVICE in str(row.headers)


# --- the pipe ----------------------------------------------------------------------------------------


def piped(content: bytes, *arguments: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the command writes to a mail server whose locale has another encoding than ours."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    said = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    call_command("ingest_email", *arguments, stdout=said)
    said.seek(0)
    return said.read()


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_the_answer_can_be_written_wherever_mail_servers_run(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """An error after the mail is kept would have the mail server send it back to its sender."""
    told = json.loads(piped(raw(subject="退货 😀"), encoding=encoding, monkeypatch=monkeypatch))
    assert (told["outcome"], told["subject"]) == ("created", "退货 😀")


def test_a_recipient_of_any_bytes_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    recipient = b"aftersales+\xff\xfe@localhost".decode("utf-8", "surrogateescape")
    said = piped(raw(), "--recipient", recipient, encoding="utf-8", monkeypatch=monkeypatch)
    assert json.loads(said)["outcome"] == "created"


def test_a_mail_that_is_kept_is_asked_for_again_when_its_work_breaks_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing but "later" may be said: the mail server would send the mail back to its sender."""

    def breaks_off(_row: IncomingMail) -> IncomingMail:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(ingest_email, "work", breaks_off)
    content = raw()
    with pytest.raises(CommandError) as refused:
        ingest(content, monkeypatch)
    assert refused.value.returncode == ingest_email.TRY_LATER
    monkeypatch.undo()
    assert ingest(content, monkeypatch)["outcome"] == "duplicate"
    assert Ticket.objects.count() == 1
