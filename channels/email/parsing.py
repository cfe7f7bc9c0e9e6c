"""Raw bytes into what a mail says. Whatever comes is read as far as it goes; what is no mail is said so.

The parser's plain policy is used, as its modern one raises on headers that real mail programs write; texts,
names and dates are decoded here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from channels.email import bodies
from channels.email.charsets import header_text, text_of, tidy
from channels.email.states import Reason

MOST_TEXT = 2_000_000
MOST_PARTS = 500
MOST_DEPTH = 30
MOST_BOUNDARIES = 150
"""Above this many, parts lie in parts to no purpose but to keep a reader busy."""

MOST_WORK = 20_000_000
"""Lines, each of which is compared with every border there may be."""
MOST_ADDRESSES = 200
MOST_REFERENCES = 60
MOST_HEADERS = 200

_NO_ADDRESS = re.compile(r"[\s<>,;:\"()\[\]]+")
_BRACKETED = re.compile(r"<([^<>\s:]{1,320}@[^<>\s]{1,253})>")
_ASIDE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\([^()]*\)")
"""What is quoted, or said in brackets of the other kind."""

_BORDER = re.compile(rb"boundary[\s\d*]*=")
_ID = re.compile(r"<[^<>\s]{3,400}>")
_RECIPIENTS = [
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "resent-to",
    "x-forwarded-to",
    "x-delivered-to",
]
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "video/mp4": "mp4",
    "text/plain": "txt",
}

Part = Message


class Unreadable(Exception):
    """The bytes are no mail that can be worked on; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class File:
    """Something that hangs on a mail; `cid` is the name by which its HTML shows it."""

    name: str
    content_type: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True)
