"""The stream: what is published reaches who listens, slow pages are let go, and it survives Redis."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aftersales.live import ROOM, Hub, Stream
from core import live

TIMEOUT = 10


class Listener:
    """An open page, spoken to as a server speaks to an application."""

    def __init__(self, stream: Stream, token: str) -> None:
        self.status = 0
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        self.may_read = asyncio.Event()
        self.may_read.set()
        self.gone = asyncio.Event()
        scope = {"type": "http", "path": "/live/", "query_string": f"token={token}".encode()}
        self.task = asyncio.ensure_future(stream(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.may_read.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message.get("body"):
            self.sent.put_nowait(message["body"].decode())

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next hint of a kind; whatever comes before it is passed over."""
        async with asyncio.timeout(TIMEOUT):
            while True:
                text = await self.sent.get()
                if text.startswith("data: "):
                    line: dict[str, Any] = json.loads(text.removeprefix("data: "))
                    if line["kind"] == kind:
                        return line

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, TIMEOUT)


def running(test: Callable[[], Awaitable[None]]) -> None:
    """Run it in a loop and a thread of its own: the browser's driver keeps a loop in the main one."""

    async def within_a_minute() -> None:
        async with asyncio.timeout(60):
            await test()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, within_a_minute()).result()


def say(topic: str, kind: str = "changed", **data: Any) -> None:
    live.send([json.dumps({"topic": topic, "kind": kind, **data})])


@pytest.fixture
def stream(settings: Any) -> Stream:
    return Stream(settings.LIVE_URL)


def test_a_hint_reaches_those_who_listen_to_its_topic(stream: Stream) -> None:
    async def walk() -> None:
        one = Listener(stream, live.token(["ticket:1"]))
        other = Listener(stream, live.token(["ticket:2"]))
        await one.hears("resync")
        await other.hears("resync")
        say("ticket:1", by="user:7")
        say("ticket:2", by="user:8")
        assert (await one.hears("changed"))["by"] == "user:7"
        assert (await other.hears("changed"))["by"] == "user:8"
        await one.leave()
        await other.leave()

    running(walk)


def test_many_pages_share_one_subscription_and_leave_nothing_behind(stream: Stream) -> None:
    async def walk() -> None:
        pages = [Listener(stream, live.token(["inbox:all"])) for _ in range(50)]
        for page in pages:
            await page.hears("resync")
        say("inbox:all", "row", thread="ticket:5")
        for page in pages:
            assert (await page.hears("row"))["thread"] == "ticket:5"
        for page in pages:
            await page.leave()
        assert not stream.hub.pages
        assert not stream.hub.by_topic

    running(walk)


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_without_a_token_there_is_no_stream(stream: Stream, token: str) -> None:
    async def walk() -> None:
        page = Listener(stream, token)
        await asyncio.wait_for(page.task, TIMEOUT)
        assert page.status == 403

    running(walk)


def test_a_stream_ends_with_its_token(stream: Stream) -> None:
    async def walk() -> None:
        page = Listener(stream, live.token(["ticket:1"], for_seconds=1))
        await asyncio.wait_for(page.task, TIMEOUT)
        assert page.status == 200
        assert not stream.hub.pages

    running(walk)


def test_a_slow_page_is_told_to_look_again_and_let_go(stream: Stream) -> None:
    async def walk() -> None:
        slow = Listener(stream, live.token(["ticket:1"]))
        quick = Listener(stream, live.token(["ticket:1"]))
        await slow.hears("resync")
        await quick.hears("resync")
        slow.may_read.clear()
        for number in range(ROOM + 20):
            say("ticket:1", number=number)
            assert (await quick.hears("changed"))["number"] == number
        assert all(page.waiting.qsize() <= ROOM for page in stream.hub.pages)
        slow.may_read.set()
        await slow.hears("resync")
        await asyncio.wait_for(slow.task, TIMEOUT)
        assert len(stream.hub.pages) == 1
        await quick.leave()

    running(walk)


def test_pages_are_told_when_redis_goes_and_when_it_is_back(stream: Stream) -> None:
    async def walk() -> None:
        page = Listener(stream, live.token(["ticket:1"]))
        await page.hears("resync")
        live.redis().client_kill_filter(_type="pubsub")
        await page.hears("down")
        await page.hears("resync")
        say("ticket:1")
        await page.hears("changed")
        await page.leave()

    running(walk)


def test_a_page_that_comes_while_redis_is_away_waits(settings: Any) -> None:
    async def walk() -> None:
        hub = Hub("redis://127.0.0.1:1/2")
        page = hub.open(["ticket:1"])
        assert await page.next(0.2) == ""
        hub.close(page)

    running(walk)
