"""A shop's own system as our refunds meet it: a real HTTP server with a memory, idempotent by key."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core import clock, signatures
from orders.models import Shop
from returns.models import GatewayConnection
from tests.returns import shop

SECRET = "a secret of both sides"
KEY_ID = "lamps-refunds"


class ShopSystem:
    """`answers` holds how it treats the next refund of a payment: a `SandboxBehaviour.Answer` or "slow"."""

    def __init__(self) -> None:
        self.refunds: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, str] = {}
        self.calls: list[tuple[str, str]] = []
        self.turned_away = 0
        self.raw: tuple[int, bytes] | None = None
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/after-sales"

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paid(self, key: str) -> Sequence[int]:
        row = self.refunds.get(key, {})
        return [row["amount"]] if row.get("state") == "succeeded" else []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if system._admits(self, content):
                    self._tell(*system._refund(json.loads(content)))

            def do_GET(self) -> None:
                if system._admits(self, self.path.encode()):
                    self._tell(*system._query(self.path.rpartition("/")[2]))

            def _tell(self, status: int, body: dict[str, Any] | None) -> None:
                if status == 0:  # the line breaks before the answer
                    return
                content = json.dumps(body).encode()
                status, content = system.raw or (status, content)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler

    def _admits(self, handler: Any, content: bytes) -> bool:
        headers = handler.headers
        with self._lock:
            self.calls.append((handler.command, handler.path))
        if headers[signatures.KEY_ID] == KEY_ID and signatures.is_genuine(
            SECRET, headers, content, clock.now()
        ):
            return True
        self.turned_away += 1
        handler._tell(401, {"message": "signature"})
        return False

    def _refund(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        with self._lock:
            known = self.refunds.get(asked["key"])
            if known and known["state"] != "refused":
                same = all(known[name] == asked[name] for name in ("payment", "amount", "currency"))
                return (200, known) if same else (409, {"message": "another refund has this key"})
            answer = self.answers.pop(asked["payment"], "pay")
            state = {"pay_later": "pending", "refuse": "refused"}.get(answer, "succeeded")
            if answer != "silent_unpaid":
                facts = {"state": state, "refund_id": f"re_{asked['key']}", "message": "the card was closed"}
                self.refunds[asked["key"]] = {**asked, **facts}
        if answer == "slow":
            self.closing.wait()
        if answer in ("silent_paid", "silent_unpaid", "slow"):
            return 0, None
        return (422 if answer == "refuse" else 201), self.refunds[asked["key"]]

    def _query(self, key: str) -> tuple[int, dict[str, Any] | None]:
        with self._lock:
            row = self.refunds.get(key)
            if row is None:
                return 404, {"message": "no such refund"}
            told = dict(row)
            if row["state"] == "pending":
                row["state"] = "succeeded"
                told = dict(row)
            return 200, told


@contextmanager
def running() -> Iterator[ShopSystem]:
    system = ShopSystem()
    try:
        yield system
    finally:
        system.stop()


def connect(system: ShopSystem | None = None, **fields: Any) -> GatewayConnection:
    """The line of the shop to its system; payments through "lamps" go there."""
    at: Shop = fields.pop("shop", None) or shop.shop()
    connection = GatewayConnection(
        **{
            "shop": at,
            "gateway": "lamps",
            "url": system.url if system else "https://shop.example/after-sales",
            "key_id": KEY_ID,
            "timeout_s": 5,
            **fields,
        }
    )
    connection.keep(SECRET)
    connection.save()
    return connection


def notice(at: datetime | None = None, secret: str = SECRET, **told: Any) -> dict[str, Any]:
    """What a test client posts as a signed notice of the shop's system."""
    body = json.dumps({"id": "evt-1", **told})
    headers = signatures.headers(KEY_ID, secret, body.encode(), at or clock.now())
    return {"data": body, "content_type": "application/json", "headers": headers}
