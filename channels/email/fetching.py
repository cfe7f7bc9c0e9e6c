"""Calling at a mail server by IMAP or POP3. What is fetched stays there until it is kept here."""

import base64
import imaplib
import poplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from channels.email.states import Fetching, Security
from channels.models import Mailbox

TIMEOUT = 30

# Else one long line in a mail would stop all the mails behind it.
poplib._MAXLINE = 10_000_000  # type: ignore[attr-defined]  # noqa: SLF001
BATCH = 50
"""So many mails are taken at one call; the rest waits for the next."""

MOST_STUCK = 500
"""After so many mails that a server does not hand over we believe that it hands over none."""

PORTS = {
    (Fetching.IMAP, Security.TLS): 993,
    (Fetching.IMAP, Security.STARTTLS): 143,
    (Fetching.IMAP, Security.NONE): 143,
    (Fetching.POP, Security.TLS): 995,
    (Fetching.POP, Security.STARTTLS): 110,
    (Fetching.POP, Security.NONE): 110,
}


def xoauth2(username: str, token: str) -> str:
    """What a program says that has a token instead of a password."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01"


class Unusable(Exception):
    """The server answered, and not as it should."""


class NotHandedOver(Unusable):
    """The server has a mail and does not give it to us; it may give us the others."""


FAILURES = (OSError, imaplib.IMAP4.error, poplib.error_proto, Unusable, UnicodeError, ValueError)


class Visit(Protocol):
    """One call at a mailbox."""

    def waiting(self) -> list[str]:
        """What the server calls the mails that were not fetched yet, oldest first."""

    def bytes_of(self, name: str) -> bytes:
        """A mail as it lies there; looking does not mark it. Raises `NotHandedOver`."""

    def is_kept(self, name: str) -> None:
        """Mark or delete what is safe with us."""


@contextmanager
def opened(box: Mailbox, secret: str, *, is_token: bool = False) -> Iterator[Visit]:
    """A call at the mailbox, ended whatever happens. Raises one of `FAILURES`.

    `secret` is the password, or a token of the provider.
    """
    port = box.port or PORTS[Fetching(box.fetching), Security(box.security)]
    if box.fetching == Fetching.POP:
        with _pop(box, port, secret, is_token) as visit:
            yield visit
    else:
        with _imap(box, port, secret, is_token) as visit:
            yield visit


def why(error: Exception) -> str:
    """What a failed call says, for people."""
    said = error.args[0] if error.args else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return f"{type(error).__name__}: {text}"[:500]


# --- IMAP --------------------------------------------------------------------------------------------


@contextmanager
def _imap(box: Mailbox, port: int, secret: str, is_token: bool) -> Iterator["ImapVisit"]:
    context = ssl.create_default_context()
    if box.security == Security.TLS:
        link: imaplib.IMAP4 = imaplib.IMAP4_SSL(box.host, port, ssl_context=context, timeout=TIMEOUT)
    else:
        link = imaplib.IMAP4(box.host, port, timeout=TIMEOUT)
    try:
        if box.security == Security.STARTTLS:
            link.starttls(ssl_context=context)
        if is_token:
            said = iter([xoauth2(box.username, secret).encode()])
            # A second question is the reason of a refusal, and wants an empty line.
            link.authenticate("XOAUTH2", lambda _challenge: next(said, b""))
        else:
            link.login(box.username, secret)
        if "ID" in link.capabilities:  # 163.com and others shut out programs that do not say who they are
            link.xatom("ID", '("name" "aftersales" "version" "1")')
        _sure(link.select(f'"{folder_name(box.folder or "INBOX")}"'))
        yield ImapVisit(link, deletes=box.deletes)
        if box.deletes:
            link.expunge()
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            link.logout()
        with suppress(OSError):  # where the line broke, nobody has closed it
            link.shutdown()


class ImapVisit:
    """A folder that is open."""

    def __init__(self, link: imaplib.IMAP4, *, deletes: bool) -> None:
        self._link = link
        self._mark = "\\Deleted" if deletes else "\\Seen"
        self._asked = "UNDELETED" if deletes else "UNSEEN"

    def waiting(self) -> list[str]:
        """UIDs of mails not marked yet."""
        found = _sure(self._link.uid("SEARCH", self._asked))
        uids = b" ".join(one for one in found if isinstance(one, bytes)).split()
        return [uid.decode() for uid in sorted(uids, key=int)]

    def bytes_of(self, name: str) -> bytes:
        """The whole mail, without marking it as seen."""
        status, found = self._link.uid("FETCH", name, "(BODY.PEEK[])")
        for part in found if status == "OK" else ():
            if isinstance(part, tuple):
                return bytes(part[1])
        raise NotHandedOver(f"{name}: {_said(found)}")

    def is_kept(self, name: str) -> None:
        """Mark it as seen, or to be deleted when the call ends."""
        _sure(self._link.uid("STORE", name, "+FLAGS.SILENT", f"({self._mark})"))


def _sure(answer: tuple[str, list[Any]]) -> list[Any]:
    status, found = answer
    if status != "OK":
        raise Unusable(_said(found) or status)
    return found


def _said(found: list[Any]) -> str:
    """The words of an answer."""
    first = found[0] if found else ""
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first or "")


def folder_name(name: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501, 5.1.3), quotes escaped."""

    def packed(found: "re.Match[str]") -> str:
        data = base64.b64encode(found[0].encode("utf-16-be")).decode()
        return f"&{data.rstrip('=').replace('/', ',')}-"

    written = re.sub(r"[^\x20-\x7e]+", packed, name.replace("&", "&-"))
    return written.replace("\\", "\\\\").replace('"', '\\"')


