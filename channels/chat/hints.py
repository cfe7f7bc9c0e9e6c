"""Telling open pages that there is something to fetch. A hint carries nothing that must not be lost."""

from django.core.cache import cache

from channels.models import ChatSession
from core import live

STAFF, CUSTOMER = "staff", "customer"
TYPING_SECONDS = 6

DESK = "chats:all"
"""The topic of everybody who looks at the board of chats."""

KIND = "chat"


def topic_of(session: ChatSession) -> str:
    """What the pages of one chat listen to."""
    return f"chat:{session.reference}"


def _desk_topic(session: ChatSession) -> str:
    """What the pages of its ticket listen to."""
    return f"ticket:{session.ticket_id}"


def changed(session: ChatSession) -> None:
    """Something was said, read or done in a chat."""
    live.publish(topic_of(session), KIND)
    live.publish(_desk_topic(session), KIND)
    live.publish(DESK, KIND)


def read(session: ChatSession, side: str) -> None:
    """One side has read on: the other one sees that."""
    if side == CUSTOMER:
        live.publish(_desk_topic(session), KIND)
    else:
        live.publish(topic_of(session), KIND)
        live.publish(DESK, KIND)


def rings(member: int) -> None:
    """A chat rings for a member of staff, or rings no more."""
    live.publish(f"user:{member}", "ring")


def desk_changed() -> None:
    """Somebody came to the desk or left it."""
    live.publish(DESK, KIND)


def typing(session: ChatSession, side: str) -> None:
    """One side is writing; the mark goes away by itself."""
    cache.set(_key(session, side), True, TYPING_SECONDS)
    live.publish(topic_of(session) if side == STAFF else _desk_topic(session), KIND)


def silent(session: ChatSession, side: str) -> None:
    """One side has sent what it wrote."""
    cache.delete(_key(session, side))


def is_typing(session: ChatSession, side: str) -> bool:
    """Whether that side is writing at this moment."""
    return bool(cache.get(_key(session, side)))


def _key(session: ChatSession, side: str) -> str:
    return f"chat:typing:{session.pk}:{side}"
