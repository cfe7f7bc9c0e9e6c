"""A question by mail, an answer by SMTP, and the answer to that: one conversation."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import get_connection

from accounts.models import User
from channels.email.states import Outcome
from core import dispatch, files, mail
from core.models import Attachment
from tests.channels.mails import deliver, raw
from tests.core import pictures
from tests.mailbox import Mailbox, text_of
from tickets import actions
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A real mail server that takes what we send."""
    box = Mailbox()
    host, _colon, port = box.url.removeprefix("smtp://").partition(":")
    settings.EMAIL_HOST, settings.EMAIL_PORT = host, int(port)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(settings.EMAIL_BACKEND)
    monkeypatch.setattr("django.core.mail.message.EmailMessage.get_connection", lambda *_given: connection)
    yield box
    box.stop()


def send() -> None:
    dispatch.drain()
    mail.send_due()


def answer_to(sent: EmailMessage, text: str) -> bytes:
    """What a mail program writes when somebody presses Reply."""
    answer = EmailMessage()
    answer["From"], answer["To"] = str(sent["To"]), str(sent["Reply-To"])
    answer["Subject"], answer["Message-ID"] = f"Re: {sent['Subject']}", "<answer@example.com>"
    answer["In-Reply-To"] = str(sent["Message-ID"])
    answer["References"] = f"{sent['References']} {sent['Message-ID']}"
    quoted = "\n".join(f"> {line}" for line in text_of(sent).splitlines())
    answer.set_content(f"{text}\n\nOn Mon, Nov 23, 2026 at 10:00, Lamps <s@localhost> wrote:\n{quoted}\n")
    return answer.as_bytes()


def test_a_conversation_goes_to_and_fro(post: Mailbox, alice: User) -> None:
    asked = deliver(raw("My lamp is broken.", message_id="<asked@example.com>"))
    assert asked.ticket is not None
    actions.reply(asked.ticket, body="Please send a photo.", by=alice)
    send()
    sent = post.find("Please send a photo.")
    assert sent is not None
    assert "asked@example.com" in str(sent["References"])
    assert "Reply above this line" in text_of(sent).split("\n")[0]
    row = deliver(answer_to(sent, "Here it is."))
    assert (row.outcome, row.ticket) == (Outcome.APPENDED, asked.ticket)
    assert row.message is not None
    assert row.message.body == "Here it is."
    assert "Please send a photo." in row.quoted


@pytest.mark.parametrize("kept", ["Reply-To", "Message-ID", "Subject"])
def test_one_of_the_three_is_enough(post: Mailbox, alice: User, kept: str) -> None:
    asked = deliver(raw("My lamp is broken."))
    assert asked.ticket is not None
    actions.reply(asked.ticket, body="Please send a photo.", by=alice)
    send()
    sent = post.find("Please send a photo.")
    assert sent is not None
    headers = {"In-Reply-To": str(sent["Message-ID"])} if kept == "Message-ID" else {}
    row = deliver(
        raw(
            "Here.",
            to=str(sent["Reply-To"]) if kept == "Reply-To" else "aftersales@localhost",
            subject=f"Re: {sent['Subject']}" if kept == "Subject" else "Hello",
            headers=headers,
        )
    )
    assert (row.outcome, row.ticket) == (Outcome.APPENDED, asked.ticket)


def kept(upload: SimpleUploadedFile, by: User) -> Attachment:
    return files.store(upload, subject="draft:one", by=by)


def test_files_of_a_reply_go_along(post: Mailbox, alice: User, settings: Any) -> None:
    row = deliver(raw())
    assert row.ticket is not None
    photo = kept(pictures.upload(pictures.image(), "photo.jpg"), alice)
    actions.reply(row.ticket, body="Look", by=alice, attachments=[photo])
    send()
    sent = post.find("Look")
    assert sent is not None
    assert [part.get_filename() for part in sent.iter_attachments()] == ["photo.jpg"]


def test_files_too_large_for_a_mail_are_on_the_page(post: Mailbox, alice: User, settings: Any) -> None:
    settings.MAIL_ATTACH_MEGABYTES = 0
    row = deliver(raw())
    assert row.ticket is not None
    guide = kept(SimpleUploadedFile("guide.txt", b"how to", "text/plain"), alice)
    actions.reply(row.ticket, body="Look", by=alice, attachments=[guide])
    send()
    sent = post.find("Look")
    assert sent is not None
    assert list(sent.iter_attachments()) == []
    assert "guide.txt" in text_of(sent)


def test_the_answer_is_in_the_customers_language(post: Mailbox, alice: User) -> None:
    row = deliver(raw("台灯坏了，我想换货。", subject="换货"))
    assert row.ticket is not None
    assert (row.language, row.ticket.customer.language) == ("zh-hans", "zh-hans")
    actions.reply(row.ticket, body="好的。", by=alice)
    send()
    sent = post.find("好的。")
    assert sent is not None
    assert "请在此线以上回复" in text_of(sent)


def test_an_order_that_is_named_is_found(alice: User) -> None:
    from tests import build

    customer = build.customer("Carol", email="carol@example.com")
    order, other = (
        build.order(customer=customer, number="SO-77001"),
        build.order(customer=build.customer("Eve")),
    )
    assert deliver(raw("订单SO-77001的灯坏了")).ticket.order == order  # type: ignore[union-attr]
    assert deliver(raw("About so-77001!")).ticket.order == order  # type: ignore[union-attr]
    assert deliver(raw("About SO-770011")).ticket.order is None  # type: ignore[union-attr]
    strangers = deliver(raw(f"Order no. {other.number}")).ticket
    assert strangers is not None
    assert strangers.order is None
    assert Ticket.objects.filter(pk=strangers.pk).exists()