# --- POP3 --------------------------------------------------------------------------------------------


@contextmanager
def _pop(box: Mailbox, port: int, secret: str, is_token: bool) -> Iterator["PopVisit"]:
    context = ssl.create_default_context()
    if box.security == Security.TLS:
        link: poplib.POP3 = poplib.POP3_SSL(box.host, port, context=context, timeout=TIMEOUT)
    else:
        link = poplib.POP3(box.host, port, timeout=TIMEOUT)
    try:
        if box.security == Security.STARTTLS:
            link.stls(context=context)
        if is_token:
            _authenticate(link, xoauth2(box.username, secret))
        else:
            link.user(box.username)
            link.pass_(secret)
        yield PopVisit(link)
        link.quit()  # only now what is marked goes
    finally:
        with suppress(OSError, poplib.error_proto):
            link.close()


def _authenticate(link: poplib.POP3, said: str) -> None:
    """Sign in with a token; the module knows passwords only (RFC 5034)."""
    link._shortcmd("AUTH XOAUTH2")  # type: ignore[attr-defined]  # noqa: SLF001
    answer = link._shortcmd(base64.b64encode(said.encode()).decode())  # type: ignore[attr-defined]  # noqa: SLF001
    if not answer.startswith(b"+OK"):  # a question: why we are not let in
        link._shortcmd("")  # type: ignore[attr-defined]  # noqa: SLF001


class PopVisit:
    """A mailbox that is locked for us while the call lasts."""

    def __init__(self, link: poplib.POP3) -> None:
        self._link = link

    def waiting(self) -> list[str]:
        """Numbers of all mails there."""
        return [line.split()[0].decode() for line in self._link.list()[1]]

    def bytes_of(self, name: str) -> bytes:
        """The whole mail."""
        try:
            lines = self._link.retr(int(name))[1]
        except poplib.error_proto as error:
            said = error.args[0] if error.args else b""
            if isinstance(said, bytes) and said.startswith(b"-ERR"):
                raise NotHandedOver(f"{name}: {said.decode(errors='replace')}") from error
            raise
        return b"\r\n".join(lines) + b"\r\n"

    def is_kept(self, name: str) -> None:
        """Have it deleted at the end of the call."""
        self._link.dele(int(name))
