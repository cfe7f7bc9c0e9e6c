"""The stream of hints to open pages: Server-Sent Events, beside Django and not through it.

One Redis subscription per process; each page has a short queue of its own. A page that reads too slowly is
told to look at everything again and let go, so that nobody's slowness becomes our memory. A stream ends with
its token; the page gets a new one, for which its rights are looked at again, and comes back.
"""

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from redis import RedisError
from redis.asyncio import Redis

from core import live

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PATH = "/live/"
EVERYBODY = "*"
ROOM = 100
"""So many hints wait for a slow page."""

PING_EVERY = 15.0
SLOWEST = 20.0
"""Seconds after which a page that takes nothing is let go."""

LONGEST_PAUSE = 5.0

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def framed(kind: str, **data: Any) -> str:
    """A hint to one page about the stream itself."""
    return json.dumps({"kind": kind, **data})


class Page:
    """One open page: what it listens to and what it has not been sent yet."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.waiting: asyncio.Queue[str] = asyncio.Queue(ROOM)
        self.is_late = False

    def put(self, line: str) -> None:
        """Keep a hint for it; one too many replaces all of them."""
        if self.is_late:
            return
        try:
            self.waiting.put_nowait(line)
        except asyncio.QueueFull:
            self.is_late = True
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(framed("resync"))

    async def next(self, patience: float) -> str:
        """The next hint, "" when none came in time."""
        try:
            return await asyncio.wait_for(self.waiting.get(), patience)
        except TimeoutError:
            return ""


class Hub:
    """All pages of this process, and the one subscription that feeds them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pages: set[Page] = set()
        self.by_topic: defaultdict[str, set[Page]] = defaultdict(set)
        self.is_up = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def open(self, topics: Iterable[str]) -> Page:
        """A page begins to listen."""
        page = Page(topics)
        self.pages.add(page)
        for topic in page.topics:
            self.by_topic[topic].add(page)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        return page

    def close(self, page: Page) -> None:
        """A page is gone; nothing of it stays."""
        self.pages.discard(page)
        for topic in page.topics:
            self.by_topic[topic].discard(page)
            if not self.by_topic[topic]:
                del self.by_topic[topic]

    async def _listen(self) -> None:
        pause = 0.2
        while self.pages:
            try:
                await self._subscribed()
                pause = 0.2
            except (RedisError, OSError) as error:
                log.warning("hints do not come through: %s", error)
            except Exception:  # whatever it is, pages must hear of it and the next attempt is made
                log.exception("hints do not come through")
            self._lost()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _subscribed(self) -> None:
        """Pass on what is published, until the connection breaks or nobody listens any longer."""
        async with (
            Redis.from_url(self.url, socket_timeout=None, socket_connect_timeout=5) as redis,
            redis.pubsub() as subscription,
        ):
            await subscription.subscribe(live.CHANNEL)
            while self.pages:
                message = await subscription.get_message(timeout=PING_EVERY)
                if message is None:
                    await asyncio.wait_for(subscription.ping(), 5)
                elif message["type"] == "subscribe":
                    self._found()
                elif message["type"] == "message":
                    self._pass_on(message["data"])

    def _found(self) -> None:
        self.is_up.set()
        for page in self.pages:
            page.put(framed("resync"))

    def _lost(self) -> None:
        if self.is_up.is_set():
            self.is_up.clear()
            for page in self.pages:
                page.put(framed("down"))

    def _pass_on(self, data: bytes) -> None:
        for line in json.loads(data):
            hearers = self.pages if line["topic"] == EVERYBODY else self.by_topic.get(line["topic"], ())
            text = json.dumps(line)
            for page in tuple(hearers):
                page.put(text)


class Stream:
    """The ASGI application of `/live/`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._hub: Hub | None = None

    @property
    def hub(self) -> Hub:
        if self._hub is None:
            self._hub = Hub(self.url)
        return self._hub

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One page listens until it leaves, its token ends, or it falls behind."""
        try:
            listening = live.opened(_token(scope))
        except live.BadToken:
            await _refuse(send)
            return
        page = self.hub.open(listening.topics)
        gone = asyncio.ensure_future(_left(receive))
        speaking = asyncio.ensure_future(self._speak(page, listening.until, send))
        try:
            await asyncio.wait({gone, speaking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.close(page)
            for task in (gone, speaking):
                task.cancel()
                with suppress(asyncio.CancelledError, TimeoutError, OSError):
                    await task

    async def _speak(self, page: Page, until: float, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _write(send, "retry: 3000\n\n")
        await _write(send, _event(framed("resync" if self.hub.is_up.is_set() else "wait")))
        while (left := until - time.time()) > 0 and not (page.is_late and page.waiting.empty()):
            line = await page.next(min(PING_EVERY, left))
            await _write(send, _event(line) if line else ": still here\n\n")
        await _write(send, "", more=False)


def _token(scope: Message) -> str:
    asked = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
    return asked.get("token", [""])[0]


def _event(line: str) -> str:
    return f"data: {line}\n\n"


async def _write(send: Send, text: str, *, more: bool = True) -> None:
    body = {"type": "http.response.body", "body": text.encode(), "more_body": more}
    await asyncio.wait_for(send(body), SLOWEST)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
