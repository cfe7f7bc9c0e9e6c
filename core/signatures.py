"""How our side and another system know each other: HMAC-SHA256 over time and content."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

KEY_ID, TIMESTAMP, SIGNATURE = "X-Key-Id", "X-Timestamp", "X-Signature"

WINDOW = timedelta(minutes=5)
"""How far the clocks of both sides may be apart; what is older was recorded by somebody and sent again."""


def sign(secret: str, timestamp: str, content: bytes) -> str:
    """The signature of `content` sent at `timestamp` (Unix seconds), as hexadecimal digits."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + content, sha256).hexdigest()


def headers(key_id: str, secret: str, content: bytes, at: datetime) -> dict[str, str]:
    """The headers that go with `content`: the body, or the path where there is none."""
    timestamp = str(int(at.timestamp()))
    return {KEY_ID: key_id, TIMESTAMP: timestamp, SIGNATURE: sign(secret, timestamp, content)}


def is_genuine(secret: str, told: Mapping[str, str], content: bytes, at: datetime) -> bool:
    """Whether the headers belong to `content`, made with `secret` and not long ago."""
    timestamp = told.get(TIMESTAMP, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    expected = sign(secret, timestamp, content)
    fresh = abs(at.timestamp() - int(timestamp)) <= WINDOW.total_seconds()
    return hmac.compare_digest(expected.encode(), told.get(SIGNATURE, "").encode()) and fresh
