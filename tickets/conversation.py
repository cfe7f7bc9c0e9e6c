"""What happened on a ticket in the order it happened: messages as bubbles, events as quiet lines between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core import events
from core.models import Attachment, Event
from tickets import access, queries
from tickets.models import Message, Ticket
from tickets.states import Visibility

SHOWN = 60
"""So many of the latest messages are on the page; earlier ones are a click away."""

FOLDED_FROM = 4
"""So many events in a row become one line that unfolds."""

SAID = frozenset({"message.sent", "message.noted", "message.called"})


@dataclass(frozen=True)
class Said:
    """A message with its files."""

    message: Message
    files: Sequence[Attachment]
    mark: Any = None
    """How far an answer got on its way; told by whoever brings it there."""

    @property
    def is_note(self) -> bool:
        return self.message.visibility == Visibility.INTERNAL

    @property
    def is_ours(self) -> bool:
        return not self.message.is_from_customer


@dataclass(frozen=True)
class Happened:
    """Events in a row; `folded` says that they are many."""

    events: Sequence[Event]

    @property
    def folded(self) -> bool:
        return len(self.events) >= FOLDED_FROM

    @property
    def last(self) -> Event:
        return self.events[-1]


Entry = Said | Happened


@dataclass(frozen=True)
class Conversation:
    """Entries, oldest first; `seen` is the newest event; `has_earlier`: the beginning is left out."""

    entries: Sequence[Entry]
    seen: int
    has_earlier: bool = False

    @property
    def newest(self) -> int | None:
        """The key of the last message."""
        said = [entry.message.pk for entry in self.entries if isinstance(entry, Said)]
        return said[-1] if said else None


def of(ticket: Ticket, *, everything: bool = False) -> Conversation:
    """The conversation for staff: its latest part, or all of it."""
    said = ticket.messages.order_by("-pk")
    messages = list(said if everything else said[: SHOWN + 1])
    has_earlier = not everything and len(messages) > SHOWN
    messages = sorted(messages if everything else messages[:SHOWN], key=lambda message: message.pk)
    happened = list(events.timeline(ticket))
    since = messages[0].created_at if has_earlier else None
    shown = [event for event in happened if since is None or event.at >= since]
    return Conversation(_entries(messages, shown, _marks(messages)), _newest(happened), has_earlier)


def since(ticket: Ticket, seen: int) -> Conversation:
    """What is new after an event one has seen; for staff."""
    happened = list(events.timeline(ticket).filter(pk__gt=seen))
    pks = [event.data["message"] for event in happened if event.kind.startswith("message.")]
    messages = list(ticket.messages.filter(pk__in=pks)) if pks else []
    return Conversation(_entries(messages, happened, _marks(messages)), _newest(happened) or seen)


def for_customer(ticket: Ticket) -> Conversation:
    """Everything a customer may read of a ticket."""
    public = events.timeline(ticket, public_only=True)
    happened = [event for event in public if not event.kind.startswith(("message.", "ticket.opened"))]
    return Conversation(_entries(list(access.messages_of(ticket)), happened, {}), _newest(happened))


def _newest(happened: Sequence[Event]) -> int:
    return happened[-1].pk if happened else 0


def _marks(messages: Sequence[Message]) -> Mapping[int, Any]:
    """What the floor above knows of the way of each message."""
    return import_string(settings.MESSAGE_MARKS)(messages) if messages else {}


def _entries(messages: Sequence[Message], happened: Iterable[Event], marks: Mapping[int, Any]) -> list[Entry]:
    files = queries.files_of(messages)
    said = [
        (
            message.created_at,
            0,
            message.pk,
            Said(message, files.get(message.pk, ()), marks.get(message.pk)),
        )
        for message in messages
    ]
    told = [(event.at, 1, event.pk, event) for event in happened if _is_told(event)]
    return list(_folded(sorted([*said, *told], key=lambda entry: entry[:3])))


def _is_told(event: Event) -> bool:
    """Whether an event is a line of its own: a message speaks for itself, unless it changed the status."""
    if event.kind == "ticket.opened":
        return "follow_up_of" in event.data or "proven" in event.data
    if event.kind in SAID:
        return False
    return event.kind != "message.received" or "was" in event.data


def _folded(entries: Iterable[tuple[datetime, int, int, Said | Event]]) -> Iterator[Entry]:
    for is_event, group in groupby(entries, key=lambda entry: isinstance(entry[3], Event)):
        if is_event:
            yield Happened([entry[3] for entry in group if isinstance(entry[3], Event)])
        else:
            yield from (entry[3] for entry in group if isinstance(entry[3], Said))
