"""Keeping a mail as it came, once, before anything is made of it."""

import os
import re
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from channels.email.charsets import tidy
from channels.models import IncomingMail, Mailbox
from core import clock

GRACE = timedelta(minutes=2)
"""So long whoever took a mail in has to work on it; then the sweep does."""

NAMED = (b"message-id", b"date")
"""What makes it likely that two deliveries are one mail; without both, only the same bytes are."""

COVERED = (*NAMED, b"from", b"to", b"cc", b"subject", b"in-reply-to", b"content-type")


def land(
    raw: bytes, *, source: str, mailbox: Mailbox | None = None, recipient: str = ""
) -> tuple[IncomingMail, bool]:
    """Keep the bytes of a mail and say whether they are new; what is committed here is never lost.

    The same mail again, by whatever way and however many at once, is the row that is there.
    """
    mark = fingerprint(raw)
    if (known := IncomingMail.objects.filter(fingerprint=mark).first()) is not None:
        return known, False
    now = clock.now()
    row = IncomingMail(
        uuid=uuid4(),
        fingerprint=mark,
        sha256=sha256(raw).hexdigest(),
        size=len(raw),
        source=source,
        mailbox=mailbox,
        recipient=tidy(recipient)[:320],
        received_at=now,
        next_attempt_at=now + GRACE,
    )
    row.raw.save(str(row.uuid), ContentFile(raw), save=False)
    _settle_on_disk(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same mail, a moment earlier, in another process
        row.raw.storage.delete(str(row.raw.name))
        return IncomingMail.objects.get(fingerprint=mark), False
    except BaseException:
        row.raw.storage.delete(str(row.raw.name))
        raise
    return row, True


def _settle_on_disk(row: IncomingMail) -> None:
    """Make the bytes outlive a power failure as the row does; other storages see to it themselves."""
    with suppress(NotImplementedError):
        handle = os.open(row.raw.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def fingerprint(raw: bytes) -> str:
    """What makes two deliveries one mail: its names and its body, not what servers add on the way."""
    plain = raw.replace(b"\r\n", b"\n").lstrip()
    head, gap, body = plain.partition(b"\n\n")
    if not gap or not any(_header(head, name) for name in NAMED):
        return sha256(plain.rstrip()).hexdigest()
    digest = sha256()
    for part in (*(_header(head, name) for name in COVERED), body.rstrip()):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _header(head: bytes, name: bytes) -> bytes:
    """The first header of a name, unfolded; b"" for none."""
    found = re.search(rb"(?im)^" + name + rb"[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", head)
    return b" ".join(found[1].split()) if found else b""
