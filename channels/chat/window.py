"""What a customer sees in the window of a chat.

Every message of a ticket is written while its row is locked, so on one ticket a higher key was committed
later: whoever asks for what came after the last key they have misses nothing and gets nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from channels.chat import hints, outlook, rules
from channels.chat.desk import place_in_line
from channels.chat.states import ChatState
from channels.models import ChatSession
from core import clock
from core.models import Attachment
from tickets import queries
from tickets.access import messages_of
from tickets.models import Message
from tickets.states import ClockKind, ClockState

AT_ONCE = 200


@dataclass(frozen=True)
class Line:
    """A message with its files; `key` is the browser's own name for it, "" for what others said."""

    message: Message
    files: Sequence[Attachment]

    @property
    def is_mine(self) -> bool:
        return self.message.is_from_customer

    @property
    def key(self) -> str:
        return self.message.external_id.partition(":")[2] if self.is_mine else ""


@dataclass(frozen=True)
class Window:
    """Messages after the one the browser has, and how things stand."""

    session: ChatSession
    lines: Sequence[Line]
    newest: int
    is_typing: bool
    place: int
    wait: int | None
    answer_by: datetime | None

    @property
    def answer_in(self) -> int | None:
        """How many minutes of a promise for the next hour are left; 0 when it is over."""
        if self.answer_by is None:
            return None
        left = self.answer_by - clock.now()
        if left <= timedelta():
            return 0
        return rules.whole_minutes(left) if left <= rules.SOON else None

    @property
    def is_long(self) -> bool:
        """Whether the customer will wait so long that a message is the better way."""
        return self.wait is not None and self.wait > rules.LONG_WAIT

    @property
    def fingerprint(self) -> str:
        """Changes when anything in the window does."""
        session = self.session
        facts = (
            self.newest,
            session.state,
            session.agent_id,
            session.offered_to_id is not None,
            session.staff_read,
            session.email,
            session.rating,
            self.is_typing,
            self.place,
            self.wait,
            self.answer_in,
        )
        return sha256(repr(facts).encode()).hexdigest()[:16]


def of(session: ChatSession, *, after: int = 0) -> Window:
    """The window with what came after a message; the beginning of a long chat comes in portions."""
    rows = list(messages_of(session.ticket).filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    files = queries.files_of(rows) if rows else {}
    is_waiting = session.state == ChatState.WAITING
    place = place_in_line(session) if is_waiting else 0
    return Window(
        session=session,
        lines=[Line(message, files.get(message.pk, ())) for message in rows],
        newest=rows[-1].pk if rows else after,
        is_typing=hints.is_typing(session, hints.STAFF),
        place=place,
        wait=outlook.of_waiting(place, at=clock.now())
        if is_waiting and session.offered_to_id is None
        else None,
        answer_by=_promised(session) if session.state in (ChatState.WAITING, ChatState.AWAY) else None,
    )


def _promised(session: ChatSession) -> datetime | None:
    """By when somebody answers."""
    running = session.ticket.clocks.filter(
        kind__in=(ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE), state=ClockState.RUNNING
    )
    return running.order_by("due_at").values_list("due_at", flat=True).first()
