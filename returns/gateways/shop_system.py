"""A shop's own system as the gateway: signed calls to the address it gave us.

POST <address>/refunds with {"key", "payment", "amount", "currency", "tender", "units"} asks for a refund;
GET <address>/refunds/<key> asks what became of it (404: never heard of). `reports` has the answers. 400, 409
and 422 are refusals; everything else that is no answer leaves the refund unknown, and it is asked for again.
"""

import json
from dataclasses import asdict
from http.client import HTTPException
from urllib.parse import quote, urlsplit

from core import calls, clock, signatures
from core.crypto import CannotUnseal
from returns.gateways.interface import GatewayRules, Outcome, RefundRequest, Result
from returns.gateways.reports import parse, result_of
from returns.models import GatewayConnection

LONGEST = 64 * 1024
"""Bytes of an answer that are read; a longer one is no answer."""

REFUSALS = (400, 409, 422)


class ShopSystem:
    """The gateway behind one connection."""

    def __init__(self, connection: GatewayConnection) -> None:
        self.connection = connection
        self.rules = GatewayRules(
            retry_same_key=connection.retry_same_key,
            max_partials=connection.max_partials,
            min_gap_s=connection.min_gap_s,
            max_age_days=connection.max_age_days,
        )

    def refund(self, request: RefundRequest) -> Result:
        """Ask for a refund; the same key again is the same refund there."""
        return self._ask("POST", "/refunds", request.key, json.dumps(asdict(request)).encode())

    def query(self, key: str) -> Result:
        """Ask what became of a refund."""
        return self._ask("GET", f"/refunds/{quote(key, safe='')}", key)

    def _ask(self, method: str, path: str, key: str, body: bytes = b"") -> Result:
        try:
            status, content = self._call(method, path, body)
            if status == 404 and method == "GET":
                return Result(Outcome.NOT_FOUND)
            if status in REFUSALS:
                return Result(Outcome.REFUSED, message=_message(content) or f"refused with {status}")
            if status not in (200, 201, 202):
                raise ValueError(f"answered with {status}")
            return result_of(parse(content), key)
        except (OSError, HTTPException, ValueError, CannotUnseal) as error:
            return Result(Outcome.UNKNOWN, message=f"{type(error).__name__}: {error}"[:500])

    def _call(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and content of the answer."""
        parts = urlsplit(self.connection.url)
        whole = parts.path.rstrip("/") + path
        secret = self.connection.tell()
        signed = signatures.headers(self.connection.key_id, secret, body or whole.encode(), clock.now())
        reply = calls.call(
            method,
            f"{parts.scheme}://{parts.netloc}{whole}",
            body=body,
            headers={**signed, "Content-Type": "application/json"},
            longest=LONGEST,
            timeout=self.connection.timeout_s,
            whole=self.connection.timeout_s,
        )
        return reply.status, reply.content


def _message(content: bytes) -> str:
    try:
        return str(parse(content).get("message") or "")[:500]
    except ValueError:
        return ""
