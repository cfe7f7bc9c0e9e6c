"""Calling another system by HTTP: one question, one answer, nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reply:
    """What another system said."""

    status: int
    content: bytes
    content_type: str = ""


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str],
    longest: int,
    timeout: float,
) -> Reply:
    """The answer, at most `longest` bytes of it, waited for `timeout` seconds at each step.

    Redirections are not followed: what is sent goes to the address that was named. Raises `OSError` or
    `HTTPException` where there is no answer, `ValueError` for one that is too long.
    """
    parts = urlsplit(url)
    made = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    whole = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    line = made(parts.hostname or "", parts.port, timeout=timeout)
    try:
        line.request(method, whole, body or None, dict(headers))
        answer = line.getresponse()
        content = answer.read(longest + 1)
    finally:
        line.close()
    if len(content) > longest:
        raise ValueError("the answer is too long")
    return Reply(answer.status, content, answer.headers.get_content_type())
