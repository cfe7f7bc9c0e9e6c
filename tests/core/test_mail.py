"""Outgoing mail: one row per cause, sent after the commit, tried again, never lost."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_string
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives

from core import clock, mail, outbox
from core.models import OutgoingMail
from customers.models import Customer

State = OutgoingMail.State
TEMPLATE = "customers.sign_in_code"


def write(key: str = "one", **fields: Any) -> OutgoingMail | None:
    given = {
        "to": "carol@example.com",
        "language": "en",
        "template": TEMPLATE,
        "context": {"code": "123456", "minutes": 10},
    }
    return mail.queue(key=key, **{**given, **fields})


def row(key: str = "one") -> OutgoingMail:
    return OutgoingMail.objects.get(key=key)


@pytest.fixture
def post_office(monkeypatch: pytest.MonkeyPatch) -> list[EmailMultiAlternatives]:
    """What was handed to the mail server."""
    sent: list[EmailMultiAlternatives] = []

    def send(message: EmailMultiAlternatives) -> None:
        sent.append(message)

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    return sent


@pytest.fixture
def strike(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_message: EmailMultiAlternatives) -> None:
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)


def test_a_mail_is_written_once_per_cause(db: None) -> None:
    assert write() == write()
    assert OutgoingMail.objects.count() == 1


def test_without_an_address_nothing_is_written(db: None) -> None:
    assert write(to="") is None
    assert not OutgoingMail.objects.exists()


def test_the_first_line_is_the_subject_in_the_language(db: None) -> None:
    for language in ("en", "zh-hans"):
        write(language, language=language)
    english, chinese = row("en"), row("zh-hans")
    assert english.subject != chinese.subject
    assert "\n" not in english.subject + chinese.subject
    assert "123456" in english.text
    assert english.text.endswith("\n")


def test_a_mail_belongs_to_what_it_is_about(carol: Customer) -> None:
    write(about=carol)
    assert row().about == f"customer:{carol.pk}"


def test_due_mail_is_sent(db: None, post_office: list[EmailMultiAlternatives]) -> None:
    write("one")
    write("two")
    assert mail.send_due() == 2
    assert mail.send_due() == 0
    assert [message.to for message in post_office] == [["carol@example.com"]] * 2
    assert {sent.state for sent in OutgoingMail.objects.all()} == {State.SENT}
    assert row().sent_at is not None


def test_mail_has_both_forms_and_says_that_a_machine_wrote_it(db: None) -> None:
    write(headers={"Reply-To": "desk@example.com"})
    wire = message_from_string(mail.compose(row()).message().as_string())
    assert wire["Auto-Submitted"] == "auto-generated"
    assert wire["Reply-To"] == "desk@example.com"
    assert [part.get_content_type() for part in wire.walk()][1:] == ["text/plain", "text/html"]


def test_every_attempt_has_the_same_message_id(db: None) -> None:
    write("one")
    write("two")
    once, again = mail.compose(row()), mail.compose(row())
    assert once.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert once.extra_headers["Message-ID"] != mail.compose(row("two")).extra_headers["Message-ID"]


def test_a_mail_that_fails_waits_longer_each_time_and_is_given_up(db: None, strike: None) -> None:
    write()
    waits = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        while mail.send_due() == 0 and row().state == State.QUEUED:
            waits.append(row().next_attempt_at - clock.now())
            traveller.move_to(row().next_attempt_at)
    assert (row().state, row().attempts) == (State.FAILED, mail.OUTBOX.tries)
    assert len(waits) == mail.OUTBOX.tries - 1
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(hours=2)
    assert row().last_error == "no mail server"
    assert mail.send_due() == 0


def test_one_that_fails_does_not_stop_the_next(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_one(message: EmailMultiAlternatives) -> None:
        if message.to == ["bad@example.com"]:
            raise ValueError("no such mailbox")

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_one)
    write("bad", to="bad@example.com")
    write("good")
    assert mail.send_due() == 1
    assert (row("bad").state, row("good").state) == (State.QUEUED, State.SENT)


def test_a_given_up_mail_gets_another_round(db: None, post_office: list[EmailMultiAlternatives]) -> None:
    write()
    OutgoingMail.objects.update(state=State.FAILED, attempts=10)
    assert mail.send_due() == 0
    assert mail.retry(row()).state == State.QUEUED
    assert mail.send_due() == 1


@pytest.mark.parametrize("state", [State.SENT, State.QUEUED, State.SENDING])
def test_retrying_any_other_changes_nothing(db: None, state: str) -> None:
    write()
    OutgoingMail.objects.update(state=state, attempts=3)
    mail.retry(row())
    assert (row().state, row().attempts) == (state, 3)


def test_a_worker_that_died_while_sending_leaves_its_mail_to_the_next(
    db: None, post_office: list[EmailMultiAlternatives]
) -> None:
    write()
    claimed = mail.OUTBOX.claim(clock.now())
    assert claimed is not None
    assert mail.send_due() == 0  # somebody is at it
    with time_machine.travel(clock.now() + outbox.LEASE + timedelta(seconds=1), tick=False):
        assert mail.send_due() == 1


def test_secret_texts_are_wiped_once_sent(db: None, post_office: list[EmailMultiAlternatives]) -> None:
    write(sensitive=True)
    assert "123456" in row().text
    mail.send_due()
    assert "123456" in post_office[0].body
    assert "123456" not in row().text


def test_mail_really_goes_out(db: None, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    write()
    mail.send_due()
    assert [message.to for message in django_mail.outbox] == [["carol@example.com"]]


def test_many_workers_send_each_mail_once(
    together: Callable[..., list[Any]], post_office: list[EmailMultiAlternatives]
) -> None:
    count = 40
    for number in range(count):
        write(str(number))
    assert sum(together(*[mail.send_due] * 6)) == count
    assert len(post_office) == count


def test_parallel_causes_write_one_mail(together: Callable[..., list[Any]]) -> None:
    written = together(*[write] * 10)
    assert len({mail.pk for mail in written}) == 1
    assert OutgoingMail.objects.count() == 1
