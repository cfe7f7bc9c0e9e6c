"""Words in the making. Nobody is told of them, so nothing here is an event."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from accounts.models import User
from core import clock, files, filetypes
from core.errors import Refused
from core.files import Upload
from core.models import Attachment
from tickets.actions.writing import delivered
from tickets.models import Draft, Ticket
from tickets.states import DraftKind, HeldState

KEY_LENGTH = 60
MEGABYTE = 1024 * 1024
IN_MAILS = (filetypes.JPEG, filetypes.PNG, filetypes.GIF)
"""What every mail program shows in a text."""


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


def add_picture(
    ticket: Ticket,
    upload: Upload,
    *,
    subject: str,
    kind: DraftKind,
    body: str,
    key: str,
    by: User,
    macros: Sequence[str] = (),
    steps: Sequence[str] = (),
) -> Attachment:
    """Keep a picture that stands in the text of a draft, under a name of its own there.

    Refuses with reply.picture_kind, reply.picture_too_large or note.picture_kind, and as files are refused.
    """
    _check_picture(upload, kind)
    taken = set(Attachment.objects.filter(subject=subject).values_list("name", flat=True))
    upload.name = _free_name(upload.name or "", taken)
    picture = files.store(upload, subject=subject, by=by)
    save_draft(
        ticket,
        kind=kind,
        body=body,
        key=key,
        by=by,
        macros=macros,
        steps=steps,
        files=subject.removeprefix(f"{files.DRAFT}:"),
    )
    return picture


def _check_picture(upload: Upload, kind: DraftKind) -> None:
    """A note goes into no mail: any picture that browsers draw will do there, as large as files may be."""
    upload.seek(0)
    name, limit = upload.name or "", settings.MAIL_PICTURE_MEGABYTES * MEGABYTE
    known = filetypes.recognise(upload.read(filetypes.HEAD), name)
    if kind == DraftKind.NOTE:
        if known is not None and not known.drawable:
            raise Refused("note.picture_kind", name=name)
        return
    if known is not None and known not in IN_MAILS:
        raise Refused("reply.picture_kind", name=name)
    if (upload.size or 0) > limit:
        raise Refused("reply.picture_too_large", name=name, size=upload.size, limit=limit)


def _free_name(name: str, taken: set[str]) -> str:
    """A name that no other file of the draft has, and that can stand in a mark."""
    stem, dot, ending = name.replace("[", "(").replace("]", ")").rpartition(".")
    stem = stem or "image"
    free = (f"{stem}-{number}{dot}{ending}" for number in range(2, 1000))
    first = f"{stem}{dot}{ending}"
    return first if first not in taken else next(one for one in free if one not in taken)


def drop_draft(ticket: Ticket, *, kind: DraftKind, by: User) -> None:
    """Forget what a member was writing; without a draft nothing changes."""
    Draft.objects.filter(user=by, ticket=ticket, kind=kind).delete()


def _is_on_its_way(ticket: Ticket, key: str) -> bool:
    return ticket.held_replies.filter(key=key, state__in=(HeldState.HELD, HeldState.SENT)).exists()
