"""What happened on a ticket in the order it happened: messages as bubbles, events as quiet lines between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from core import events
from core.models import Attachment, Event, key_of
from customers.access import Portal
from tickets import access, merged, queries
from tickets.models import Message, Ticket
from tickets.states import Channel, Visibility

SHOWN = 60
"""So many of the latest messages are on the page; earlier ones are a click away."""

FOLDED_FROM = 4
"""So many events in a row become one line that unfolds."""

SAID = frozenset({"message.sent", "message.noted", "message.called"})
WRITTEN_HERE = ("form:", "held:")
"""How the keys of replies begin that were written on a page."""

QUIET = frozenset({"reply.held", "reply.undone", "ticket.followed", "ticket.unfollowed", "member.mentioned"})
"""What is shown while it lasts, and is no news afterwards."""


@dataclass(frozen=True)
class Said:
    """A message with its files; `merged_from` is the number of the merged ticket it was said on."""

    message: Message
    files: Sequence[Attachment]
    merged_from: str = ""
    mark: Any = None
    """How far an answer got on its way; told by whoever brings it there."""

    @property
    def is_note(self) -> bool:
        return self.message.visibility == Visibility.INTERNAL

    @property
    def came_by_mail(self) -> bool:
        """Whether there is a mail it was taken from; a reply written here has a key of another kind."""
        key = self.message.external_id
        is_mail = self.message.channel == Channel.EMAIL and not self.is_note
        return is_mail and bool(key) and not key.startswith(WRITTEN_HERE)

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
    """Entries, oldest first; `seen` is the newest event; `has_earlier`: the beginning is left out.

    `is_joined` says that other tickets were merged into this one.
    """

    entries: Sequence[Entry]
    seen: int
    has_earlier: bool = False
    is_joined: bool = False

    @property
    def messages(self) -> list[Message]:
        """What was said, without what happened."""
        return [entry.message for entry in self.entries if isinstance(entry, Said)]

    @property
    def newest(self) -> int | None:
        """The key of the last message."""
        said = self.messages
        return said[-1].pk if said else None


def of(ticket: Ticket, *, everything: bool = False) -> Conversation:
    """The conversation for staff: its latest part, or all of it."""
    family = merged.family(ticket)
    said = Message.objects.filter(ticket__in=family).order_by("-pk")
    messages = list(said if everything else said[: SHOWN + 1])
    has_earlier = not everything and len(messages) > SHOWN
    messages = sorted(messages if everything else messages[:SHOWN], key=lambda message: message.pk)
    happened = list(_timeline(ticket, family))
    since = messages[0].created_at if has_earlier else None
    shown = [event for event in happened if since is None or event.at >= since]
    entries = _entries(ticket, messages, shown, _marks(messages))
    return Conversation(entries, _newest(happened), has_earlier, is_joined=len(family) > 1)


def since(ticket: Ticket, seen: int) -> Conversation:
    """What is new after an event one has seen; for staff."""
    family = merged.family(ticket)
    happened = list(_timeline(ticket, family).filter(pk__gt=seen))
    pks = [event.data["message"] for event in happened if event.kind.startswith("message.")]
    messages = list(Message.objects.filter(ticket__in=family, pk__in=pks)) if pks else []
    told = _entries(ticket, messages, happened, _marks(messages))
    return Conversation(told, _newest(happened) or seen)


def for_customer(ticket: Ticket, portal: Portal | None = None) -> Conversation:
    """Everything a customer may read of a ticket; with a visitor, of what they may see."""
    public = _timeline(ticket, merged.family(ticket)).filter(public=True)
    happened = [event for event in public if not event.kind.startswith(("message.", "ticket.opened"))]
    said = list(access.messages_of(ticket, portal))
    return Conversation(_entries(ticket, said, happened, {}), _newest(happened))


def _timeline(ticket: Ticket, family: Sequence[int]) -> QuerySet[Event]:
    """What happened to a ticket, and to what hangs on those merged into it: cases, surveys, visits."""
    members = [f"ticket:{pk}" for pk in family[1:]]
    if not members:
        return events.timeline(ticket)
    own = (
        Q(subject__startswith="ticket:") | Q(subject__startswith="message:") | Q(subject__startswith="clock:")
    )
    theirs = Q(thread__in=members) & ~own
    return Event.objects.filter(Q(thread=key_of(ticket)) | theirs).order_by("pk")


def _newest(happened: Sequence[Event]) -> int:
    return happened[-1].pk if happened else 0


def _marks(messages: Sequence[Message]) -> Mapping[int, Any]:
    """What the floor above knows of the way of each message."""
    return import_string(settings.MESSAGE_MARKS)(messages) if messages else {}


def _entries(
    ticket: Ticket, messages: Sequence[Message], happened: Iterable[Event], marks: Mapping[int, Any]
) -> list[Entry]:
    files, numbers = queries.files_of(messages), _numbers(ticket, messages)
    said = [
        (
            message.created_at,
            0,
            message.pk,
            Said(
                message,
                files.get(message.pk, ()),
                numbers.get(message.ticket_id, ""),
                marks.get(message.pk),
            ),
        )
        for message in messages
    ]
    told = [(event.at, 1, event.pk, event) for event in happened if _is_told(event)]
    return list(_folded(sorted([*said, *told], key=lambda entry: entry[:3])))


def _numbers(ticket: Ticket, messages: Iterable[Message]) -> dict[int, str]:
    """The numbers of merged tickets on which some of the messages were said."""
    others = {message.ticket_id for message in messages} - {ticket.pk}
    return dict(Ticket.objects.filter(pk__in=others).values_list("pk", "number")) if others else {}


def _is_told(event: Event) -> bool:
    """Whether an event is a line of its own: a message speaks for itself, unless it changed the status."""
    if event.kind == "ticket.opened":
        return "follow_up_of" in event.data or "proven" in event.data
    if event.kind in SAID or event.kind in QUIET:
        return False
    return event.kind != "message.received" or "was" in event.data


def _folded(entries: Iterable[tuple[datetime, int, int, Said | Event]]) -> Iterator[Entry]:
    for is_event, group in groupby(entries, key=lambda entry: isinstance(entry[3], Event)):
        if is_event:
            yield Happened([entry[3] for entry in group if isinstance(entry[3], Event)])
        else:
            yield from (entry[3] for entry in group if isinstance(entry[3], Said))
