"""Files people send: checked by content, kept without their names, shown by right.

A file is taken before the verb it belongs to: `store` it under a draft, then let the verb `claim` it
inside its transaction. If the verb is refused the file is still there to be sent again, and drafts
nobody sends are swept.
"""

import uuid
from collections.abc import Callable, Iterable, MutableMapping
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core import clock, filetypes, images
from core.actors import Actor
from core.errors import Refused
from core.filetypes import FileType
from core.models import Attachment, key_of

DRAFT = "draft"
DRAFTS_IN_SESSION = "drafts"
DRAFTS_PER_SESSION = 20

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

NO_NAMES = ("", ".", "..")

Gate = Callable[[HttpRequest, str, Attachment], bool]


# --- taking ------------------------------------------------------------------------------------------


def brought(content: bytes, *, name: str, content_type: str) -> Upload:
    """Bytes that came another way than by a form, as an upload to be stored; any name will do."""
    plain = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    return SimpleUploadedFile("file" if plain in NO_NAMES else plain, content, content_type)


def store(upload: Upload, *, subject: Model | str, by: Actor, public: bool = False) -> Attachment:
    """Check a file and keep it with `subject` (a row, or a key such as "draft:<uuid>").

    Call it outside the verb's transaction. Refuses with file.empty, file.type_not_allowed,
    file.too_large, file.damaged, file.too_many_pixels or file.too_many.
    """
    kind = _accepted(upload)
    picture = _picture(upload, kind)
    attachment = Attachment(
        subject=subject if isinstance(subject, str) else key_of(subject),
        name=filetypes.tidy_name(upload.name or "", kind),
        content_type=kind.content_type,
        size=upload.size or 0,
        sha256=_digest(upload),
        public=public,
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        created_at=clock.now(),
    )
    attachment.file.save(attachment.name, upload, save=False)
    if picture:
        attachment.thumbnail.save(str(attachment.uuid), ContentFile(picture), save=False)
    try:
        _keep(attachment)
    except BaseException:
        _remove_files(attachment)
        raise
    return attachment


def _accepted(upload: Upload) -> FileType:
    name = upload.name or ""
    upload.seek(0)
    head = upload.read(filetypes.HEAD)
    if not head:
        raise Refused("file.empty", name=name)
    kind = filetypes.recognise(head, name)
    if kind is None:
        raise Refused("file.type_not_allowed", name=name)
    limit: int = settings.FILE_SIZE_LIMITS[kind.family]
    if (upload.size or 0) > limit:
        raise Refused("file.too_large", name=name, size=upload.size, limit=limit)
    return kind


def _picture(upload: Upload, kind: FileType) -> bytes | None:
    """The thumbnail of an image we can draw; drawing it is also the proof that it is whole."""
    if not kind.drawable or upload.file is None:
        return None
    upload.seek(0)
    try:
        return images.thumbnail(upload.file, max_pixels=settings.IMAGE_PIXELS_LIMIT)
    except images.TooManyPixelsError:
        raise Refused("file.too_many_pixels", name=upload.name, limit=settings.IMAGE_PIXELS_LIMIT) from None
    except images.DamagedError:
        raise Refused("file.damaged", name=upload.name) from None


def _digest(upload: Upload) -> str:
    digest = sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


@transaction.atomic
def _keep(attachment: Attachment) -> None:
    _check_room(attachment.subject, more=1)
    attachment.save(force_insert=True)


