"""Outgoing mail: queued as rows inside the transaction that causes it, sent after the commit.

A row is claimed under a lease before the mail server is called. If the worker dies between the
call and the note that it went well, the mail goes out again under the same Message-ID, which
mail stores recognise; a mail is never lost, and never composed twice for one cause.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Model, Q
from django.template.loader import render_to_string
from django.utils import translation

from core import clock
from core.models import Attachment, OutgoingMail, key_of

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
LEASE = timedelta(minutes=2)
WITHHELD = "—"


def queue(
    *,
    key: str,
    to: str,
    language: str,
    template: str,
    context: dict[str, Any],
    about: Model | None = None,
    headers: dict[str, str] | None = None,
    sensitive: bool = False,
    files: Sequence[Attachment] = (),
) -> OutgoingMail | None:
    """Write a mail to be sent; the same `key` again writes nothing and returns the first row.

    `template` is a text template whose first line is the subject, rendered in `language`.
    Without an address there is nobody to write to and None is returned. `sensitive` texts
    (sign-in codes) are wiped from the row once sent. `files` go along with the mail.
    """
    if not to:
        return None
    subject, text = render(template, language, context)
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "language": language,
            "subject": subject,
            "text": text,
            "headers": headers or {},
            "about": key_of(about) if about else "",
            "sensitive": sensitive,
            "created_at": clock.now(),
            "next_attempt_at": clock.now(),
        },
    )
    if is_new and files:
        mail.files.add(*files)
    return mail


def render(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject (first line, at most 300 characters) and body of a text template in a language."""
    with translation.override(language):
        rendered = render_to_string(template, {**context, "public_url": settings.PUBLIC_URL}).strip()
    subject, _, body = rendered.partition("\n")
    return " ".join(subject.split())[:300], body.strip() + "\n"


def send_due(*, limit: int = 100) -> int:
    """Send mails whose turn has come; returns how many left the house."""
    sent = 0
    for _ in range(limit):
        mail = _claim(clock.now())
        if mail is None:
            break
        sent += _deliver(mail)
    return sent


@transaction.atomic
def _claim(at: datetime) -> OutgoingMail | None:
    open_states = Q(state=OutgoingMail.State.QUEUED) | Q(state=OutgoingMail.State.SENDING)
    mail = (
        OutgoingMail.objects.filter(open_states, next_attempt_at__lte=at)
        .order_by("next_attempt_at")
        .select_for_update(skip_locked=True)
        .first()
    )
    if mail is not None:
        mail.state = OutgoingMail.State.SENDING
        mail.attempts += 1
        mail.next_attempt_at = at + LEASE
        mail.save(update_fields=["state", "attempts", "next_attempt_at"])
    return mail


def _deliver(mail: OutgoingMail) -> bool:
    try:
        compose(mail).send()
    except Exception as error:  # a mail server can fail in any way; the row remembers
        log.warning("mail %s not sent: %s", mail.pk, error)
        _note_failure(mail, error)
        return False
    mail.state, mail.sent_at, mail.last_error = OutgoingMail.State.SENT, clock.now(), ""
    if mail.sensitive:
        mail.text = WITHHELD
    mail.save(update_fields=["state", "sent_at", "last_error", "text"])
    return True


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    final = mail.attempts >= MAX_ATTEMPTS
    mail.state = OutgoingMail.State.FAILED if final else OutgoingMail.State.QUEUED
    mail.last_error = str(error)[:2000]
    mail.next_attempt_at = clock.now() + min(timedelta(seconds=15) * 2**mail.attempts, timedelta(hours=2))
    mail.save(update_fields=["state", "last_error", "next_attempt_at"])


@transaction.atomic
def retry(mail: OutgoingMail) -> OutgoingMail:
    """Give a mail that failed another full round of attempts; any other is left as it is."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.state == OutgoingMail.State.FAILED:
        mail.state, mail.attempts, mail.next_attempt_at = OutgoingMail.State.QUEUED, 0, clock.now()
        mail.save(update_fields=["state", "attempts", "next_attempt_at"])
    return mail


def message_id(mail: OutgoingMail) -> str:
    """A Message-ID that is the same for every attempt at this mail."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{sha256(mail.key.encode()).hexdigest()[:32]}.{mail.pk}@{host}>"


def compose(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as it goes over the wire: plain text and HTML of the same words."""
    headers = {"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated", **mail.headers}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=headers)
    with translation.override(mail.language):
        html = render_to_string("mail/base.html", {"subject": mail.subject, "text": mail.text})
    message.attach_alternative(html, "text/html")
    for attachment in mail.files.all():
        with attachment.file.open() as content:
            message.attach(attachment.name, content.read(), attachment.content_type)
    return message
