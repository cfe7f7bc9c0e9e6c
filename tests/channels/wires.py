"""The other sides of our connections as we meet them: real HTTP servers that answer as providers document."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from accounts.models import Language
from channels.actions import connecting
from channels.models import Connection
from core import clock, signatures
from core.actors import SYSTEM
from tickets.states import Channel

SECRET = "a secret of both sides"
MAPPING = {
    "id": "message.id",
    "sender": "from.id",
    "text": "message.text",
    "name": "from.name",
    "email": "from.email",
    "phone": "from.phone",
    "order_number": "order.no",
    "files": "message.files",
    "receipt_id": "receipt.message",
    "receipt_state": "receipt.state",
}
CALLS = {
    "id": "call",
    "state": "event",
    "number": "caller",
    "direction": "direction",
    "agent": "agent",
    "seconds": "duration",
}


@dataclass
class Asked:
    """A request the other side got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class OtherSide:
    """`answer` decides what each request gets; `asked` holds them all."""

    answer: Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


def told(data: Any, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(data).encode()


def file(content: bytes, content_type: str = "image/jpeg", **headers: str) -> Answer:
    return 200, {"Content-Type": content_type, **headers}, content


@contextmanager
def other_side(answer: Callable[[Asked], Answer]) -> Iterator[OtherSide]:
    """A server of this test."""
    side = OtherSide(answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(side))
    side.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield side
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(side: OtherSide) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(parts.query))
            asked = Asked(self.command, parts.path, query, dict(self.headers), body)
            side.asked.append(asked)
            status, headers, content = side.answer(asked)
            if not status:  # the line breaks before the answer
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - the name the server looks for

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


def connect(kind: str = "generic", **fields: Any) -> Connection:
    """A connection; of a shop that signs unless said otherwise."""
    secrets = fields.pop("secrets", {"secret": SECRET})
    values = {
        "slug": kind,
        "name": kind.title(),
        "channel": Channel.SHOP if kind == "generic" else Channel.SOCIAL,
        "language": Language.ENGLISH,
        "mapping": MAPPING if kind == "generic" else {},
        **fields,
    }
    return connecting.connect(kind=kind, secrets=secrets, by=SYSTEM, **values)


def door(connection: Connection) -> str:
    return f"/api/v1/channels/{connection.slug}/inbound/"


def push(client: Client, connection: Connection, data: Any, *, secret: str = SECRET, at: Any = None) -> Any:
    """A signed call of a system."""
    body = json.dumps(data)
    headers = signatures.headers(connection.slug, secret, body.encode(), at or clock.now())
    return client.post(door(connection), body, content_type="application/json", headers=headers)


def written(number: int = 1, **more: Any) -> dict[str, Any]:
    """What a shop tells when a buyer wrote."""
    message = {"id": f"m-{number}", "text": "Where is my parcel?", **more.pop("message", {})}
    return {"message": message, "from": {"id": "buyer-7", "name": "Carol"}, **more}
