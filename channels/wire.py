"""Calling systems that administrators have named: JSON or a form out, JSON or bytes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from channels.reading import TryLater

LONGEST = 1024 * 1024
TIMEOUT_S = 15


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    content_type: str = ""

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
    """The answer of another system. Redirections are not followed. Raises `TryLater` where there is none."""
    parts = urlsplit(url)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = made(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    whole = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        line.request(method, whole, body or None, dict(headers or {}))
        answer = line.getresponse()
        content = answer.read(longest + 1)
    except (OSError, HTTPException) as error:
        raise TryLater(f"{type(error).__name__}: {error}"[:300]) from error
    finally:
        line.close()
    if len(content) > longest:
        raise TryLater("the answer is too long")
    return Answer(answer.status, content, answer.headers.get_content_type())


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
