"""Mailboxes: set up, changed, tried out, called at."""

import logging
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from channels import sending
from channels.actions import mail_grants
from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.email import fetching, oauth, smtp
from channels.models import Mailbox
from core import clock, crypto, events, mail
from core.errors import Refused

FAILURES = (*fetching.FAILURES, *smtp.FAILURES, oauth.Denied, oauth.Unclear, crypto.CannotUnseal)
"""How a call at a mail server can end, its provider's included."""

log = logging.getLogger(__name__)

PURPOSE = "channels.mailbox"
EVERY = timedelta(seconds=60)
LEASE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class SignIn:
    """At which provider a mailbox signs in; "" for none, as with a password."""

    provider: str = ""
    client_id: str = ""
    client_secret: str = ""
    tenant: str = ""


@transaction.atomic
def save_mailbox(
    row: Mailbox,
    *,
    secret: str,
    by: User,
    smtp_url: str | None = "",
    sign_in: SignIn | None = None,
) -> Mailbox:
    """Store a mailbox as a form or the API has filled it in; an empty `secret` leaves the one there is.

    `smtp_url` is the mail server it sends through: "" leaves the one there is, None takes it away. `sign_in`
    None leaves how it signs in. One that is pushed to gets a secret of its own making, with which what is
    pushed has to be signed.
    """
    is_new = row.pk is None
    if not secret and not row.sealed_secret and row.fetching == "webhook":
        secret = secrets.token_urlsafe(32)
    if secret:
        row.sealed_secret = crypto.seal(secret, purpose=PURPOSE)
    if smtp_url != "":
        row.sealed_smtp = crypto.seal(smtp_url, purpose=sending.PURPOSE) if smtp_url else ""
    if row.is_default:
        Mailbox.objects.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
    row.next_poll_at, row.failures, row.last_error = clock.now(), 0, ""
    row.save()
    if sign_in is not None:
        mail_grants.set_up(row, **asdict(sign_in))
    events.record("mailbox.made" if is_new else "mailbox.changed", row, by=by, mailbox=row.address)
    return row


def secret_of(row: Mailbox) -> str:
    """The password or the signing secret of a mailbox, "" where there is none that can be opened."""
    try:
        return crypto.unseal(row.sealed_secret, purpose=PURPOSE) if row.sealed_secret else ""
    except crypto.CannotUnseal:
        return ""


@dataclass(frozen=True)
class Tried:
    """How many mails wait, None where nobody calls for them; whether it sends through a server of its own."""

    waiting: int | None
    sends: bool


def try_mailbox(row: Mailbox) -> Tried:
    """Knock at its mail servers without taking or sending anything.

    Refuses with mailbox.not_fetched, mailbox.unreachable or mailbox.not_sending.
    """
    waiting = None
    if row.is_fetched:
        try:
            with _opened(row) as visit:
                waiting = len(visit.waiting())
        except FAILURES as error:
            raise Refused("mailbox.unreachable", why=_why(error)) from error
    sends = row.answers and _try_line(row)
    if waiting is None and not sends:
        raise Refused("mailbox.not_fetched", mailbox=row.address)
    return Tried(waiting, sends)


def _try_line(row: Mailbox) -> bool:
    """Sign in at the mail server it sends through; False where it has none of its own."""
    try:
        line: Any = sending.line(row)
        if line is None:
            return False
        line.open()
        line.close()
    except FAILURES as error:
        raise Refused("mailbox.not_sending", why=_why(error)) from error
    return True


def send_test(row: Mailbox, *, to: str, by: User) -> str:
    """Send a mail from a mailbox now; returns to whom. Refuses with mailbox.not_sending."""
    subject, text = mail.render("channels/mail/test.txt", by.language, {"mailbox": row, "member": by})
    sender = sending.sender(row)
    try:
        made = EmailMessage(subject, text, sender.written, [to], headers=dict(mail.AUTOMATIC))
        made.connection = sending.line(row)
        made.send()
    except FAILURES as error:
        raise Refused("mailbox.not_sending", why=_why(error)) from error
    events.record("mailbox.tested", row, by=by, mailbox=row.address, to=to)
    return to


def _opened(row: Mailbox) -> AbstractContextManager[fetching.Visit]:
    """A call at the mailbox, with its password or with its provider's leave."""
    if mail_grants.of(row) is None:
        return fetching.opened(row, secret_of(row))
    return fetching.opened(row, mail_grants.access(row), is_token=True)


def _why(error: Exception) -> str:
    """What went wrong, for people."""
    if isinstance(error, oauth.Denied):
        return _(
            "the provider does not let us in any more, somebody has to sign in there again (%(why)s)"
        ) % {"why": error}
    if isinstance(error, oauth.Unclear):
        return _("the provider could not be asked (%(why)s)") % {"why": error}
    return smtp.why(error) if isinstance(error, SMTPException) else fetching.why(error)


def fetch_next(at: datetime) -> int | None:
    """Call at one mailbox whose turn it is; how many mails came, None when none is due."""
    row = _lease(at)
    return None if row is None else fetch(row)


@transaction.atomic
def _lease(at: datetime) -> Mailbox | None:
    """A mailbox that nobody else calls at; should the worker die, it is due again in a while."""
    row = (
        Mailbox.objects.due(at)
        .order_by("next_poll_at")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if row is not None:
        row.next_poll_at = at + LEASE
        row.save(update_fields=["next_poll_at"])
    return row


def fetch(row: Mailbox) -> int:
    """Take what waits in a mailbox: each mail is kept, and only then marked or deleted there.

    What the server cannot hand over stays there, is told, and holds up nothing that lies behind it.
    """
    came, seen, stuck = 0, 0, list[str]()
    try:
        with _opened(row) as visit:
            for name in visit.waiting():
                if seen == fetching.BATCH or len(stuck) == fetching.MOST_STUCK:
                    break
                try:
                    content = visit.bytes_of(name)
                except fetching.NotHandedOver as error:
                    stuck.append(str(error))
                    continue
                kept, is_new = land(content, source=row.fetching, mailbox=row)
                visit.is_kept(name)
                work(kept)
                seen, came = seen + 1, came + is_new
    except FAILURES as error:
        log.warning("mailbox %s: %s", row.address, error)
        mail_grants.doubt(row)
        _note(row.uuid, failed=_why(error))
        return came
    _note(row.uuid, stuck=_stuck(stuck))
    return came


def _stuck(mails: Sequence[str]) -> str:
    """What is said of mails that a server does not hand over; "" where there are none."""
    return _("Not handed over by the mail server: %(mails)s") % {"mails": "; ".join(mails)} if mails else ""


def note_push(row: Mailbox) -> None:
    """Remember that a mail was pushed to us, for those who look whether the mailbox works."""
    Mailbox.objects.filter(pk=row.pk).update(last_success_at=clock.now(), last_error="")


@transaction.atomic
def _note(uuid: UUID, *, failed: str = "", stuck: str = "") -> None:
    row = Mailbox.objects.select_for_update().get(uuid=uuid)
    now = clock.now()
    changes: dict[str, Any] = {"last_error": (failed or stuck)[:500]}
    if failed:
        changes["failures"] = row.failures + 1
        changes["next_poll_at"] = now + min(EVERY * 2 ** min(row.failures, 10), LONGEST_WAIT)
    else:
        changes |= {"failures": 0, "last_success_at": now, "next_poll_at": now + EVERY}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
