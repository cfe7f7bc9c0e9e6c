"""Fetching what strangers point at: only from public addresses, only so much, only so long.

Every redirection is looked at anew.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from threading import Event, Timer
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from django.conf import settings

from core import public_web
from core.public_web import NotAllowed

REDIRECTIONS = 3
TIMEOUT_S = 15
LONGEST_WAIT_S = 60
PATH_SAFE = "/%:@!$&'()*+,;=~-._[]"

LATER = (OSError, HTTPException)
"""How a call fails that may go better another time."""


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

    `headers` go to the first host only. Raises `NotAllowed`, `TooLarge`, `NotThere`; one of `LATER` for
    what may go better another time.
    """
    first, sent = _split(url), dict(headers or {})
    here = first
    for _hop in range(REDIRECTIONS + 1):
        line = public_web.line(here, timeout=TIMEOUT_S, private_hosts=settings.CHANNEL_PRIVATE_HOSTS)
        with _in_time(line):
            trusted = (here.scheme, here.netloc) == (first.scheme, first.netloc)
            line.request("GET", _target(here), headers=sent if trusted else {})
            answer = line.getresponse()
            if answer.status not in (301, 302, 303, 307, 308):
                return _taken(answer, here, limit)
            here = _split(urljoin(here.geturl(), _location(answer)))
    raise NotAllowed("redirected too often")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise NotAllowed("no address of the web") from error


def _target(url: SplitResult) -> str:
    """What is asked for, in the letters of a request; what is packed already stays so."""
    path = quote(url.path or "/", safe=PATH_SAFE)
    return f"{path}?{quote(url.query, safe=PATH_SAFE + '?')}" if url.query else path


def _location(answer: HTTPResponse) -> str:
    """Where a redirection leads; servers write it in UTF-8 although headers know no letters beyond Latin."""
    return answer.headers.get("Location", "").encode("latin-1", "ignore").decode(errors="replace")


@contextmanager
def _in_time(line: HTTPConnection) -> Iterator[None]:
    """Connected for so long at most: every byte may come in time, and the last one never."""
    line.connect()
    is_over = Event()
    timer = Timer(LONGEST_WAIT_S, _hang_up, [line.sock, is_over])
    timer.daemon = True
    timer.start()
    try:
        yield
        if is_over.is_set():  # what came until then looks whole where nobody said how much it is
            raise TimeoutError("the file comes too slowly")
    finally:
        timer.cancel()
        line.close()


def _hang_up(sock: socket.socket, is_over: Event) -> None:
    is_over.set()
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # beneath TLS, which another thread is using


def _taken(answer: HTTPResponse, url: SplitResult, limit: int) -> Fetched:
    if answer.status in (408, 425, 429) or answer.status >= 500:
        raise HTTPException(f"answered with {answer.status}")
    if answer.status != 200:
        raise NotThere(f"answered with {answer.status}")
    content = answer.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(str(limit))
    if answer.length:
        raise IncompleteRead(content, answer.length)
    return Fetched(content, answer.headers.get_content_type(), _name(answer, url))


def _name(answer: HTTPResponse, url: SplitResult) -> str:
    return answer.headers.get_filename() or unquote(url.path.rpartition("/")[2])
