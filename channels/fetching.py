"""Fetching what strangers point at: only from public addresses, only so much, only so long.

Every redirection is looked at anew, and all of them together take no longer than one.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, IncompleteRead
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from django.conf import settings

from core import lines, public_web
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
    with lines.errand(patience=TIMEOUT_S, whole=LONGEST_WAIT_S) as run:
        here = first
        for _hop in range(REDIRECTIONS + 1):
            trusted = (here.scheme, here.netloc) == (first.scheme, first.netloc)
            with closing(public_web.line(run, here, private_hosts=settings.CHANNEL_PRIVATE_HOSTS)) as line:
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
