"""Calling systems that administrators have named: JSON or a form out, JSON or bytes back."""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from uuid import uuid4

from channels.reading import TryLater
from core import calls
from core.calls import Reply

LONGEST = 1024 * 1024
TIMEOUT_S = 15


class Answer(Reply):
    """A reply that may hold JSON."""

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object in it; {} for anything else."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    longest: int = LONGEST,
) -> Answer:
    """The answer of another system. Raises `TryLater` where there is none."""
    try:
        reply = calls.call(method, url, body=body, headers=headers or {}, longest=longest, timeout=TIMEOUT_S)
    except (OSError, HTTPException) as error:
        raise TryLater(f"{type(error).__name__}: {error}"[:300]) from error
    except ValueError as error:
        raise TryLater(str(error)) from error
    return Answer(reply.status, reply.content, reply.content_type, reply.retry_after)


def call_json(method: str, url: str, data: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
    """The same with JSON. Letters stay as they are: WeChat shows escapes to its users."""
    body = json.dumps(data, ensure_ascii=False).encode() if data is not None else b""
    return call(method, url, body=body, headers={"Content-Type": "application/json", **(headers or {})})


def form(fields: Mapping[str, str], *, name: str, filename: str, content_type: str, content: bytes) -> Any:
    """A multipart form with one file: its body and its content type."""
    border = uuid4().hex
    safe = filename.replace('"', "").replace("\r", "").replace("\n", "")
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"; filename="{safe}"\r\n'
    parts.append(f"{head}Content-Type: {content_type}\r\n\r\n".encode() + content + b"\r\n")
    return b"".join([*parts, f"--{border}--\r\n".encode()]), f"multipart/form-data; boundary={border}"
