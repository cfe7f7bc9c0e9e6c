"""Outgoing mail: queued as rows inside the transaction that causes it, sent after the commit.

A mail that goes out again because a worker died (`core.outbox`) has the same Message-ID, which mail stores
recognise; it is never lost, and never composed twice for one cause.

Two things hold a mail back, and the row says which: the address is one from which mail came back, or it
has been sent too many automatic mails about one concern, as happens when two machines answer each other.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import clock, inline, outbox, senders
from core.mime import IllustratedMail, pictures_of
from core.models import Attachment, OutgoingMail, SuppressedAddress, key_of
from core.texts import rendering
from core.texts.declaring import declared

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
    envelope = _envelope(key, about, headers or {})
    words = _words(template, language, context, is_answered=bool(envelope["headers"].get("Reply-To")))
    turn = _turn(to, envelope["about"], capped=capped, elsewhere=elsewhere)
    facts = {"to": to, "sensitive": sensitive, **envelope, **words, **turn}
    mail, is_new = OutgoingMail.objects.get_or_create(key=key, defaults=facts)
    if is_new and files:
        mail.files.add(*files)
    return mail


def _envelope(key: str, about: Model | None, headers: dict[str, str]) -> dict[str, Any]:
    """What the mail is known by, and whom it comes from where that is not the installation."""
    sender = senders.of(about)
    known = {"From": sender.written, **headers} if sender.key else headers
    return {
        "headers": known,
        "message_id": known.get("Message-ID") or new_message_id(key),
        "about": key_of(about) if about else "",
    }


def _words(template: str, language: str, context: dict[str, Any], *, is_answered: bool) -> dict[str, str]:
    """What the mail says; one that can be answered says first above which line."""
    subject, text = render(template, language, context)
    if is_answered:
        text = f"{answer_above(language)}\n\n{text}"
    return {"language": language, "subject": subject, "text": text}


def _turn(to: str, about: str, *, capped: bool, elsewhere: tuple[int, int]) -> dict[str, Any]:
    """When the mail leaves: at once, or not at all where its reader has heard enough from machines."""
    now = clock.now()
    turn = {"created_at": now, "next_attempt_at": now}
    if not (capped and is_capped(to, about, elsewhere=elsewhere)):
        return turn
    return {**turn, "state": OutgoingMail.State.WITHHELD, "because": OutgoingMail.Because.CAPPED}


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


# --- sending -----------------------------------------------------------------------------------------


def _hand_over(mail: OutgoingMail) -> outbox.Ended:
    """Give a mail to its mail server, unless nothing is sent to its reader any more."""
    if is_suppressed(mail.to):
        return outbox.Ended(OutgoingMail.State.WITHHELD, because=OutgoingMail.Because.SUPPRESSED)
    message = compose(mail)
    message.connection = senders.line_of(message.from_email)
    message.send()
    wiped = {"text": WITHHELD} if mail.sensitive else {}
    return outbox.Ended(OutgoingMail.State.SENT, sent_at=clock.now(), **wiped)


OUTBOX = outbox.Outbox(
    rows=OutgoingMail.objects.all(),
    carry=_hand_over,
    tries=10,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(hours=2),
)
send_due = OUTBOX.send_due


def is_suppressed(address: str) -> bool:
    """Whether nothing is sent to an address any more."""
    return SuppressedAddress.objects.filter(address=address.lower()).exists()


RETRIED = (OutgoingMail.State.FAILED, OutgoingMail.State.WITHHELD, OutgoingMail.State.BOUNCED)


@transaction.atomic
def retry(mail: OutgoingMail) -> OutgoingMail:
    """Give a mail that was not sent or came back another full round; any other is left as it is."""
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.state in RETRIED:
        outbox.another_round(mail, because="")
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
