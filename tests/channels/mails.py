"""Mails as programs write them, and the ways they come in."""

import io
import json
import sys
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.core.management import call_command

from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.email.states import Fetching
from channels.models import IncomingMail

SERVICE = "aftersales@localhost"

_serial = count(1)


def raw(
    text: str = "My lamp does not light.",
    *,
    sender: str = "Carol <carol@example.com>",
    to: str = SERVICE,
    subject: str = "Lamp broken",
    message_id: str | None = None,
    html: str = "",
    headers: dict[str, str] | None = None,
    files: tuple[tuple[str, str, bytes], ...] = (),
) -> bytes:
    """The bytes of an ordinary mail; each call is another mail unless it says its `message_id`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0800"
    mail["Message-ID"] = message_id or f"<mail-{next(_serial)}@example.com>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def deliver(content: bytes, **given: Any) -> IncomingMail:
    """A mail comes in and is worked on; the row as it is then."""
    row, _new = land(content, source=Fetching.PIPE, **given)
    return work(row)


def ingest(content: bytes, monkeypatch: Any, *arguments: str) -> dict[str, Any]:
    """What the command says about a mail handed to it."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    said = io.StringIO()
    call_command("ingest_email", *arguments, stdout=said)
    (line,) = said.getvalue().splitlines()
    told: dict[str, Any] = json.loads(line)
    return told
