"""Noting what became of a mail, together with what was read of it."""

from typing import Any

from django.db import transaction

from channels.email.states import MailState, Outcome, Reason
from channels.models import IncomingMail
from tickets.models import Ticket

DESCRIBED = [
    "mailbox",
    "mail_id",
    "sender",
    "sender_name",
    "subject",
    "sent_at",
    "attachments",
    "headers",
    "proof",
    "language",
    "text",
    "quoted",
    "html",
    "left_out",
]


@transaction.atomic
def settle(row: IncomingMail, state: str, reason: Reason, *, ticket: Ticket | None = None) -> IncomingMail:
    """Note that nothing is made of a mail, and why; a person may still take it in."""
    locked = IncomingMail.objects.select_for_update().get(pk=row.pk)
    if locked.next_attempt_at is None:
        return locked
    outcome = Outcome.IGNORED if state == MailState.IGNORED else Outcome.QUARANTINED
    return store(row, state=state, outcome=outcome, reason=reason, ticket=ticket)


def store(row: IncomingMail, **fields: Any) -> IncomingMail:
    """Store what became of a mail that is locked, with all that was read of it."""
    fields |= {"next_attempt_at": None, "last_error": ""}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=[*DESCRIBED, *fields])
    return row
