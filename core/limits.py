"""How often something may be tried: counters in the cache, safe when many try at once.

Two windows are counted, the present one whole and the one before it in proportion to how much of
it still lies within reach. Nothing is read before it is counted, so of many parallel tries exactly
as many get through as may.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network
from math import ceil

from django.core.cache import cache
from django.http import HttpRequest

from core import clock
from core.errors import Refused


@dataclass(frozen=True)
class Limit:
    """At most `times` tries `per` span of time. `name` is unique, without spaces."""

    name: str
    times: int
    per: timedelta


class LimitReached(Refused):
    """Too many tries. `wait` is how long until the next one may get through."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("limit.reached", retry_after=ceil(wait.total_seconds()))


def spend(limit: Limit, who: str) -> None:
    """Count one try of `who`; raises `LimitReached` if it is one too many, which then does not count."""
    now = clock.now()
    number, elapsed = divmod(now - datetime(1970, 1, 1, tzinfo=now.tzinfo), limit.per)
    current = _count(_key(limit, who, number), limit.per)
    previous = int(cache.get(_key(limit, who, number - 1), 0))
    wait = waiting_time(limit, previous=previous, current=current, elapsed=elapsed)
    if wait:
        cache.decr(_key(limit, who, number))
        raise LimitReached(wait)


def waiting_time(limit: Limit, *, previous: int, current: int, elapsed: timedelta) -> timedelta:
    """How long the try that made `current` has to wait; nothing if it may pass.

    `elapsed` is how far the present window has run; the window before weighs by what is left of it.
    """
    left = limit.per - elapsed
    if previous * (left / limit.per) + current <= limit.times:
        return timedelta()
    if current <= limit.times:  # it is the window before that weighs; wait until it weighs less
        return max(timedelta(seconds=1), left - limit.per * ((limit.times - current) / previous))
    # After the turn the present window is the one before: wait until it leaves room for one try.
    return left + limit.per * (1 - (limit.times - 1) / limit.times)


def _count(key: str, per: timedelta) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the first try of this window; the key outlives the window it serves
        cache.add(key, 0, timeout=int(per.total_seconds()) * 2 + 1)
        return int(cache.incr(key))


def _key(limit: Limit, who: str, number: int) -> str:
    """A cache key in which the person cannot be read."""
    return f"limit:{limit.name}:{sha256(who.encode()).hexdigest()[:32]}:{number}"


def client_address(request: HttpRequest) -> str:
    """The network a request comes from: an IPv4 address, or the 64 bits of IPv6 one household has."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ip_network(f"{address}/64", strict=False))
