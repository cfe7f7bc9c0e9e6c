"""Decisions about tickets that need no database."""

import re
import unicodedata
from hashlib import sha256

PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 200
FIRST_WORDS = 60


def plain(text: str) -> str:
    """The text as it can be stored: without null bytes, line ends made one kind, nothing around it."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def one_line(text: str, length: int) -> str:
    """The text on one line, cut to `length` with an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def form_name(key: str, *said: str) -> str:
    """The name of what is sent with a form: the same words twice are one message. "" without a key."""
    return f"form:{key}:{sha256(chr(0).join(said).encode()).hexdigest()[:16]}" if key else ""


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one that was sent twice: how it is spaced and how its letters are coded apart."""
    return _evened(one) == _evened(other)


def _evened(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", plain(text)).split())


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same: width, case, spaces and signs do not count."""
    return words_of(one) == words_of(other) != ""


def words_of(text: str) -> str:
    """The letters and digits of a text, as they are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


_ANSWER = re.compile(
    r"^\s*(?:(?:re|aw|sv|fwd?|wg|\u56de\u590d|\u7b54\u590d|\u8f6c\u53d1)\s*[:\uff1a]\s*)+", re.IGNORECASE
)


def bare_subject(subject: str) -> str:
    """A subject without what mail programs put before it when one answers or forwards."""
    return _ANSWER.sub("", subject).strip()


def first_words(body: str) -> str:
    """A subject for something that came without one."""
    lines = plain(body).splitlines()
    return one_line(lines[0], FIRST_WORDS) if lines else "📷"
