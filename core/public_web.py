"""Lines to addresses that strangers name: only to the public internet, and to where was looked.

The name is looked up once and the connection goes to the address that was looked at, so that a name which
changes its mind between the look and the call leads nowhere.
"""

import ipaddress
import socket
from collections.abc import Collection
from http.client import HTTPConnection
from urllib.parse import SplitResult

from core.lines import Errand

NAT64 = ipaddress.ip_network("64:ff9b::/96")
COMPATIBLE = ipaddress.ip_network("::/96")
HOSTS_OF_CLOUDS = frozenset({ipaddress.ip_address("168.63.129.16")})
"""Public by their number, and answered by the machine room itself (Azure's wire server)."""

PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotAllowed(Exception):
    """The address is no public one, or not of the web."""


def line(run: Errand, url: SplitResult, *, private_hosts: Collection[str] = ()) -> HTTPConnection:
    """A line of an errand to the host of an address, made when it is used.

    `private_hosts` are let through although they are no public addresses. Raises `NotAllowed`; `OSError`
    where the name leads nowhere.
    """
    try:
        host, port = url.hostname or "", url.port or PORTS.get(url.scheme, 0)
    except ValueError as error:
        raise NotAllowed("no address of the web") from error
    if not port or not host or url.username:
        raise NotAllowed("no address of the web")
    try:
        address = _looked_up(host, port, private_hosts)
    except UnicodeError as error:  # a label that is empty, or longer than names can be
        raise NotAllowed("no address of the web") from error
    return run.line(url.scheme, host, port, address=address)


def _looked_up(host: str, port: int, private_hosts: Collection[str]) -> str:
    """An address of the name, all of which must be public."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if host not in private_hosts:
        for address in found:
            if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                raise NotAllowed("not a public address")
    if not found:
        raise NotAllowed("no address")
    return found[0]


def is_named_private(host: str) -> bool:
    """Whether a host says by its own name that it is not on the public internet."""
    try:
        return not is_public(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return "." not in host or host.rstrip(".").endswith((".localhost", ".local", ".internal"))


def is_public(address: Address) -> bool:
    """Whether an address, and the one it may carry inside, belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo:
            return False
        if inner is None and (address in NAT64 or address in COMPATIBLE):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and address not in HOSTS_OF_CLOUDS
