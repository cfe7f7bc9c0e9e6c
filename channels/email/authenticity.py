"""What the mail server that received a mail for us found out about its sender (RFC 8601). Pure.

Anybody can write such a header; only those of a server we were told to believe count, and of them the
topmost, which is the one that the last server on the way put there.
"""

import re
from collections.abc import Iterable, Sequence

from channels.email.states import Proof

_RESULT = re.compile(
    r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)((?:[^;](?!\b(?:dmarc|spf|dkim)\s*=))*)", re.IGNORECASE
)
_DOMAIN = re.compile(
    r"(?:smtp\.mailfrom|smtp\.helo|header\.d|header\.i|header\.from)\s*=\s*\"?(?:[^\s;@\"]*@)?([\w.-]+)",
    re.IGNORECASE,
)


def proof(results: Sequence[str], sender: str, believed: Iterable[str]) -> Proof:
    """Whether a sender is proven by the topmost Authentication-Results of a server that is believed."""
    servers = {name.strip().lower() for name in believed}
    ours = [one for one in results if _server(one) in servers]
    if not ours:
        return Proof.NONE
    domain = sender.rpartition("@")[2].lower()
    found = [(m[1].lower(), m[2].lower(), m[3]) for m in _RESULT.finditer(ours[0][:10_000])]
    dmarc = next((result for method, result, _rest in found if method == "dmarc"), "")
    if dmarc in ("pass", "fail"):
        return Proof(dmarc)
    aligned = [result for method, result, rest in found if method != "dmarc" and _is_aligned(rest, domain)]
    if "pass" in aligned:
        return Proof.PASS
    return Proof.FAIL if "fail" in aligned else Proof.NONE


def _server(header: str) -> str:
    return header.split(";", maxsplit=1)[0].strip().split(" ")[0].lower()


def _is_aligned(rest: str, domain: str) -> bool:
    """Whether what was checked is the sender's own domain, or the one above it."""
    checked = [found.lower() for found in _DOMAIN.findall(rest)]
    return any(one and (one == domain or domain.endswith(f".{one}")) for one in checked)
