"""Who is looking at a ticket and who is writing on it, as far as colleagues are told.

It lives in Redis for some seconds and is renewed while a page stays open: nothing to clean up after a crash,
and nothing for the timeline. Without Redis nobody is shown and nothing else suffers.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from redis import RedisError

from accounts.models import User
from core import live
from core.models import key_of
from tickets.models import Ticket

STAYS = 45.0
"""Seconds somebody counts as looking after the last sign of life; pages send one every 20 s."""

TYPES = 8.0
"""Seconds somebody counts as writing after the last letter."""


class Doing(StrEnum):
    """What a page says of its reader."""

    LOOKING = "looking"
    REPLYING = "replying"
    NOTING = "noting"
    LEFT = "left"


@dataclass(frozen=True)
class Present:
    """A colleague on the ticket's page."""

    member: User
    doing: Doing

    @property
    def is_writing(self) -> bool:
        return self.doing != Doing.LOOKING


def note(ticket: Ticket, doing: Doing, *, by: User) -> None:
    """Remember what a member does on a ticket's page, and tell the others when it is something new."""
    now = time.time()
    try:
        before = _doings(ticket, now).get(by.pk, Doing.LEFT)
        _store(ticket, by, doing, now)
    except (RedisError, OSError):
        return
    if before != doing:
        live.publish(key_of(ticket), "presence", by=f"user:{by.pk}")


def others(ticket: Ticket, *, than: User) -> Sequence[Present]:
    """The colleagues who are on the ticket's page now, those who write first."""
    try:
        doings = _doings(ticket, time.time())
    except (RedisError, OSError):
        return ()
    doings.pop(than.pk, None)
    if not doings:
        return ()
    members = User.objects.filter(is_active=True).in_bulk(list(doings))
    found = [Present(member, doings[pk]) for pk, member in members.items()]
    return sorted(found, key=lambda one: (not one.is_writing, one.member.display_name))


def _key(ticket: Ticket, doing: Doing) -> str:
    return f"presence:{doing}:{ticket.pk}"


def _store(ticket: Ticket, by: User, doing: Doing, now: float) -> None:
    lasting = {Doing.LOOKING: STAYS, Doing.REPLYING: TYPES, Doing.NOTING: TYPES}
    with live.redis().pipeline(transaction=True) as pipe:
        for one, seconds in lasting.items():
            key = _key(ticket, one)
            if one == doing or (one == Doing.LOOKING and doing != Doing.LEFT):
                pipe.zadd(key, {str(by.pk): now + seconds})
                pipe.expire(key, int(STAYS) + 1)
            else:
                pipe.zrem(key, str(by.pk))
        pipe.execute()


def _doings(ticket: Ticket, now: float) -> dict[int, Doing]:
    """What each member does; who writes counts as writing, not as looking."""
    shown = (Doing.LOOKING, Doing.NOTING, Doing.REPLYING)
    with live.redis().pipeline(transaction=False) as pipe:
        for doing in shown:
            pipe.zrangebyscore(_key(ticket, doing), now, "+inf")
        found = pipe.execute()
    return {int(pk): doing for doing, pks in zip(shown, found, strict=True) for pk in pks}
