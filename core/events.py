"""Recording what happened. Every verb calls `record` exactly once, inside its transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet

from core import clock, live
from core.actors import Actor, System
from core.models import Event, key_of

STORE = """
INSERT INTO core_event (kind, subject, thread, actor_kind, actor_id, actor_name, public, data,
    at, next_attempt_at, attempts, last_error)
SELECT new.kind, new.subject, new.thread, %(actor_kind)s, %(actor_id)s, %(actor_name)s, false,
    new.data::jsonb, %(at)s, %(at)s, 0, ''
FROM unnest(%(kind)s::text[], %(subject)s::text[], %(thread)s::text[], %(data)s::text[])
    WITH ORDINALITY AS new (kind, subject, thread, data, place)
ORDER BY new.place
"""


class Happened(NamedTuple):
    """One event among many of the same moment; `subject` and `thread` are "<model>:<pk>"."""

    kind: str
    subject: str
    thread: str
    data: Mapping[str, Any]


class Recorded(NamedTuple):
    """The actor of an event that is written."""

    actor_kind: str
    pk: int | None
    display_name: str


def record(
    kind: str,
    subject: Model,
    *,
    by: Actor,
    thread: Model | None = None,
    public: bool = False,
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """Write one event and return it; reactions run after the surrounding transaction has committed.

    `kind` is "<noun>.<done>", e.g. "ticket.closed"; `thread` is whose timeline shows it (default: the
    subject); `data` holds plain JSON facts for the sentence and for reactions.
    """
    event = build(kind, subject, by=by, thread=thread, public=public, at=at, **data)
    event.save(force_insert=True)
    live.tell_of(kind, event.thread, by)
    return event


def build(
    kind: str,
    subject: Model,
    *,
    by: Actor,
    thread: Model | None = None,
    public: bool = False,
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """The event that `record` would write, for sweeps that write many at once with `record_all`."""
    moment = at or clock.now()
    if isinstance(by, System) and by.origin:
        data["origin"] = dict(by.origin)
    return Event(
        kind=kind,
        subject=key_of(subject),
        thread=key_of(thread or subject),
        actor_kind=by.actor_kind,
        actor_id=by.pk,
        actor_name=by.display_name,
        public=public,
        data=data,
        at=moment,
        next_attempt_at=moment,
    )


def record_all(built: Iterable[Event]) -> list[Event]:
    """Write many built events in one statement."""
    return [_told(event) for event in Event.objects.bulk_create(built)]


def _told(event: Event) -> Event:
    live.tell_of(event.kind, event.thread, Recorded(event.actor_kind, event.actor_id, event.actor_name))
    return event


def record_many(happened: Sequence[Happened], *, by: Actor, at: datetime) -> None:
    """Write internal events of one moment by the thousand, in their order, much faster than `record_all`."""
    columns = [list(column) for column in zip(*happened, strict=True)]
    columns[-1] = [json.dumps(data) for data in columns[-1]]
    facts = {"actor_kind": by.actor_kind, "actor_id": by.pk, "actor_name": by.display_name, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(STORE, facts | dict(zip(Happened._fields, columns, strict=True)))
    for one in happened:
        live.tell_of(one.kind, one.thread, by)


def timeline(thread: Model, *, public_only: bool = False) -> QuerySet[Event]:
    """Events of a thread, oldest first; `public_only` for a customer's eyes."""
    events = Event.objects.filter(thread=key_of(thread)).order_by("pk")
    return events.filter(public=True) if public_only else events


def history(subject: Model, *, kinds: Iterable[str] | None = None) -> QuerySet[Event]:
    """Events that happened to one row, oldest first."""
    events = Event.objects.filter(subject=key_of(subject)).order_by("pk")
    return events.filter(kind__in=list(kinds)) if kinds is not None else events