class Mail:
    """What a mail says. `text` is what a person reads, also when there is only HTML."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    recipients: Sequence[str]
    references: Sequence[str]
    sent_at: datetime | None
    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    files: Sequence[File]
    root: Part = field(repr=False)

    def header(self, name: str) -> str:
        """The first header of a name, "" for none."""
        return next((value for known, value in self.headers if known.lower() == name), "")

    def all_of(self, name: str) -> list[str]:
        """Every header of a name, the topmost first."""
        return [value for known, value in self.headers if known.lower() == name]

    def as_written(self, name: str) -> list[str]:
        """The same, with nothing decoded: what a machine wrote for machines."""
        return [_unfolded(value) for known, value in self.root.raw_items() if known.lower() == name]


def read(raw: bytes, *, most: int | None = None) -> Mail:
    """What bytes say as a mail; raises `Unreadable`. `most` is the largest size that is looked at."""
    if most is not None and len(raw) > most:
        raise Unreadable(Reason.TOO_LARGE)
    if not raw.strip(b"\x00 \r\n\t"):
        raise Unreadable(Reason.EMPTY)
    borders = len(_BORDER.findall(raw.lower()))
    if borders > MOST_BOUNDARIES or (borders + 1) * raw.count(b"\n") > MOST_WORK:
        raise Unreadable(Reason.UNREADABLE)
    try:
        return _read(message_from_bytes(raw.removeprefix(b"\xef\xbb\xbf").lstrip(), policy=compat32))
    except Unreadable:
        raise
    except Exception as error:  # bytes made to break a parser can break it in any way
        raise Unreadable(Reason.UNREADABLE) from error


def _read(root: Part) -> Mail:
    headers = [(name[:100], _unfolded(value)) for name, value in list(root.raw_items())[:MOST_HEADERS]]
    first = {name.lower(): value for name, value in reversed(headers)}
    name, address = _sender(first.get("from", ""))
    found = _Parts()
    found.take(root)
    piece = found.piece(root)
    return Mail(
        message_id=_message_id(first.get("message-id", "")),
        sender=address,
        sender_name=name,
        subject=header_text(first.get("subject", "")),
        recipients=_recipients(headers),
        references=_references(first),
        sent_at=_date(first.get("date", "")),
        headers=[(name, header_text(value)[:4000]) for name, value in headers],
        text=piece.said()[:MOST_TEXT],
        html=piece.html[:MOST_TEXT],
        files=found.files,
        root=root,
    )


# --- headers -----------------------------------------------------------------------------------------


def _unfolded(value: Any) -> str:
    return re.sub(r"[\r\n]+[ \t]*", " ", str(value)).strip()[:100_000]


def _message_id(value: str) -> str:
    found = _ID.search(value)
    return header_text(found[0] if found else value)[:400]


def _sender(value: str) -> tuple[str, str]:
    """Name and address of whom a mail is from; "" where there is none one could write to.

    An address in brackets is it, whatever is written before: it is the one that mail servers check.
    """
    for given in (value[:2000], header_text(value)[:2000]):
        try:
            name, address = parseaddr(given)
        except Exception:  # its parser is as old as mail
            name, address = "", ""
        bracketed = _BRACKETED.findall(_ASIDE.sub("", given))
        if len(bracketed) == 1 and bracketed[0] != address:
            name, address = _ASIDE.sub("", given).partition("<")[0].strip(), bracketed[0]
        if "@" in address:
            return header_text(name)[:200], header_text(address)[:320]
    found = next(_addresses(value), "")
    return ("", found) if found else (header_text(value)[:200], "")


def _recipients(headers: Sequence[tuple[str, str]]) -> list[str]:
    given = (value for name, value in headers if name.lower() in _RECIPIENTS)
    found = (address for value in given for address in _addresses(value))
    return list(dict.fromkeys(found))[:MOST_ADDRESSES]


def _addresses(value: str) -> Iterator[str]:
    """What looks like an address in a header."""
    for word in _NO_ADDRESS.split(header_text(value)):
        local, _at, host = word.partition("@")
        if local and host:
            yield f"{local[-200:]}@{host[:253]}"


def _references(first: dict[str, str]) -> list[str]:
    """The mails this one answers, the closest first."""
    answered = _ID.findall(first.get("in-reply-to", ""))
    thread = _ID.findall(first.get("references", ""))
    return list(dict.fromkeys([*answered[:10], *reversed(thread)]))[:MOST_REFERENCES]


def _date(value: str) -> datetime | None:
    """When a mail says it was sent; None for what no calendar has."""
    try:
        said = parsedate_to_datetime(value[:200])
        said = said if said.tzinfo else said.replace(tzinfo=UTC)
        return said.astimezone(UTC) if 1980 < said.year < 2200 else None
    except Exception:  # dates are written in every way there is
        return None


# --- parts -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Piece:
    """What a part says, as text and as HTML; one may be empty."""

    text: str = ""
    html: str = ""

    def said(self) -> str:
        return self.text.strip("\n") if self.text.strip() else bodies.plain(self.html) if self.html else ""

    def drawn(self) -> str:
        return self.html or bodies.as_html(self.text)


class _Parts:
    """The parts of a mail, sorted into what is read and what hangs on it."""

    def __init__(self) -> None:
        self.files: list[File] = []
        self._count = 0

    def take(self, root: Part) -> None:
        """Count the parts first: a mail of thousands is no letter."""
        if sum(1 for _part in _every(root, 0)) > MOST_PARTS:
            raise Unreadable(Reason.UNREADABLE)

    def piece(self, part: Part, depth: int = 0) -> _Piece:
        """What a part and those within it say; files are put aside on the way."""
        kind = _kind(part)
        if kind == "message/rfc822":
            self._keep_forwarded(part)
            return _Piece()
        if part.is_multipart() and depth < MOST_DEPTH:
            pieces = [self.piece(inner, depth + 1) for inner in _inner(part)]
            return _one_of(pieces) if kind == "multipart/alternative" else _all_of(pieces)
        if kind in ("text/plain", "text/html") and not _is_file(part):
            text = tidy(text_of(_content(part), _charset(part)))[:MOST_TEXT]
            return _Piece(html=text) if kind == "text/html" else _Piece(_flowed(part, text))
        if not kind.startswith("multipart/"):
            self._keep(part, kind)
        return _Piece()

    def _keep(self, part: Part, kind: str) -> None:
        content = _content(part)
        if kind == "message/delivery-status" or not content:
            return
        self._count += 1
        name = _file_name(part) or f"file-{self._count}.{_ENDINGS.get(kind, 'bin')}"
        cid = header_text(str(part.get("content-id", ""))).strip("<> ")[:200]
        self.files.append(File(name[:200], kind[:100], content, cid))

    def _keep_forwarded(self, part: Part) -> None:
        """A mail inside the mail is a file: what it says is not what its sender says."""
        inner = next(iter(_inner(part)), None)
        content = inner.as_bytes() if inner is not None else _content(part)
        self._count += 1
        subject = header_text(str(inner.get("subject", ""))) if inner is not None else ""
        self.files.append(File(f"{(subject or f'mail-{self._count}')[:150]}.eml", "message/rfc822", content))


def _every(part: Part, depth: int) -> Iterator[Part]:
    yield part
    if part.is_multipart() and depth < MOST_DEPTH:
        for inner in _inner(part):
            yield from _every(inner, depth + 1)


def _inner(part: Part) -> list[Part]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _one_of(pieces: Sequence[_Piece]) -> _Piece:
    """Alternatives say the same: one plain text, one HTML."""
    text = next((piece.text for piece in pieces if piece.text.strip()), "")
    html = next((piece.html for piece in reversed(pieces) if piece.html.strip()), "")
    return _Piece(text, html)


def _all_of(pieces: Sequence[_Piece]) -> _Piece:
    """Parts one after the other, such as text between photos."""
    full = [piece for piece in pieces if piece.text.strip() or piece.html.strip()]
    if len(full) == 1:
        return full[0]
    html = "".join(piece.drawn() for piece in full) if any(piece.html for piece in full) else ""
    return _Piece("\n\n".join(piece.said() for piece in full), html)


def _kind(part: Part) -> str:
    return str(part.get_content_type()).lower()


def _is_file(part: Part) -> bool:
    """Whether a text is a file: said so, or named without being said to be part of the letter."""
    way = str(part.get("content-disposition", "")).split(";")[0].strip().lower()
    return way == "attachment" or (way != "inline" and bool(_file_name(part)))


def _file_name(part: Part) -> str:
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        value = part.get_param(name, header=header)
        if value:
            return header_text(_collapsed(value))[-200:]
    return ""


def _charset(part: Part) -> str:
    value = part.get_param("charset")
    return _collapsed(value)[:60] if value else ""


def _collapsed(value: Any) -> str:
    """A parameter of a header, whatever encoding it says it is in (RFC 2231)."""
    if not isinstance(value, tuple):
        return str(value)
    charset, _language, text = value
    return text_of(text.encode("raw-unicode-escape", "surrogateescape"), charset or "")


def _content(part: Part) -> bytes:
    """The bytes of a part as they were before they were packed for the way."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _flowed(part: Part, text: str) -> str:
    """Lines that were broken for the way, put together again (RFC 3676).

    Where the space before a break was put there only to say so, as in Chinese, it goes (DelSp).
    """
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    is_filled = str(part.get_param("delsp") or "").lower() == "yes"
    pieces: list[str] = []
    before = first = ""
    for number, line in enumerate(text.split("\n")):
        goes_on = before.endswith(" ") and first != "-- " and not first.startswith(">")
        if goes_on and not line.startswith(">"):
            pieces[-1] = before[:-1] if is_filled else before
            before = line.removeprefix(" ")
        else:
            pieces += ["\n"] if number else []
            before = first = line
        pieces.append(before)
    return "".join(pieces)
