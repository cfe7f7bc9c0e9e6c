"""What the mail server that received a mail for us found out about its sender (RFC 8601). Pure.

Anybody can write such a header; only those of a server we were told to believe count, and of them the
topmost, which is the one that the last server on the way put there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from channels.email.states import Proof

_METHOD = re.compile(r"(dmarc|spf|dkim)(?:/\d+)?=([a-z]+)")
_CHECKED = ("smtp.mailfrom", "smtp.helo", "header.d", "header.i", "header.from")
_HARMLESS = re.compile(r"[\w.@-]")


@dataclass(frozen=True)
class _Result:
    """What one method found, and the domains it looked at."""

    method: str
    said: str
    domains: Sequence[str]


def proof(results: Sequence[str], sender: str, believed: Iterable[str]) -> Proof:
    """Whether a sender is proven by the topmost Authentication-Results of a server that is believed.

    `results` are the headers as they were written, nothing in them decoded.
    """
    servers = {name.strip().lower() for name in believed}
    ours = [one for one in results if _server(one) in servers]
    if not ours:
        return Proof.NONE
    domain = _plain_domain(sender)
    found = list(_results(ours[0][:10_000].lower()))
    dmarc = next((one for one in found if one.method == "dmarc"), None)
    if dmarc is not None and dmarc.said == "fail":
        return Proof.FAIL
    if dmarc is not None and dmarc.said == "pass" and set(dmarc.domains) <= {domain}:
        return Proof.PASS
    aligned = [one.said for one in found if one.method != "dmarc" and _is_aligned(one, domain)]
    if "pass" in aligned:
        return Proof.PASS
    return Proof.FAIL if "fail" in aligned else Proof.NONE


def _results(header: str) -> Iterator[_Result]:
    """The results in a header. The words of whoever sent the mail stand in it too, and are no results."""
    for part in _bare(header).split(";")[1:]:
        method, *facts = re.sub(r"\s*=\s*", "=", part).split() or [""]
        if (found := _METHOD.fullmatch(method)) is not None:
            given = (fact.partition("=") for fact in facts)
            domains = [_plain_domain(value) for name, _is, value in given if name in _CHECKED]
            yield _Result(found[1], found[2], domains)


def _bare(header: str) -> str:
    """A header without comments, and with nothing in its quotations that could divide it."""
    kept, depth, is_quoted, is_escaped = list[str](), 0, False, False
    for letter in header:
        if is_escaped:
            is_escaped = False
        elif letter == "\\":
            is_escaped = True
        elif is_quoted:
            is_quoted = letter != '"'
            kept += (letter if _HARMLESS.match(letter) else "_") if is_quoted else ""
        elif letter in "()":
            depth = max(depth + (1 if letter == "(" else -1), 0)
        elif depth == 0:
            is_quoted = letter == '"'
            kept += "" if is_quoted else letter
    return "".join(kept)


def _plain_domain(address: str) -> str:
    """The domain of an address, or what stands for one, as the name service knows it."""
    domain = address.rpartition("@")[2].strip(".").lower()
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _server(header: str) -> str:
    return header.split(";", maxsplit=1)[0].strip().split(" ")[0].lower()


def _is_aligned(result: _Result, domain: str) -> bool:
    """Whether what was checked is the sender's own domain, or the one above it."""
    return any(one and (one == domain or domain.endswith(f".{one}")) for one in result.domains)
