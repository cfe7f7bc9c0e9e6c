"""Telling open pages that something changed.

What is published is a hint: which topic, what kind of thing happened, a small fact or two. Pages answer a
hint by asking the server for the part it is about, so nobody learns anything here that they may not see,
and a hint that gets lost costs a few seconds and never a change. Topics are "<what>:<which>":
"ticket:<pk>", "inbox:all", "user:<pk>".
"""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.module_loading import import_string
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.actors import Actor

log = logging.getLogger(__name__)

CHANNEL = "live"
SALT = "core.live"
TOKEN_SECONDS = 600
PATIENCE = 0.5
"""Seconds a verb waits for Redis at most; then nobody tries again for `SILENCE` seconds."""

SILENCE = 3.0
MOST_AT_ONCE = 500
"""More hints than this in one transaction say nothing that "look at everything again" does not."""

_silence: dict[str, float] = {"until": 0.0}


class BadToken(Exception):
    """The token was not made here, or its time is over."""


class Listening(NamedTuple):
    """What a token opens: topics, until a moment in seconds since 1970."""

    topics: frozenset[str]
    until: float


# --- saying ------------------------------------------------------------------------------------------


def publish(topic: str, kind: str, **data: Any) -> None:
    """Tell the pages that listen to `topic`, once the transaction has committed; nothing on rollback.

    `data` are plain JSON facts that everybody who may open the topic may know. Never raises: without Redis
    pages ask by themselves from time to time.
    """
    line = {"topic": topic, "kind": kind, **data}
    connection = transaction.get_connection()
    if connection.in_atomic_block and connection.run_on_commit:
        savepoints, waiting = connection.run_on_commit[-1][:2]
        if isinstance(waiting, _Batch) and savepoints == set(connection.savepoint_ids):
            waiting.add(line)
            return
    transaction.on_commit(_Batch(line), robust=True)


def tell_of(kind: str, thread: str, by: Actor) -> None:
    """Tell the pages that show the thread of an event, and those that list such threads."""
    model, _, _pk = thread.partition(":")
    if model not in settings.LIVE_THREADS:
        return
    facts = {"event": kind, "by": f"{by.actor_kind}:{by.pk or ''}"}
    publish(thread, "changed", **facts)
    for topic in settings.LIVE_THREADS[model]:
        publish(topic, "row", thread=thread, **facts)


class _Batch:
    """What one transaction says, sent in one go; the same hint is said once."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        self.lines = [json.dumps(line)]

    def add(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line)
        if len(self.lines) <= MOST_AT_ONCE and text not in self.lines[-8:]:
            self.lines.append(text)

    def __call__(self) -> None:
        send(self.lines)


def send(lines: Iterable[str]) -> None:
    """Hand hints to Redis now. Where that fails it is logged and the verb goes on."""
    told = list(lines)
    if len(told) > MOST_AT_ONCE:
        told = [json.dumps({"topic": "*", "kind": "resync"})]
    if time.monotonic() < _silence["until"]:
        return
    try:
        redis().publish(CHANNEL, f"[{','.join(told)}]")
    except (RedisError, OSError) as error:
        _silence["until"] = time.monotonic() + SILENCE
        log.warning("open pages were not told of a change: %s", error)


@cache
def redis() -> Redis:
    """The connections that hints and presence go through; they give up quickly."""
    return Redis.from_url(
        settings.LIVE_URL,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


# --- who may listen ----------------------------------------------------------------------------------


def token(topics: Iterable[str], *, for_seconds: int = TOKEN_SECONDS) -> str:
    """A signed ticket to the stream for those who may listen to `topics`; the caller has checked that."""
    return signing.dumps({"t": sorted(topics), "u": int(time.time()) + for_seconds}, salt=SALT, compress=True)


def topics(token: str) -> frozenset[str]:
    """The topics a token opens now. Raises `BadToken`."""
    return opened(token).topics


def opened(token: str, *, even_late: bool = False) -> Listening:
    """What a token opens and until when; `even_late` reads one whose time is over. Raises `BadToken`."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise BadToken from error
    if said["u"] < time.time() and not even_late:
        raise BadToken
    return Listening(frozenset(said["t"]), said["u"])


def allowed(request: HttpRequest, wanted: Iterable[str]) -> list[str]:
    """Those of the topics that the reader of a page may listen to now."""
    return [topic for topic in wanted if _may_listen(request, topic)]


def _may_listen(request: HttpRequest, topic: str) -> bool:
    what, _, which = topic.partition(":")
    gate = settings.LIVE_GATES.get(what)
    return bool(gate and import_string(gate)(request, which))
