"""Fetching what strangers point at: only from public addresses, only so much, only so long.

The name is looked up once and the connection goes to the address that was looked at, so that a name which
changes its mind between the look and the call leads nowhere. Every redirection is looked at anew.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.conf import settings

from core import clock

REDIRECTIONS = 3
TIMEOUT_S = 15
LONGEST_WAIT_S = 60
CHUNK = 64 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """The address is no public one, or not of the web."""


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
    line = _line(url)
    path = url.path or "/"
    try:
        line.request("GET", f"{path}?{url.query}" if url.query else path, headers=dict(headers))
        return line, line.getresponse()
    except BaseException:
        line.close()
        raise


def _line(url: SplitResult) -> HTTPConnection:
    try:
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    except ValueError as error:
        raise NotAllowed("no address of the web") from error
    if url.scheme not in ("http", "https") or not host or url.username:
        raise NotAllowed("no address of the web")
    address = _looked_up(host, port)
    made = _Tls if url.scheme == "https" else _Plain
    return made(host, port, address)


class _Plain(HTTPConnection):
    """A connection to an address that was looked at, which hears the name that was asked for."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self.looked_at = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.looked_at, self.port), TIMEOUT_S)


class _Tls(HTTPSConnection):
    """The same with TLS; the certificate is that of the name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self.tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_S, context=self.tls)
        self.looked_at = address

    def connect(self) -> None:
        raw = socket.create_connection((self.looked_at, self.port), TIMEOUT_S)
        self.sock = self.tls.wrap_socket(raw, server_hostname=self.host)


def _looked_up(host: str, port: int) -> str:
    """An address of the name, all of which must be public."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host not in settings.CHANNEL_PRIVATE_HOSTS:
        for address in found:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise NotAllowed("not a public address")
    if not found:
        raise NotAllowed("no address")
    return found[0]


def is_public(address: Address) -> bool:
    """Whether an address, and the one it may carry inside, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo:
            return False
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


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