def _check_room(subject: str, *, more: int) -> None:
    """Refuse `more` files beyond the limit; parallel uploads to one subject are counted one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"attachments of {subject}"])
    if Attachment.objects.filter(subject=subject).count() + more > settings.FILES_PER_SUBJECT:
        raise Refused("file.too_many", limit=settings.FILES_PER_SUBJECT)


# --- drafts ------------------------------------------------------------------------------------------


def new_draft(session: MutableMapping[str, Any]) -> str:
    """A subject for files of a form that is not sent yet; the session remembers that it is theirs."""
    return open_draft(session, str(uuid.uuid4()))


def open_draft(session: MutableMapping[str, Any], draft: str) -> str:
    """The subject of a draft that is kept elsewhere; the session may read and send its files from now on."""
    known = session.get(DRAFTS_IN_SESSION, [])
    if draft not in known:
        session[DRAFTS_IN_SESSION] = [*known, draft][-DRAFTS_PER_SESSION:]
    return f"{DRAFT}:{draft}"


def continued_draft(session: MutableMapping[str, Any], draft: str) -> str:
    """The draft a form has begun, if this session did; else a new one."""
    known = draft.removeprefix(f"{DRAFT}:") in session.get(DRAFTS_IN_SESSION, [])
    return draft if known else new_draft(session)


def draft_files(session: MutableMapping[str, Any], draft: str) -> QuerySet[Attachment]:
    """Files of a draft of this session; none of anybody else's."""
    mine = draft.removeprefix(f"{DRAFT}:") in session.get(DRAFTS_IN_SESSION, [])
    return Attachment.objects.filter(subject=draft) if mine else Attachment.objects.none()


@transaction.atomic
def claim(
    attachments: Iterable[Attachment], *, subject: Model, by: Actor, public: bool | None = None
) -> list[Attachment]:
    """Move drafts to the row they were sent with, in the name of `by`; twice changes nothing.

    `public` decides whether customers may see them (default: as stored). Refuses with file.gone,
    file.already_used or file.too_many.
    """
    wanted, target = list(attachments), key_of(subject)
    rows = Attachment.objects.select_for_update().filter(pk__in=[draft.pk for draft in wanted])
    found = {row.pk: row for row in rows}
    for attachment in wanted:
        _check_claimable(found.get(attachment.pk), attachment.name, target)
    drafts = [row for row in found.values() if row.subject != target]
    if drafts:
        _check_room(target, more=len(drafts))
    for row in drafts:
        row.subject, row.actor_kind, row.actor_id = target, by.actor_kind, by.pk
        row.public = row.public if public is None else public
        row.save(update_fields=["subject", "actor_kind", "actor_id", "public"])
    return [found[attachment.pk] for attachment in wanted]


def _check_claimable(row: Attachment | None, name: str, target: str) -> None:
    if row is None:
        raise Refused("file.gone", name=name)
    if row.subject != target and not row.subject.startswith(f"{DRAFT}:"):
        raise Refused("file.already_used", name=name)


def discard(attachment: Attachment) -> None:
    """Take a file out of its draft again; twice changes nothing.

    What was sent with something stays, also if that happened a moment ago: file.already_used.
    """
    drafts = Attachment.objects.filter(pk=attachment.pk, subject__startswith=f"{DRAFT}:")
    deleted, _by_model = drafts.delete()
    if deleted:
        _remove_files(attachment)
    elif Attachment.objects.filter(pk=attachment.pk).exists():
        raise Refused("file.already_used", name=attachment.name)


def sweep_drafts(*, limit: int = 500) -> int:
    """Delete drafts that nobody sent in time; returns how many."""
    before = clock.now() - timedelta(days=settings.DRAFTS_KEPT_DAYS)
    with transaction.atomic():
        old = Attachment.objects.filter(subject__startswith=f"{DRAFT}:", created_at__lt=before)
        rows = list(old.select_for_update(skip_locked=True)[:limit])
        Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:  # after the commit: a file may outlive its row, never the other way round
        _remove_files(row)
    return len(rows)


def _remove_files(attachment: Attachment) -> None:
    for stored in (attachment.file, attachment.thumbnail):
        if stored.name:
            stored.storage.delete(stored.name)


# --- showing -----------------------------------------------------------------------------------------


def may_read(request: HttpRequest, attachment: Attachment) -> bool:
    """Whether the reader may see a file; asked of the app that owns what the file hangs on."""
    kind, _, pk = attachment.subject.partition(":")
    gate = settings.ATTACHMENT_GATES.get(kind)
    if gate is None:
        return False
    asked: Gate = import_string(gate)
    return asked(request, pk, attachment)


def may_read_draft(request: HttpRequest, subject_pk: str, _attachment: Attachment) -> bool:
    """The gate of drafts: whoever is filling in the form they belong to."""
    return subject_pk in request.session.get(DRAFTS_IN_SESSION, [])
