"""A hundred customers in chats at once, through the web server as it really runs: two workers and the stream.

Every customer has a page open that hears hints and asks for what is new after the last message it has. Each
writes, sends some of it twice, loses the stream in the middle and comes back, while agents answer. Printed is
how long an answer takes from the agent's click until the customer has it, and what was lost or came double.
"""

import asyncio
import json
import os
import random
import re
import resource
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from secrets import token_hex
from statistics import median, quantiles
from urllib.parse import quote, urlencode

from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.rights import Role
from aftersales.embedded.pair import free_ports
from aftersales.embedded.server import web_command
from channels.actions.chat_desk import set_available
from channels.models import ChatSession
from tickets.models import Message

ROUNDS = 3
SPAN = 15.0
"""Seconds in which every customer writes once and gets one answer."""

PATIENCE = 60.0
LINE = re.compile(r'data-chat-message="(\d+)"')
FINGERPRINT = re.compile(r'data-fingerprint="(\w+)"')
STREAM = re.compile(r'data-live-stream="([^"]+)"')


@dataclass
class Answer:
    """What came back over the wire."""

    status: int
    headers: dict[str, str]
    text: str


class Wire:
    """One browser's connection, its cookies, and an address of its own."""

    def __init__(self, port: int, number: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self._address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self._turn = asyncio.Lock()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        return await self._ask("GET", path, "")

    async def post(self, path: str, **form: str) -> Answer:
        return await self._ask("POST", path, urlencode(form))

    async def _ask(self, method: str, path: str, body: str) -> Answer:
        async with self._turn:
            for _again in range(2):  # a connection that the server has let go is opened anew
                try:
                    return await self._asked(method, path, body)
                except (ConnectionError, asyncio.IncompleteReadError):
                    self._writer = None
            raise ConnectionError(path)

    async def _asked(self, method: str, path: str, body: str) -> Answer:
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        assert self._reader is not None
        self._writer.write(self._head(method, path, len(body.encode())) + body.encode())
        await self._writer.drain()
        status, headers = await _head(self._reader, self.cookies)
        size = int(headers.get("content-length", "0"))
        return Answer(status, headers, (await self._reader.readexactly(size)).decode())

    def _head(self, method: str, path: str, size: int) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"X-Forwarded-For: {self._address}",
            "HX-Request: true",
            f"X-CSRFToken: {self.cookies.get('csrftoken', '')}",
            f"Cookie: {'; '.join(f'{name}={value}' for name, value in self.cookies.items())}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {size}",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def stream(self, token: str) -> asyncio.StreamReader:
        """A stream of hints of its own."""
        reader, self.listening = await asyncio.open_connection("127.0.0.1", self.port)
        self.listening.write(self._head("GET", f"/live/?token={quote(token)}", 0))
        await _head(reader, {})
        return reader


async def _head(reader: asyncio.StreamReader, cookies: dict[str, str]) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer; cookies are kept."""
    raw = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers: dict[str, str] = {}
    for line in filter(None, raw[1:]):
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
        if name.lower() == "set-cookie":
            cookie, _, kept = value.partition(";")[0].partition("=")
            cookies[cookie] = kept
    return int(raw[0].split()[1]), headers


@dataclass
class Customer:
    """Somebody at a chat window."""

    wire: Wire
    number: int
    room: str = ""
    token: str = ""
    seen: list[int] = field(default_factory=list)
    fingerprint: str = ""
    arrived: dict[int, float] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self) -> None:
        """Open the window and say the first word."""
        await self.wire.get("/chat/")
        form = {"chat": token_hex(16), "key": token_hex(16), "body": f"Hello from {self.number}"}
        started = await self.wire.post("/chat/", **form)
        assert started.status == 204, (started.status, started.text[:300])
        self.room = started.headers["hx-redirect"]
        page = await self.wire.get(self.room)
        self.seen = list(map(int, LINE.findall(page.text)))
        self.token = STREAM.findall(page.text)[0].replace("&amp;", "&")

    async def listen(self) -> None:
        """Hear hints; ask after each, and after every connection anew."""
        while True:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                reader = await self.wire.stream(self.token)
                while line := await reader.readline():
                    if line.startswith(b"data: ") and json.loads(line[6:])["kind"] in ("chat", "resync"):
                        await self.ask()
            await asyncio.sleep(0.2 + random.random() / 5)

    def lose_the_stream(self) -> None:
        """The connection breaks."""
        self.wire.listening.close()

    async def ask(self) -> None:
        """Fetch what came after the last message."""
        async with self._asking:
            newest = max(self.seen, default=0)
            news = await self.wire.get(f"{self.room}news/?after={newest}&seen={self.fingerprint}")
            if news.status != 200:
                return
            now = time.perf_counter()
            self.fingerprint = FINGERPRINT.findall(news.text)[0]
            for key in map(int, LINE.findall(news.text)):
                self.arrived.setdefault(key, now)
                self.seen.append(key)

    async def say(self, words: str) -> None:
        """Write something; every third time the browser does not hear that it arrived, and sends it again."""
        form = {"key": token_hex(16), "body": words}
        for _again in range(1 + (random.random() < 1 / 3)):
            sent = await self.wire.post(f"{self.room}send/", **form)
            assert sent.status == 204, (sent.status, sent.text[:300])


def run(clients: int) -> None:
    """Measure and print."""
    (port,) = free_ports(1)
    agent = User.objects.create_user("agent@bench.example", name="Bench", role=Role.AGENT)
    set_available(agent, on=True, capacity=20, by=agent)
    signed_in = Client()
    signed_in.force_login(agent)
    cookies = {"sessionid": signed_in.cookies["sessionid"].value, "csrftoken": token_hex(16)}
    connection.close()
    url = f"http://127.0.0.1:{port}"
    spent = _cpu_of_children()
    server = subprocess.Popen(web_command(port), env=os.environ | {"PUBLIC_URL": url})
    try:
        customers, said = asyncio.run(_talk(port, clients, cookies))
    finally:
        server.terminate()
        server.wait(timeout=60)
    _print(customers, said, _cpu_of_children() - spent)


def _cpu_of_children() -> float:
    """Seconds of processor time that programs which were started here and have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _talk(port: int, clients: int, cookies: dict[str, str]) -> tuple[list[Customer], dict[int, float]]:
    """Everybody talks; returns the customers and when the agent sent each answer."""
    desk = Wire(port, 0, cookies)
    await _until(lambda: _answers(desk))
    customers = [Customer(Wire(port, number), number) for number in range(1, clients + 1)]
    for customer in customers:
        await customer.begin()
    listening = [asyncio.ensure_future(customer.listen()) for customer in customers]
    said: dict[int, float] = {}
    desks = [Wire(port, number, cookies) for number in range(8)]
    for turn in range(ROUNDS):
        await asyncio.gather(
            *[_exchange(customer, desks[customer.number % len(desks)], turn, said) for customer in customers]
        )
    await _until(lambda: _all_there(customers, said))
    for task, customer in zip(listening, customers, strict=True):
        task.cancel()
        customer.lose_the_stream()
    return customers, said


async def _exchange(customer: Customer, desk: Wire, turn: int, said: dict[int, float]) -> None:
    """One customer writes and gets an answer, at a moment of the span."""
    await asyncio.sleep(random.random() * SPAN)
    await customer.say(f"Question {turn}")
    if turn == 1:
        customer.lose_the_stream()
    reference = customer.room.strip("/").rpartition("/")[2]
    begun, words = time.perf_counter(), f"Answer {turn} to {customer.number}"
    sent = await desk.post(f"/console/chats/{reference}/answer/", key=token_hex(16), body=words)
    assert sent.status == 204, (sent.status, sent.text[:300])
    said[customer.number * ROUNDS + turn] = begun


async def _answers(wire: Wire) -> bool:
    try:
        return (await wire.get("/readyz")).status == 200
    except OSError:
        return False


async def _all_there(customers: list[Customer], said: dict[int, float]) -> bool:
    """Whether every customer has the first word, their own and the answers."""
    return all(len(customer.seen) >= 1 + 2 * ROUNDS for customer in customers)


async def _until(done: Callable[[], Awaitable[bool]]) -> None:
    patience = time.monotonic() + PATIENCE
    while not await done() and time.monotonic() < patience:
        await asyncio.sleep(0.1)


def _print(customers: list[Customer], said: dict[int, float], cpu: float) -> None:
    lost = double = 0
    seconds = []
    for customer in customers:
        reference = customer.room.strip("/").rpartition("/")[2]
        session = ChatSession.objects.get(reference=reference)
        stored = list(Message.objects.filter(ticket=session.ticket_id).order_by("pk"))
        lost += max(0, 1 + 2 * ROUNDS - len({message.body for message in stored}))
        lost += len({message.pk for message in stored} - set(customer.seen))
        double += len(stored) - len({message.body for message in stored})
        double += len(customer.seen) - len(set(customer.seen))
        for message in stored:
            found = re.fullmatch(r"Answer (\d+) to \d+", message.body)
            if found and message.pk in customer.arrived:
                seconds.append(customer.arrived[message.pk] - said[customer.number * ROUNDS + int(found[1])])
    print(f"\n{len(customers)} customers, {len(seconds)} answers; load {os.getloadavg()[0]:.1f}")
    print(f"{'from click to window, ms':<28}{'median':>10}{'p95':>10}{'max':>10}")
    figures = (median(seconds), quantiles(seconds, n=20)[18], max(seconds))
    print(f"{'':<28}" + "".join(f"{value * 1000:>10.0f}" for value in figures))
    print(f"lost {lost}, double {double}; web server {cpu:.1f} s of processor time, from start to end")
