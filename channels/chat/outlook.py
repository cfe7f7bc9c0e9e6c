"""How long somebody will wait, from how long chats have lasted lately."""

from datetime import datetime, timedelta

from django.db.models import F

from channels.chat import rules
from channels.chat.desk import Desk, desk
from channels.chat.states import ChatState
from channels.models import ChatSession

LATEST = 20
"""From so many chats it is told how long the next will wait."""


def of_next(there: Desk) -> int | None:
    """How many minutes whoever begins now will wait; None while somebody has room, or not known."""
    if there.has_room():
        return None
    return _told(ChatSession.objects.waiting().count() + 1, there)


def of_waiting(place: int, *, at: datetime) -> int | None:
    """The same for somebody at a place in line."""
    there = desk(at)
    return None if there.has_room() else _told(place, there)


def _told(place: int, there: Desk) -> int | None:
    wait = rules.expected_wait(place, _lasting(), there.places)
    return None if wait is None else rules.whole_minutes(wait)


def _lasting() -> list[timedelta]:
    """How long the latest chats lasted, from being taken to the last word."""
    over = ChatSession.objects.filter(state=ChatState.ENDED, last_message_at__gt=F("accepted_at"))
    spans = over.order_by("-pk").values_list("accepted_at", "last_message_at")[:LATEST]
    return [last - accepted for accepted, last in spans if accepted]
