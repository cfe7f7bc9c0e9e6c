"""Mail servers that a mailbox sends through: an address such as "smtp+tls://name:password@host:587"."""

import smtplib
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from channels.email.fetching import xoauth2

SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465, "smtp+ssl": 465}

FAILURES = (OSError, smtplib.SMTPException, ValueError)


@dataclass(frozen=True)
class Server:
    """Where a mail server is, and who we are there."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: str = ""


def read(url: str) -> Server:
    """The parts of an address; raises ValueError for what is none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("no address of a mail server")
    port = parts.port or SCHEMES[parts.scheme]
    return Server(
        parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or "")
    )


def is_address(url: str) -> bool:
    """Whether it leads to a mail server."""
    try:
        read(url)
    except ValueError:
        return False
    return True


def by_password(server: Server) -> BaseEmailBackend:
    """A line to a server that knows a password, or asks for none."""
    return EmailBackend(**_common(server), username=server.username, password=server.password)


def by_token(username: str, token: str, server: Server) -> BaseEmailBackend:
    """A line to a server that lets us in with a token."""
    return TokenBackend(**_common(server), username="", password="", owner=username, token=token)


def _common(server: Server) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "use_tls": server.scheme == "smtp+tls",
        "use_ssl": server.scheme in ("smtps", "smtp+ssl"),
        "timeout": settings.EMAIL_TIMEOUT,
        "fail_silently": False,
    }


class TokenBackend(EmailBackend):
    """Signs in with a token instead of a password (XOAUTH2)."""

    def __init__(self, *args: Any, owner: str, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._said = xoauth2(owner, token)

    def open(self) -> bool | None:
        """Connect and sign in; None where the line is open already."""
        opened = super().open()
        if opened and self.connection is not None:
            self.connection.ehlo_or_helo_if_needed()
            try:
                self.connection.auth("XOAUTH2", self._answer, initial_response_ok=True)
            except Exception:
                self.close()
                raise
        return opened

    def _answer(self, challenge: bytes | None = None) -> str:
        """What we say first; a challenge tells why we are not let in and wants an empty line."""
        return self._said if challenge is None else ""


def why(error: Exception) -> str:
    """What a server said that did not take our mail, for people."""
    said = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{type(error).__name__}: {text}"[:500]
