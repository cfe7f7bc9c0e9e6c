"""Fetching what strangers point at: only from public addresses, only so much, only so long.

Every redirection is looked at anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.conf import settings

from core import clock, public_web
from core.public_web import NotAllowed

REDIRECTIONS = 3
TIMEOUT_S = 15
LONGEST_WAIT_S = 60
CHUNK = 64 * 1024


class TooLarge(Exception):
    """There is more than we take."""


class NotThere(Exception):
    """The other side says no; asking again would not help."""


@dataclass(frozen=True)
class Fetched:
    content: bytes
    content_type: str
    name: str


def fetch(url: str, *, limit: int, headers: Mapping[str, str] | None = None) -> Fetched:
    """The bytes at an address, at most `limit` of them.

    `headers` go to the first host only. Raises `NotAllowed`, `TooLarge`, `NotThere`; `OSError` or
    `HTTPException` for what may go better another time.
    """
    first, sent = urlsplit(url), dict(headers or {})
    here = first
    for _hop in range(REDIRECTIONS + 1):
        line, answer = _ask(here, sent if (here.scheme, here.netloc) == (first.scheme, first.netloc) else {})
        try:
            if answer.status in (301, 302, 303, 307, 308):
                here = urlsplit(urljoin(here.geturl(), answer.headers.get("Location", "")))
                continue
            return _taken(answer, here, limit)
        finally:
            line.close()
    raise NotAllowed("redirected too often")


def _ask(url: SplitResult, headers: Mapping[str, str]) -> tuple[HTTPConnection, HTTPResponse]:
    line = public_web.line(url, timeout=TIMEOUT_S, private_hosts=settings.CHANNEL_PRIVATE_HOSTS)
    path = url.path or "/"
    try:
        line.request("GET", f"{path}?{url.query}" if url.query else path, headers=dict(headers))
        return line, line.getresponse()
    except BaseException:
        line.close()
        raise


def _taken(answer: HTTPResponse, url: SplitResult, limit: int) -> Fetched:
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise HTTPException(f"answered with {answer.status}")
    if answer.status != 200:
        raise NotThere(f"answered with {answer.status}")
    began, parts, size = clock.now(), list[bytes](), 0
    while chunk := answer.read(CHUNK):
        size += len(chunk)
        parts.append(chunk)
        if size > limit:
            raise TooLarge(str(limit))
        if (clock.now() - began).total_seconds() > LONGEST_WAIT_S:
            raise TimeoutError("the file comes too slowly")
    return Fetched(b"".join(parts), answer.headers.get_content_type(), _name(answer, url))


def _name(answer: HTTPResponse, url: SplitResult) -> str:
    return answer.headers.get_filename() or unquote(url.path.rpartition("/")[2])
