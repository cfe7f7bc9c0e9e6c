"""What is made of a mail that has landed: a message, a new ticket, a note that it came back, or nothing.

Work that fails leaves the mail in quarantine, in sight of people, and is tried again some times. All that it
does is committed together with the note that it is done, so nothing of it happens twice.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import Language, User
from accounts.rights import Right
from channels.actions import mail_bounces
from channels.actions.mail_settling import settle, store
from channels.email import authenticity, automatic, bodies, finding, trimming
from channels.email.automatic import Judgement
from channels.email.client_names import ORDER
from channels.email.finding import Found
from channels.email.languages import language_of
from channels.email.parsing import File, Mail, Unreadable, read
from channels.email.states import MailState, Outcome, Proof, Reason
from channels.models import IncomingMail
from core import clock, events, files, inline
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from customers.actions import get_or_create_customer
from customers.models import Customer
from customers.rules import normal_email
from orders.models import Order
from tickets import actions as tickets
from tickets.models import Message, Ticket
from tickets.states import Channel, Intake, Suspicion

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
MEGABYTE = 1024 * 1024
LONGEST_BODY = 50_000
"""Characters of a message; the rest of a longer mail is behind its link to the original."""

ORDERS_LOOKED_AT = 300
BURST = 50
DONE = (MailState.TAKEN, MailState.DISCARDED)


def work(row: IncomingMail) -> IncomingMail:
    """Make of a mail what is to be made of it, once; returns the fresh row. Never fails for what is in it."""
    row = IncomingMail.objects.select_related("mailbox__team").get(pk=row.pk)
    if row.next_attempt_at is None:
        return row
    try:
        return _worked(row)
    except Exception as error:  # whatever a mail makes go wrong: it is kept, shown, and tried again
        log.exception("mail %s was not taken in", row.pk)
        return _postpone(row, error)


def _worked(row: IncomingMail) -> IncomingMail:
    try:
        mail = read(bytes_of(row), most=settings.MAIL_MEGABYTES * MEGABYTE)
    except Unreadable as unreadable:
        return settle(row, MailState.QUARANTINED, unreadable.reason)
    describe(row, mail)
    found = finding.find(mail, recipient=row.recipient, proof=Proof(row.proof), mailbox=row.mailbox)
    judgement = automatic.judge(mail, is_ours=finding.is_ours(mail), answers_us=found.is_signed)
    if judgement.reason == Reason.BOUNCE:
        return mail_bounces.take(row, mail)
    if judgement.reason:
        return settle(row, MailState.IGNORED, judgement.reason, ticket=found.ticket)
    if (problem := _problem(row, mail)) != Reason.NONE:
        return settle(row, MailState.QUARANTINED, problem, ticket=found.ticket)
    if (member := finding.member(mail.sender)) is not None:
        return _answered_by(row, mail, found, member)
    return take(row, mail, found, judgement, by=SYSTEM)


def bytes_of(row: IncomingMail) -> bytes:
    """The mail as it came. Refuses with mail.raw_gone when it was kept long enough."""
    if row.raw_gone_at is not None:
        raise Refused("mail.raw_gone")
    with row.raw.open("rb") as kept:
        return bytes(kept.read())


def _problem(row: IncomingMail, mail: Mail) -> Reason:
    if not normal_email(mail.sender):
        return Reason.NO_SENDER
    if not (mail.text.strip() or mail.subject.strip() or mail.files):
        return Reason.EMPTY
    recent = IncomingMail.objects.filter(
        sender=row.sender, state=MailState.TAKEN, received_at__gt=clock.now() - timedelta(hours=1)
    )
    return Reason.TOO_MANY if recent.count() >= settings.MAIL_SENDER_PER_HOUR else Reason.NONE


def describe(row: IncomingMail, mail: Mail) -> None:
    """What a list of mails shows; stored when the mail is settled."""
    row.mail_id, row.sender, row.sender_name = mail.message_id, mail.sender[:320], mail.sender_name
    row.subject, row.sent_at = mail.subject[:400], mail.sent_at
    row.attachments, row.headers = len(mail.files), [list(one) for one in mail.headers]
    row.proof = authenticity.proof(
        mail.as_written("authentication-results"), mail.sender, settings.MAIL_AUTHSERV_IDS
    )
    if row.mailbox is None:
        row.mailbox = finding.addressed(mail, row.recipient)
    default = row.mailbox.language if row.mailbox else Language.ENGLISH
    row.language = language_of(f"{mail.subject}\n{mail.text}", default)
    trimmed = trimming.trim(mail.text, is_forward=trimming.is_forward(mail.subject))
    row.text, row.quoted = mail.text, trimmed.quoted


def _postpone(row: IncomingMail, error: Exception) -> IncomingMail:
    attempts = row.attempts + 1
    wait = timedelta(minutes=1) * 4**attempts
    IncomingMail.objects.filter(pk=row.pk).exclude(next_attempt_at=None).update(
        attempts=attempts,
        last_error=f"{type(error).__name__}: {error}".replace("\x00", "")[:2000],
        state=MailState.QUARANTINED,
        outcome=Outcome.QUARANTINED,
        reason=Reason.FAILED,
        next_attempt_at=None if attempts >= MAX_ATTEMPTS else clock.now() + wait,
    )
    return IncomingMail.objects.get(pk=row.pk)


# --- taking in ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """The files of a mail that we take; where its pictures are, and what stands for them in its text."""

    attachments: Sequence[Attachment]
    left_out: Sequence[dict[str, Any]]
    pictures: dict[str, str]
    marks: dict[str, str]


def keep_files(given: Sequence[File]) -> Kept:
    """Store the files of a mail; those of kinds we do not take are told by name."""
    draft = f"{files.DRAFT}:{uuid4()}"
    kept: list[Attachment] = []
    left_out: list[dict[str, Any]] = []
    pictures: dict[str, str] = {}
    marks: dict[str, str] = {}
    for file in given:
        try:
            upload = files.brought(file.content, name=file.name, content_type=file.content_type)
            attachment = files.store(upload, subject=draft, by=SYSTEM)
        except Refused as refused:
            known = {"name": file.name, "size": len(file.content), "limit": refused.facts.get("limit", 0)}
            left_out.append({**known, "why": refused.code})
            continue
        kept.append(attachment)
        if file.cid:
            pictures[file.cid] = reverse("file", args=[attachment.uuid])
            marks[file.cid] = inline.mark(attachment.name) if attachment.thumbnail else ""
    return Kept(kept, left_out, pictures, marks)


def lay_out(row: IncomingMail, mail: Mail, kept: Kept) -> None:
    """What is shown of a mail, with the pictures we took at their places."""
    row.html, row.left_out = bodies.cleaned(mail.html, kept.pictures), list(kept.left_out)
    row.text, row.quoted = bodies.placed(row.text, kept.marks), bodies.placed(row.quoted, kept.marks)


def take(row: IncomingMail, mail: Mail, found: Found, judgement: Judgement, *, by: Actor) -> IncomingMail:
    """Add a mail to its ticket, or open one with it."""
    kept = keep_files(mail.files)
    with transaction.atomic():
        locked = IncomingMail.objects.select_for_update().get(pk=row.pk)
        if locked.state in DONE or (by is SYSTEM and locked.next_attempt_at is None):
            return locked
        lay_out(row, mail, kept)
        customer = get_or_create_customer(
            email=mail.sender, name=mail.sender_name, language=row.language, by=SYSTEM
        )
        if found.ticket is not None:
            message = _append(row, found.ticket, customer, kept)
            outcome = Outcome.APPENDED
        else:
            quiet = judgement.quiet or _opens_often(row)
            message, outcome = _open(row, customer, found, kept, quiet=quiet)
        ticket = message.ticket
        _tell(row, ticket)
        if isinstance(by, User):
            events.record("mail.taken_in", row, by=by, number=ticket.number)
        return store(
            row,
            state=MailState.TAKEN,
            outcome=outcome,
            reason=Reason.BY_HAND if isinstance(by, User) else Reason.NONE,
            ticket=ticket,
            message=message,
        )


def _append(row: IncomingMail, ticket: Ticket, customer: Customer, kept: Kept) -> Message:
    return tickets.receive(
        ticket,
        body=words_of(row),
        by=customer,
        channel=Channel.EMAIL,
        external_id=name_of(row),
        attachments=kept.attachments,
    )


def _open(
    row: IncomingMail, customer: Customer, found: Found, kept: Kept, *, quiet: bool
) -> tuple[Message, Outcome]:
    """A ticket of its own, or one just begun: several mails in a row under one subject are one request.

    Only of a proven sender, else anybody could add words to what somebody has begun; of others nothing but
    further photos, and only by the way the first of them came.
    """
    proven = row.proof == Proof.PASS
    joins = proven or (bool(kept.attachments) and _only_adds_files(row))
    facts: dict[str, Any] = {
        "customer": customer,
        "subject": row.subject or words_of(row)[:80] or row.sender,
        "body": words_of(row),
        "channel": Channel.EMAIL,
        "language": row.language,
        "order_number": _order_number(row, customer),
        "external_id": name_of(row),
        "attachments": kept.attachments,
        "told": quiet,
        "proven": proven,
    }
    if joins and found.doubted is None:
        ticket, message, intake = tickets.take_in(**facts)
        if intake != Intake.OPENED:
            return message, Outcome.APPENDED
    else:
        ticket, _new = tickets.open_ticket(**facts, by=customer)
        message = Message.objects.get(channel=Channel.EMAIL, external_id=name_of(row))
    if row.mailbox is not None and row.mailbox.team is not None:
        tickets.assign(ticket, to=None, team=row.mailbox.team, by=SYSTEM)
    if found.doubted is not None:
        tickets.suspect_duplicate(ticket, other=found.doubted, reason=Suspicion.REFERENCE, by=SYSTEM)
    return Message.objects.select_related("ticket").get(pk=message.pk), Outcome.CREATED


def _only_adds_files(row: IncomingMail) -> bool:
    """Whether a mail says nothing and came by the same way as one of the same sender just before."""
    way = _envelope(row.headers)
    if not way or row.proof == Proof.FAIL or trimming.says_something(inline.without_marks(row.text)):
        return False
    since = row.received_at - timedelta(seconds=settings.TICKETS_BURST_SECONDS)
    before = IncomingMail.objects.filter(
        sender=row.sender, mailbox=row.mailbox, state=MailState.TAKEN, received_at__gte=since
    ).exclude(pk=row.pk)
    ways = {_envelope(headers) for headers in before.values_list("headers", flat=True)[:BURST]}
    return way in ways


def _envelope(headers: Sequence[Sequence[str]]) -> str:
    """Whom the mail servers on the way were told as the sender; "" where ours does not note it."""
    return next((value.strip().lower() for name, value in headers if name.lower() == "return-path"), "")


def words_of(row: IncomingMail) -> str:
    """What the message says: the mail without its quotation, its subject where it says nothing."""
    kept = trimming.trim(row.text, is_forward=trimming.is_forward(row.subject)).kept
    words = kept or row.subject
    return words if len(words) <= LONGEST_BODY else f"{words[:LONGEST_BODY]}…"


def name_of(row: IncomingMail) -> str:
    """By which the message is known: the Message-ID, and what tells it from others that bear the same."""
    named = f"{row.mail_id} {row.fingerprint[:16]}"
    return named if row.mail_id and len(named) <= 200 else row.fingerprint


def _order_number(row: IncomingMail, customer: Customer) -> str:
    """The order a mail names: one of the customer's if there is any, else what it calls an order."""
    text = f"{row.subject}\n{words_of(row)[:10_000]}".casefold()
    orders = Order.objects.filter(customer=customer).order_by("-placed_at")
    for number, reference in orders.values_list("number", "reference")[:ORDERS_LOOKED_AT]:
        if any(len(one) >= 4 and _stands_in(text, one.casefold()) for one in (number, reference)):
            return str(number)
    named = ORDER.search(text)
    return named["number"].upper() if named else ""


