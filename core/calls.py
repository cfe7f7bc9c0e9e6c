"""Calling another system by HTTP: one question, one answer, nowhere else."""

from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

from core import lines, public_web

WEEK_S = 7 * 86400
WHOLE_S = 40
"""So long a call takes in all: a message that needs three of them is sent within the lease of its row."""


@dataclass(frozen=True)
class Reply:
    """What another system said."""

    status: int
    content: bytes
    content_type: str = ""
    retry_after: str = ""

    @property
    def wait(self) -> timedelta:
        """How long we are asked to wait, at most a week; no time where Retry-After is not in seconds."""
        digits = self.retry_after if self.retry_after.isascii() and self.retry_after.isdigit() else "0"
        return timedelta(seconds=min(int(digits[:9]), WEEK_S))


def call(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str],
    longest: int,
    timeout: float,
    whole: float = WHOLE_S,
    public_only: bool = False,
    private_hosts: Collection[str] = (),
) -> Reply:
    """The answer, at most `longest` bytes of it; a step takes `timeout` seconds at most, all of them `whole`.

    Redirections are not followed: what is sent goes to the address that was named. Raises `OSError` or
    `HTTPException` where there is no answer, `ValueError` for one that is too long. An address that a
    stranger named is called with `public_only`: it is on the public internet or one of `private_hosts`, or
    the call is `NotAllowed`.
    """
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    with lines.errand(patience=timeout, whole=whole) as run:
        if public_only:
            line = public_web.line(run, parts, private_hosts=private_hosts)
        else:
            line = run.line(parts.scheme, parts.hostname or "", parts.port)
        with closing(line):
            line.request(method, target, body or None, dict(headers))
            return _reply(line, longest)


def _reply(line: HTTPConnection, longest: int) -> Reply:
    answer = line.getresponse()
    content = answer.read(longest + 1)
    if len(content) > longest:
        raise ValueError("the answer is too long")
    if answer.length:  # the line broke, and the module takes that for the end
        raise IncompleteRead(content, answer.length)
    return Reply(
        answer.status, content, answer.headers.get_content_type(), answer.headers.get("Retry-After", "")
    )
