"""Outgoing mail: queued as rows inside the transaction that causes it, sent after the commit.

A row is claimed under a lease before the mail server is called. If the worker dies between the
call and the note that it went well, the mail goes out again under the same Message-ID, which
mail stores recognise; a mail is never lost, and never composed twice for one cause.

Two things hold a mail back, and the row says which: the address is one from which mail came back, or it
has been sent too many automatic mails about one concern, as happens when two machines answer each other.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import clock, inline, senders
from core.mime import IllustratedMail, pictures_of
from core.models import Attachment, OutgoingMail, SuppressedAddress, key_of
from core.texts import rendering
from core.texts.declaring import declared

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 10
LEASE = timedelta(minutes=2)
WITHHELD = "—"

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
"""Headers that keep other machines from answering; a mail that a person wrote goes without."""

IN_PERSON = dict.fromkeys(AUTOMATIC, "")


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
    capped: bool = False,
    elsewhere: tuple[int, int] = (0, 0),
    files: Sequence[Attachment] = (),
) -> OutgoingMail | None:
    """Write a mail to be sent; the same `key` again writes nothing and returns the first row.

    `template` is what `render` takes, rendered in `language`.
    Without an address there is nobody to write to and None is returned. `sensitive` texts
    (sign-in codes) are wiped from the row once sent. `files` go along with the mail.

    A header given as "" is left out. With a "Reply-To" the mail begins with the line above which the
    answer is read. `capped` says that no person wrote it: it counts against what one reader is sent
    by machines, and beyond that it is withheld. `elsewhere` is what they were told by other ways than mail.
    """
    if not to:
        return None
    subject, text = render(template, language, context)
    headers = {**_from(about), **(headers or {})}
    if headers.get("Reply-To"):
        text = f"{answer_above(language)}\n\n{text}"
    subject_of = key_of(about) if about else ""
    too_many = capped and is_capped(to, subject_of, elsewhere=elsewhere)
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "to": to,
            "language": language,
            "subject": subject,
            "text": text,
            "headers": headers,
            "message_id": headers.get("Message-ID") or new_message_id(key),
            "about": subject_of,
            "sensitive": sensitive,
            "created_at": clock.now(),
            "next_attempt_at": clock.now(),
            "state": OutgoingMail.State.WITHHELD if too_many else OutgoingMail.State.QUEUED,
            "because": OutgoingMail.Because.CAPPED if too_many else "",
        },
    )
    if is_new and files:
        mail.files.add(*files)
    return mail


def _from(about: Model | None) -> dict[str, str]:
    """The From header, where it is not that of the installation."""
    sender = senders.of(about)
    return {"From": sender.written} if sender.key else {}


def is_capped(to: str, about: str, *, elsewhere: tuple[int, int] = (0, 0)) -> bool:
    """Whether a reader has been sent as many automatic mails as one gets, in all or about one thing.

    Every mail counts, those of people too: where people write that often, machines may be quiet. `elsewhere`
    is what the reader was told by other ways: in all, and about the same thing.
    """
    since = clock.now() - timedelta(hours=settings.MAIL_CAP_HOURS)
    sent = OutgoingMail.objects.filter(to=to, created_at__gt=since).exclude(state=OutgoingMail.State.WITHHELD)
    in_all, about_it = elsewhere
    if sent.count() + in_all >= settings.MAIL_CAP_PER_READER:
        return True
    return bool(about) and sent.filter(about=about).count() + about_it >= settings.MAIL_CAP_PER_TICKET


def answer_above(language: str) -> str:
    """The line above which an answer to a mail is read."""
    with translation.override(language):
        said = _("Reply above this line")
    return f"----- {said} -----"


def render(template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject (at most 300 characters) and body of a mail in a language.

    `template` is the key of a text to customers ("tickets.opened"), which administrators word; or a text
    template of ours, whose first line is the subject.
    """
    if text := declared().get(template):
        return rendering.render(text, language, context)
    with translation.override(language):
        rendered = render_to_string(template, {**context, "public_url": settings.PUBLIC_URL}).strip()
    subject, _, body = rendered.partition("\n")
    return " ".join(subject.split())[:300], body.strip() + "\n"


