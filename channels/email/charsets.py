"""Bytes into text, whatever their label says: it is missing, wrong, or an old name for something larger."""

import codecs
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp

from channels.email.client_names import COMMON

LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "hz",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859-1": "cp1252",
}
"""The name a codec goes by -> one that reads everything it does and more: mail programs say the smaller."""

ALIASES = {
    "x-gbk": "gbk",
    "x-big5": "big5",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "unicode": "utf-16",
}

KNOWN = [
    "utf-8",
    "utf-16",
    "utf-32",
    "iso8859",
    "cp12",
    "cp43",
    "cp8",
    "cp9",
    "koi8",
    "mac",
    "gb",
    "big5",
    "euc",
    "shift",
    "iso2022",
    "hz",
    "johab",
    "tis",
    "ascii",
]
"""How codecs begin that hold text of people. UTF-7 is none: it hides what it says from every filter."""

VAGUE = ("ascii", "cp1252")
"""Labels that programs write without knowing better."""

MOST_BYTES = 8_000_000
"""More is never shown of a text, and each encoding that is tried takes several times the memory."""

LONGEST_LETTER = 8
GUESSES = ("gb18030", "big5hkscs", "cp932")
ENOUGH = 0.12
"""Of the Chinese letters of a text in Chinese, at least so many are common ones."""

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(=\?)")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LEVEL_ONE = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa3\xb0-\xd7][\xa1-\xfe])*")
"""Bytes that read as the common half of GB 2312, such as a name of two letters."""

_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what is written around them: a name could show another address by them."""

_SURROGATES = re.compile(r"[\ud800-\udfff]")


def text_of(data: bytes, label: str = "") -> str:
    """The text of bytes with a label that may be missing or wrong; never fails. Of very many, the first."""
    data = data[:MOST_BYTES]
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(codec, "replace")
    codec = _codec(label)
    if codec and codec not in VAGUE and (text := _strictly(data, codec)) is not None:
        return text
    return _guessed(data, codec)


def _codec(label: str) -> str:
    """The codec a label means, "" for none we read."""
    label = label.strip().strip("\"'").lower()
    try:
        name = codecs.lookup(ALIASES.get(label, label)).name
    except (LookupError, ValueError):
        return ""
    return LARGER.get(name, name) if name.startswith(tuple(KNOWN)) else ""


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        is_cut = len(data) == MOST_BYTES and error.start > MOST_BYTES - LONGEST_LETTER
        return data[: error.start].decode(codec) if is_cut else None
    except (UnicodeError, LookupError):
        return None


def _guessed(data: bytes, codec: str) -> str:
    """The likeliest reading: UTF-8 where it fits, then what makes common Chinese of it, then the label."""
    if b"\x1b$" in data and (japanese := _strictly(data, "iso2022_jp_ext")) is not None:
        return japanese
    if (text := _strictly(data, "utf-8")) is not None:
        return text
    read = [(guess, text) for guess in GUESSES if (text := _strictly(data, guess)) is not None]
    likely = max(read, key=lambda one: _commonness(one[1]), default=("", ""))
    if likely[0] and _commonness(likely[1]) >= ENOUGH:
        return likely[1]
    if not codec and _LEVEL_ONE.fullmatch(data) and (chinese := _strictly(data, "gb18030")) is not None:
        return chinese
    return data.decode(codec or "cp1252", "replace")


def _commonness(text: str) -> float:
    """How many of the Chinese letters of a text are common ones."""
    letters = _HAN.findall(text[:20_000])
    return sum(letter in COMMON for letter in letters) / len(letters) if letters else 0.0


def header_text(value: str) -> str:
    """What a header says: encoded words, raw bytes of any encoding, folded lines."""
    if _SURROGATES.search(value):
        value = text_of(value.encode("utf-8", "surrogateescape"))
    value = _BETWEEN.sub(r"\1\2", value)
    return " ".join(_TURNS.sub("", tidy("".join(_words(value)))).split())


def _words(value: str) -> "list[str]":
    """Encoded words decoded; pieces of one encoding side by side are one, as letters are cut between them."""
    said: list[str] = []
    waiting, label, end = b"", "", 0
    for found in _WORD.finditer(value):
        between, decoded = value[end : found.start()], _decoded(found[2], found[3])
        if between or found[1].lower() != label:
            said += [text_of(waiting, label), between]
            waiting, label = b"", found[1].lower()
        waiting += decoded
        end = found.end()
    return [*said, text_of(waiting, label), value[end:]]


def _decoded(way: str, data: str) -> bytes:
    raw = data.encode("ascii", "ignore")
    if way in "qQ":
        return a2b_qp(raw, header=True)
    return base64_of(raw)


def base64_of(raw: bytes) -> bytes:
    """The bytes behind base64, as far as it can be read."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        return a2b_base64(kept[: len(kept) - (len(kept) % 4 == 1)] + b"=" * (-len(kept) % 4))
    except Base64Error:
        return b""


def tidy(text: str) -> str:
    """The text as a database can keep it: no null bytes, no halves of letters, one kind of line end."""
    if _SURROGATES.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
