"""Sending with a moment to think again: held, taken back or sent. Exactly one of the two last wins.

`send_held` and `undo` lock the held reply first and the ticket after it. Nothing leaves the house, no clock
stops and no step of a macro is taken before the reply is sent.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import User
from core import clock, events
from core.errors import Refused
from core.models import Attachment
from tickets.actions.drafts import drop_draft, save_draft
from tickets.actions.progress import solve, wait
from tickets.actions.row import change, locked
from tickets.macros import using
from tickets.models import Draft, HeldReply, Message, Ticket
from tickets.states import DraftKind, HeldState, TicketStatus

log = logging.getLogger(__name__)

FIRST_DELAY = timedelta(seconds=2)
MOST_ATTEMPTS = 6


@transaction.atomic
def hold(
    ticket: Ticket,
    *,
    body: str,
    by: User,
    key: str,
    version: int | None = None,
    macros: Sequence[str] = (),
    steps: Sequence[str] = (),
    then: str = "",
    attachments: Sequence[Attachment] = (),
) -> HeldReply:
    """Keep a reply for some seconds before it is sent; the same form again is one reply.

    Refused like `reply`: for a closed ticket, and when something happened since `version`. Holding makes a
    new version, so a colleague who writes at the same time is told.
    """
    known = HeldReply.objects.select_for_update().filter(ticket=ticket, key=key).first()
    ticket = locked(ticket)
    known = known or ticket.held_replies.filter(key=key).first()  # the same form, a moment ago
    if known is not None and known.state in (HeldState.HELD, HeldState.SENT):
        return known
    if ticket.status == TicketStatus.CLOSED:
        raise Refused("ticket.cannot_reply", number=ticket.number)
    if version is not None and version != ticket.version:
        raise Refused("ticket.changed_meanwhile", number=ticket.number, version=ticket.version)
    using.pick(macros, steps, by=by)
    now = clock.now()
    held = known or HeldReply(ticket=ticket, author=by, key=key, created_at=now)
    held.body, held.macros, held.steps, held.then = body, list(macros), list(steps), then
    held.state, held.attempts, held.decided_at = HeldState.HELD, 0, None
    held.due_at = now + timedelta(seconds=settings.UNDO_SEND_SECONDS)
    held.save()
    held.files.set(attachments)
    drop_draft(ticket, kind=DraftKind.REPLY, by=by)
    change(ticket, now)
    events.record("reply.held", held, by=by, thread=ticket, at=now, number=ticket.number)
    return held


@transaction.atomic
def undo(held: HeldReply, *, by: User) -> Draft | None:
    """Take a reply back before it leaves: it is a draft again. Afterwards refused: `reply.already_sent`."""
    held = (
        HeldReply.objects.select_for_update(of=("self",)).select_related("ticket", "author").get(pk=held.pk)
    )
    if held.state == HeldState.SENT:
        raise Refused("reply.already_sent", number=held.ticket.number)
    if held.state != HeldState.HELD:
        return Draft.objects.filter(user=held.author, ticket=held.ticket, kind=DraftKind.REPLY).first()
    draft = _come_back(held, HeldState.UNDONE)
    events.record("reply.undone", held, by=by, thread=held.ticket, number=held.ticket.number)
    return draft


def send_held(held: HeldReply, at: datetime) -> Message | None:
    """Send one held reply now, in a transaction of its own; None when somebody else has it in hand.

    None also when it is not held, or not due. A reply the ticket does not take any longer comes back to its
    author as a draft.
    """
    with transaction.atomic():
        rows = HeldReply.objects.held().select_for_update(of=("self",), skip_locked=True)
        row = rows.select_related("ticket", "author").filter(pk=held.pk, due_at__lte=at).first()
        if row is None:
            return None
        try:
            with transaction.atomic():
                return _send(row, at)
        except Refused as refused:
            _return(row, refused.code)
        except Exception as error:  # whatever it is must not stop the other replies
            log.exception("held reply %s was not sent", row.pk)
            _postpone(row, error, at)
    return None


def _send(held: HeldReply, at: datetime) -> Message:
    picked = using.pick(held.macros, held.steps, by=held.author)
    message = using.reply_with(
        held.ticket,
        picked,
        body=held.body,
        by=held.author,
        attachments=list(held.files.all()),
        external_id=f"held:{held.pk}",
    )
    if held.then == "wait":
        wait(held.ticket, by=held.author)
    elif held.then == "solve":
        solve(held.ticket, by=held.author, told_in=message)
    held.state, held.message, held.decided_at = HeldState.SENT, message, at
    held.save(update_fields=["state", "message", "decided_at"])
    return message


def _return(held: HeldReply, code: str) -> None:
    _come_back(held, HeldState.RETURNED, error=code)
    events.record(
        "reply.returned", held, by=held.author, thread=held.ticket, number=held.ticket.number, code=code
    )


def _postpone(held: HeldReply, error: Exception, at: datetime) -> None:
    held.attempts += 1
    held.last_error = f"{type(error).__name__}: {error}"[:2000]
    held.due_at = at + FIRST_DELAY * 2**held.attempts
    held.save(update_fields=["attempts", "last_error", "due_at"])
    if held.attempts >= MOST_ATTEMPTS:
        _return(held, "reply.failed")


def _come_back(held: HeldReply, state: HeldState, *, error: str = "") -> Draft | None:
    """Make a held reply a draft again, before what its author has begun to write since."""
    held.state, held.decided_at, held.last_error = state, clock.now(), error or held.last_error
    held.save(update_fields=["state", "decided_at", "last_error"])
    begun = Draft.objects.filter(user=held.author, ticket=held.ticket, kind=DraftKind.REPLY).first()
    body = f"{held.body}\n\n{begun.body}" if begun and begun.body.strip() else held.body
    first = held.files.first()
    return save_draft(
        held.ticket,
        kind=DraftKind.REPLY,
        body=body,
        key=held.key,
        by=held.author,
        macros=held.macros,
        steps=held.steps,
        files=first.subject.removeprefix("draft:") if first else "",
    )