def send_due(*, limit: int = 100) -> int:
    """Send mails whose turn has come; returns how many left the house."""
    sent = 0
    for _turn in range(limit):
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
    if is_suppressed(mail.to):
        _withhold(mail)
        return False
    try:
        message = compose(mail)
        message.connection = senders.line_of(message.from_email)
        message.send()
    except Exception as error:  # a mail server can fail in any way; the row remembers
        log.warning("mail %s not sent: %s", mail.pk, error)
        _note_failure(mail, error)
        return False
    mail.state, mail.sent_at, mail.last_error = OutgoingMail.State.SENT, clock.now(), ""
    if mail.sensitive:
        mail.text = WITHHELD
    mail.save(update_fields=["state", "sent_at", "last_error", "text"])
    return True


def is_suppressed(address: str) -> bool:
    """Whether nothing is sent to an address any more."""
    return SuppressedAddress.objects.filter(address=address.lower()).exists()


def _withhold(mail: OutgoingMail) -> None:
    mail.state, mail.because = OutgoingMail.State.WITHHELD, OutgoingMail.Because.SUPPRESSED
    mail.save(update_fields=["state", "because"])


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    final = mail.attempts >= MAX_ATTEMPTS
    mail.state = OutgoingMail.State.FAILED if final else OutgoingMail.State.QUEUED
    mail.last_error = str(error)[:2000]
    mail.next_attempt_at = clock.now() + min(timedelta(seconds=15) * 2**mail.attempts, timedelta(hours=2))
    mail.save(update_fields=["state", "last_error", "next_attempt_at"])


RETRIED = (OutgoingMail.State.FAILED, OutgoingMail.State.WITHHELD, OutgoingMail.State.BOUNCED)


@transaction.atomic
def retry(mail: OutgoingMail) -> OutgoingMail:
    """Give a mail that was not sent or came back another full round; any other is left as it is."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.state in RETRIED:
        mail.state, mail.attempts, mail.next_attempt_at = OutgoingMail.State.QUEUED, 0, clock.now()
        mail.because = ""
        mail.save(update_fields=["state", "attempts", "next_attempt_at", "because"])
    return mail


def new_message_id(key: str) -> str:
    """A Message-ID that is the same for every attempt at a mail, and that nobody can guess from its cause."""
    return f"<{salted_hmac('core.mail', key, algorithm='sha256').hexdigest()[:40]}@{host()}>"


def host() -> str:
    """The domain we write from."""
    return senders.installation().host


def message_id(mail: OutgoingMail) -> str:
    """The Message-ID of a mail; one written by an earlier version has none on its row."""
    return mail.message_id or new_message_id(mail.key)


def compose(mail: OutgoingMail) -> IllustratedMail:
    """The mail as it goes over the wire: plain text and HTML of the same words, pictures in their place."""
    known = {**AUTOMATIC, **mail.headers, "Message-ID": message_id(mail)}
    headers = {name: value for name, value in known.items() if value}
    sender = headers.pop("From", None)
    files = list(mail.files.all())
    in_text = inline.placed(mail.text, files)
    pictures = pictures_of(in_text, host=host())
    context = {"subject": mail.subject, "text": mail.text, "pictures": pictures}
    with translation.override(mail.language):
        text, html = inline.plain(mail.text, in_text), render_to_string("mail/base.html", context)
    message = IllustratedMail(
        mail.subject, text, sender, [mail.to], headers=headers, pictures=list(pictures.values())
    )
    message.attach_alternative(html, "text/html")
    for attachment in files:
        if attachment.pk in pictures:
            continue
        with attachment.file.open() as content:
            message.attach(attachment.name, content.read(), attachment.content_type)
    return message
