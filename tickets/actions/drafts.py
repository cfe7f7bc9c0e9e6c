"""Words in the making. Nobody is told of them, so nothing here is an event."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from core import clock
from tickets.actions.writing import delivered
from tickets.models import Draft, Ticket
from tickets.states import DraftKind, HeldState

KEY_LENGTH = 60


@transaction.atomic
def save_draft(
    ticket: Ticket,
    *,
    kind: DraftKind,
    body: str,
    key: str,
    by: User,
    macros: Sequence[str] = (),
    steps: Sequence[str] = (),
    files: str | None = None,
) -> Draft | None:
    """Keep what a member has written so far; nothing written keeps nothing, and returns None.

    A saving that comes after its words were sent is let fall. `files` None leaves the files as they are.
    """
    mine = Draft.objects.filter(user=by, ticket=ticket, kind=kind)
    body = body.replace("\x00", "")
    if key and (delivered(ticket.channel, f"form:{key}") or _is_on_its_way(ticket, key)):
        return None
    kept = {"files": files} if files is not None else {}
    if not body.strip() and not macros and not (files or mine.exclude(files="").exists()):
        mine.delete()
        return None
    said = {"body": body, "key": key[:KEY_LENGTH], "macros": list(macros), "steps": list(steps), **kept}
    draft, _new = Draft.objects.update_or_create(
        user=by, ticket=ticket, kind=kind, defaults={**said, "updated_at": clock.now()}
    )
    return draft


def drop_draft(ticket: Ticket, *, kind: DraftKind, by: User) -> None:
    """Forget what a member was writing; without a draft nothing changes."""
    Draft.objects.filter(user=by, ticket=ticket, kind=kind).delete()


def _is_on_its_way(ticket: Ticket, key: str) -> bool:
    return ticket.held_replies.filter(key=key, state__in=(HeldState.HELD, HeldState.SENT)).exists()