def _stands_in(text: str, number: str) -> bool:
    """Whether a number stands in a text by itself; Chinese leaves no spaces around it."""
    return re.search(rf"(?<![a-z0-9]){re.escape(number)}(?![a-z0-9])", text) is not None


def _opens_often(row: IncomingMail) -> bool:
    """Whether so many tickets were opened from an address of late that no machine answers any more."""
    since = clock.now() - timedelta(hours=1)
    opened = IncomingMail.objects.filter(sender=row.sender, outcome=Outcome.CREATED, received_at__gt=since)
    return opened.count() >= settings.MAIL_ANSWERS_PER_HOUR


def _tell(row: IncomingMail, ticket: Ticket) -> None:
    """What staff have to know of a mail beside its words."""
    if row.left_out:
        names = [file["name"] for file in row.left_out][:20]
        events.record("mail.files_left_out", row, thread=ticket, by=SYSTEM, number=ticket.number, names=names)
    if row.proof == Proof.FAIL:
        events.record("mail.sender_forged", row, thread=ticket, by=SYSTEM, sender=row.sender)


# --- staff -------------------------------------------------------------------------------------------


def _answered_by(row: IncomingMail, mail: Mail, found: Found, member: User) -> IncomingMail:
    """A colleague's own answer, sent from their mail program: a reply of theirs, if it is proven.

    An address in From proves nothing. The address to which it was sent does, when it was signed for this
    member and our mail server knows nothing to the contrary; one that was signed for the customer does only
    with what our mail server found out.
    """
    is_theirs = found.staff == member.pk and row.proof != Proof.FAIL
    is_proven = is_theirs or row.proof == Proof.PASS
    if found.ticket is None or not found.is_signed or not is_proven or not member.may(Right.WORK_TICKETS):
        return settle(row, MailState.QUARANTINED, Reason.STAFF_UNPROVEN, ticket=found.ticket)
    kept = keep_files(mail.files)
    try:
        return _replied(row, mail, found.ticket, member, kept)
    except Refused:
        return settle(row, MailState.QUARANTINED, Reason.REFUSED, ticket=found.ticket)


@transaction.atomic
def _replied(row: IncomingMail, mail: Mail, ticket: Ticket, member: User, kept: Kept) -> IncomingMail:
    locked = IncomingMail.objects.select_for_update().get(pk=row.pk)
    if locked.next_attempt_at is None:
        return locked
    lay_out(row, mail, kept)
    message = tickets.reply(
        ticket,
        body=words_of(row),
        by=member,
        channel=Channel.EMAIL,
        external_id=name_of(row),
        attachments=kept.attachments,
    )
    _tell(row, ticket)
    return store(
        row,
        state=MailState.TAKEN,
        outcome=Outcome.APPENDED,
        reason=Reason.NONE,
        ticket=ticket,
        message=message,
    )
