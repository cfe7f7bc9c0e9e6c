"""Arithmetic of a chat: when it is given up, who hears of it, what a key looks like."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median

from channels.chat.states import ChatState

BODY_LENGTH = 4000
"""So many letters fit into one message of a chat."""

GONE_AFTER = timedelta(minutes=2)
"""Whose page has not asked for news for so long has left."""

PATIENCE = timedelta(minutes=10)
"""So long a customer waits for somebody; then it goes on by mail."""

IDLE_AFTER = timedelta(minutes=30)
"""So long both may be silent before the chat is over."""

KEPT_FOR = timedelta(hours=24)
"""So long a chat that goes on by mail can be taken up again without asking."""

NOTED_EVERY = timedelta(seconds=15)
"""A sign of life is written down so often at most."""

BLOCKED_FOR = timedelta(hours=24)
OPEN_PER_ORIGIN = 8
"""So many chats may be open at once from one address: a household, an office."""

SCORES = range(1, 6)
CAPACITY = 3
"""So many chats at once, unless a member says otherwise."""

RINGS_AGAIN_AFTER = timedelta(seconds=60)
"""Whoever let a chat ring is not rung for it again so soon."""

SECONDS = {
    "ring_seconds": range(10, 121),
    "widen_seconds": range(601),
    "gone_seconds": range(75, 601),
    "missed_at_most": range(1, 11),
}
"""What may be set of the giving of chats."""

ENOUGH_TO_TELL = 3
"""From so many chats on it is told how long the next will wait."""

SOON = timedelta(hours=1)
"""A promise for so soon is told in minutes, a later one as a date and time."""

LONG_WAIT = 5
"""Whoever will wait more minutes is advised to leave a message."""

_REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,60}")


def is_key(text: str) -> bool:
    """Whether a text can be the name that a browser gives to what it sends."""
    return bool(_KEY.fullmatch(text))


def is_reference(text: str) -> bool:
    """Whether a text can be the reference of a chat."""
    return bool(_REFERENCE.fullmatch(text))


def turning(
    state: str, *, waiting_since: datetime, seen_at: datetime, last_message_at: datetime
) -> tuple[datetime, ChatState] | None:
    """What becomes of a chat in which nothing more happens, and when; None for one that is over."""
    match state:
        case ChatState.WAITING:
            return min(seen_at + GONE_AFTER, waiting_since + PATIENCE), ChatState.AWAY
        case ChatState.ACTIVE:
            gone = seen_at + GONE_AFTER, ChatState.AWAY
            silent = last_message_at + IDLE_AFTER, ChatState.ENDED
            return min(gone, silent)
        case ChatState.AWAY:
            return last_message_at + KEPT_FOR, ChatState.ENDED
    return None


def is_here(state: str, seen_at: datetime, at: datetime) -> bool:
    """Whether the customer is looking at the chat now."""
    return state in (ChatState.WAITING, ChatState.ACTIVE) and was_seen(seen_at, at)


def was_seen(seen_at: datetime, at: datetime) -> bool:
    """Whether a page that gave its last sign of life then was still open at an instant."""
    return at < seen_at + GONE_AFTER


def is_online(seen_at: datetime | None, gone: timedelta, at: datetime) -> bool:
    """Whether the pages of a member gave a sign of life not longer than `gone` ago."""
    return seen_at is not None and at < seen_at + gone


def passed(passed_by: Sequence[int], last_ring: datetime | None, at: datetime) -> frozenset[int]:
    """Who let a chat ring so lately that it does not ring for them again yet."""
    if last_ring is None or at >= last_ring + RINGS_AGAIN_AFTER:
        return frozenset()
    return frozenset(passed_by)


def expected_wait(place: int, lasting: Sequence[timedelta], places: int) -> timedelta | None:
    """How long somebody at that place in line waits while all are in conversation; None: not known yet.

    Of `places` chats at once, each as long as the median of the latest (`lasting`), one ends every so often.
    """
    if len(lasting) < ENOUGH_TO_TELL or places < 1:
        return None
    usual = median(one.total_seconds() for one in lasting)
    return timedelta(seconds=place * usual / places)


def whole_minutes(wait: timedelta) -> int:
    """A wait as it is told: minutes, rounded up, at least one."""
    return max(1, -(-wait // timedelta(minutes=1)))
