"""Making tickets of what other systems sent: files fetched first, then everything of a message at once."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from channels.actions import calling, delivering, placing
from channels.adapters import adapter_of
from channels.connection_states import InboundState
from channels.fetching import LATER, NotThere, TooLarge
from channels.models import Connection, InboundDelivery
from channels.reading import Incoming, Media, Reading, TryLater, Unreadable
from core import clock, events, files, words
from core.actors import SYSTEM, Actor
from core.errors import Refused
from core.models import Attachment
from core.public_web import NotAllowed
from tickets.models import Message

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
LEASE = timedelta(minutes=3)
PATIENT_ATTEMPTS = 3
"""So often a file is asked for that does not come; then the message goes on its way without it."""

MOST_FILES = 10


def work_due(*, limit: int = 50) -> int:
    """Work on calls whose turn has come; returns how many were taken up."""
    for done in range(limit):
        row = _claim(clock.now())
        if row is None:
            return done
        work(row)
    return limit


@transaction.atomic
def _claim(at: datetime) -> InboundDelivery | None:
    row = InboundDelivery.objects.due(at).select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        row.attempts += 1
        row.next_attempt_at = at + LEASE
        row.save(update_fields=["attempts", "next_attempt_at"])
    return row


def work(row: InboundDelivery) -> None:
    """Take in one call. What cannot be understood is kept for a person; what failed is tried again."""
    try:
        reading = adapter_of(row.connection).read(row.connection, row.body)
        numbers, refused = _take_in(row, reading)
    except (Unreadable, Refused) as error:
        _finish(row, InboundState.FAILED, error=_told(error))
    except Exception as error:  # a database or a network can fail in any way; the row remembers
        log.warning("call %s was not taken in: %s", row.pk, error)
        _try_again(row, error)
    else:
        _finish(
            row,
            InboundState.FAILED if refused else _state_of(reading),
            error="; ".join([*reading.problems, *refused])[:2000],
            result={"tickets": numbers, "skipped": list(reading.skipped)[:20]},
        )


def _state_of(reading: Reading) -> InboundState:
    """What was not understood waits for a person, whatever was taken in beside it."""
    if reading.problems:
        return InboundState.FAILED
    nothing = not (reading.messages or reading.receipts or reading.calls)
    return InboundState.IGNORED if nothing else InboundState.DONE


def _told(error: Exception) -> str:
    return words.refusal(error) if isinstance(error, Refused) else str(error)[:2000]


def _take_in(row: InboundDelivery, reading: Reading) -> tuple[list[str], list[str]]:
    """Everything a call said: the numbers of the tickets it came to, and why some of it came to none."""
    numbers, refused = list[str](), list[str]()
    for incoming in reading.messages:
        try:
            message = _place(row, incoming)
        except Refused as error:
            with translation.override(row.connection.language):
                refused.append(f"{incoming.id}: {_told(error)}")
            continue
        if message is not None and message.ticket.number not in numbers:
            numbers.append(message.ticket.number)
    for news in reading.calls:
        calling.note_call(row.connection, news)
    unknown = [one for one in reading.receipts if not delivering.note_receipt(row.connection, one)]
    if unknown and row.attempts < PATIENT_ATTEMPTS:  # it may have come before we noted what it is about
        raise TryLater(f"no such message: {unknown[0].provider_id}")
    return numbers, refused


def _place(row: InboundDelivery, incoming: Incoming) -> Message | None:
    connection = row.connection
    if placing.known(connection, incoming.id) is not None:
        return placing.place(connection, incoming, body=incoming.text)
    kept, lost = _fetched(row, incoming.media)
    body = "\n".join(filter(None, [incoming.text, *lost]))
    return placing.place(connection, incoming, body=body, files=kept)


# --- files -------------------------------------------------------------------------------------------


def _fetched(row: InboundDelivery, media: Sequence[Media]) -> tuple[list[Attachment], list[str]]:
    """The files of a message under a draft of their own, and a sentence for each that did not come."""
    draft, kept, lost = f"{files.DRAFT}:{uuid4()}", list[Attachment](), list[str]()
    with translation.override(row.connection.language):
        for one in media[:MOST_FILES]:
            try:
                kept.append(_stored(row.connection, one, draft))
            except (TryLater, *LATER):
                if row.attempts < PATIENT_ATTEMPTS:
                    raise
                lost.append(_lost(one, _("it could not be fetched")))
            except (NotAllowed, TooLarge, NotThere, Refused) as error:
                lost.append(_lost(one, _why(error)))
        lost += [_lost(one, _("there are too many")) for one in media[MOST_FILES:]]
    return kept, lost


def _stored(connection: Connection, media: Media, draft: str) -> Attachment:
    limit = max(settings.FILE_SIZE_LIMITS.values())
    got = adapter_of(connection).fetch(connection, media, limit=limit)
    kind = got.content_type or "application/octet-stream"
    upload = files.brought(got.content, name=got.name or media.name, content_type=kind)
    return files.store(upload, subject=draft, by=SYSTEM, public=True)


def _lost(media: Media, why: str) -> str:
    return _("[A file is missing here: %(name)s – %(why)s]") % {"name": media.name or "?", "why": why}


def _why(error: Exception) -> str:
    match error:
        case Refused():
            return words.refusal(error)
        case TooLarge():
            return _("it is too large")
        case NotAllowed():
            return _("its address is not one of the public internet")
    return _("it is no longer there")


# --- the row -----------------------------------------------------------------------------------------


def _finish(
    row: InboundDelivery, state: InboundState, *, error: str = "", result: dict[str, object] | None = None
) -> None:
    row.state, row.error, row.result = state, error, result or {}
    row.processed_at = clock.now()
    row.save(update_fields=["state", "error", "result", "processed_at"])


def _try_again(row: InboundDelivery, error: Exception) -> None:
    if row.attempts >= MAX_ATTEMPTS:
        return _finish(row, InboundState.FAILED, error=str(error)[:2000])
    row.error = str(error)[:2000]
    row.next_attempt_at = clock.now() + timedelta(seconds=5) * 3**row.attempts
    row.save(update_fields=["error", "next_attempt_at"])
    return None


@transaction.atomic
def retry(row: InboundDelivery, *, by: Actor) -> InboundDelivery:
    """Give a call that failed another round; any other is left as it is."""
    row = InboundDelivery.objects.select_for_update().get(pk=row.pk)
    if row.state in (InboundState.FAILED, InboundState.DISMISSED) and row.body:
        row.state, row.attempts, row.next_attempt_at = InboundState.WAITING, 0, clock.now()
        row.save(update_fields=["state", "attempts", "next_attempt_at"])
        events.record("inbound.retried", row, by=by)
    return row


@transaction.atomic
def dismiss(row: InboundDelivery, *, by: Actor) -> InboundDelivery:
    """Put a call aside of which nothing can be made; twice changes nothing."""
    row = InboundDelivery.objects.select_for_update().get(pk=row.pk)
    if row.state == InboundState.FAILED:
        row.state = InboundState.DISMISSED
        row.save(update_fields=["state"])
        events.record("inbound.dismissed", row, by=by)
    return row


def forget_bodies(at: datetime) -> int:
    """Wipe what was sent once it has long been on its ticket; the row and its digest stay."""
    before = at - timedelta(days=settings.CHANNEL_BODIES_KEPT_DAYS)
    done = InboundDelivery.objects.filter(processed_at__lt=before).exclude(body="")
    done = done.filter(state__in=[InboundState.DONE, InboundState.IGNORED, InboundState.DISMISSED])
    return done.update(body="")


def numbers_of(row: InboundDelivery) -> Iterator[str]:
    """The tickets a call came to."""
    yield from row.result.get("tickets", ())
