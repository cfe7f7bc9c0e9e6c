"""Mailboxes: set up, changed, tried out, called at."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.email import fetching
from channels.models import Mailbox
from core import clock, crypto, events
from core.errors import Refused

log = logging.getLogger(__name__)

PURPOSE = "channels.mailbox"
EVERY = timedelta(seconds=60)
LEASE = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)


@transaction.atomic
def save_mailbox(row: Mailbox, *, secret: str, by: User) -> Mailbox:
    """Store a mailbox as a form or the API has filled it in; an empty `secret` leaves the one there is.

    One that is pushed to gets a secret of its own making, with which what is pushed has to be signed.
    """
    is_new = row.pk is None
    if not secret and not row.sealed_secret and row.fetching == "webhook":
        secret = secrets.token_urlsafe(32)
    if secret:
        row.sealed_secret = crypto.seal(secret, purpose=PURPOSE)
    row.next_poll_at, row.failures, row.last_error = clock.now(), 0, ""
    row.save()
    events.record("mailbox.made" if is_new else "mailbox.changed", row, by=by, mailbox=row.address)
    return row


def secret_of(row: Mailbox) -> str:
    """The password or the signing secret of a mailbox, "" where there is none that can be opened."""
    try:
        return crypto.unseal(row.sealed_secret, purpose=PURPOSE) if row.sealed_secret else ""
    except crypto.CannotUnseal:
        return ""


def try_mailbox(row: Mailbox) -> int:
    """Knock at the mail server without taking anything; how many mails wait there.

    Refuses with mailbox.not_fetched or mailbox.unreachable.
    """
    if not row.is_fetched:
        raise Refused("mailbox.not_fetched", mailbox=row.address)
    try:
        with fetching.opened(row, secret_of(row)) as visit:
            return len(visit.waiting())
    except fetching.FAILURES as error:
        raise Refused("mailbox.unreachable", why=fetching.why(error)) from error


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
    """Take what waits in a mailbox: each mail is kept, and only then marked or deleted there."""
    came = 0
    try:
        with fetching.opened(row, secret_of(row)) as visit:
            for name in visit.waiting()[: fetching.BATCH]:
                mail, is_new = land(visit.bytes_of(name), source=row.fetching, mailbox=row)
                visit.is_kept(name)
                work(mail)
                came += is_new
    except fetching.FAILURES as error:
        log.warning("mailbox %s: %s", row.address, error)
        _note(row.uuid, failed=fetching.why(error))
        return came
    _note(row.uuid)
    return came


def note_push(row: Mailbox) -> None:
    """Remember that a mail was pushed to us, for those who look whether the mailbox works."""
    Mailbox.objects.filter(pk=row.pk).update(last_success_at=clock.now(), last_error="")


@transaction.atomic
def _note(uuid: UUID, *, failed: str = "") -> None:
    row = Mailbox.objects.select_for_update().get(uuid=uuid)
    now = clock.now()
    changes: dict[str, Any] = {"last_error": failed[:500]}
    if failed:
        changes["failures"] = row.failures + 1
        changes["next_poll_at"] = now + min(EVERY * 2 ** min(row.failures, 10), LONGEST_WAIT)
    else:
        changes |= {"failures": 0, "last_success_at": now, "next_poll_at": now + EVERY}
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
