"""What a file is, by its content: the few kinds we take, and the names they may carry."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

import puremagic

Family = Literal["image", "video", "audio", "pdf", "text"]

HEAD = 8192
"""Bytes from the beginning of a file that tell its kind."""

NAME_LENGTH = 150


@dataclass(frozen=True)
class FileType:
    """A kind we take. `inline`: browsers show it; `drawable`: we can look inside and draw it small."""

    content_type: str
    family: Family
    extensions: tuple[str, ...]
    inline: bool = True
    drawable: bool = False


JPEG = FileType("image/jpeg", "image", ("jpg", "jpeg", "jfif", "jpe"), drawable=True)
PNG = FileType("image/png", "image", ("png",), drawable=True)
WEBP = FileType("image/webp", "image", ("webp",), drawable=True)
GIF = FileType("image/gif", "image", ("gif",), drawable=True)
HEIC = FileType("image/heif", "image", ("heic", "heif", "hif"), inline=False)
PDF = FileType("application/pdf", "pdf", ("pdf",))
MP4 = FileType("video/mp4", "video", ("mp4", "m4v", "3gp"))
QUICKTIME = FileType("video/quicktime", "video", ("mov", "qt"))
WEBM = FileType("video/webm", "video", ("webm",))
AMR = FileType("audio/amr", "audio", ("amr",), inline=False)
OGG = FileType("audio/ogg", "audio", ("ogg", "oga", "opus"), inline=False)
TEXT = FileType("text/plain", "text", ("txt", "log"), inline=False)
MAIL = FileType("message/rfc822", "text", ("eml",), inline=False)

TYPES: Mapping[str, FileType] = {
    kind.content_type: kind
    for kind in (JPEG, PNG, WEBP, GIF, HEIC, PDF, MP4, QUICKTIME, WEBM, AMR, OGG, TEXT, MAIL)
}

VOICES: Mapping[bytes, FileType] = {b"#!AMR": AMR, b"OggS": OGG}
"""How voice messages begin that come from messengers."""

OFFERED = {name for name, kind in TYPES.items() if kind.family != "audio" and kind is not MAIL}
ACCEPT = ",".join(sorted({*OFFERED, "image/heic"}))
"""For the `accept` attribute of file inputs."""


def recognise(head: bytes, name: str) -> FileType | None:
    """The kind of a file by its first bytes; None if it is none we take.

    The name counts only for plain text and for mails, which have no mark of their own.
    """
    for kind in (TEXT, MAIL):
        if extension(name) in kind.extensions:
            return kind if is_text(head) else None
    for mark, kind in VOICES.items():
        if head.startswith(mark):
            return kind
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    return TYPES.get(matches[0].mime_type) if matches else None


def is_text(head: bytes) -> bool:
    """Whether bytes read as text in UTF-8 or in the Chinese GB 18030, without control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        text = _decoded(head, encoding)
        if text is not None:
            return not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text)
    return False


def _decoded(head: bytes, encoding: str) -> str | None:
    """The text of bytes that may end in the middle of a character."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if len(head) < HEAD or error.end < len(head) - cut:
                return None
    return None


def extension(name: str) -> str:
    """ "Photo.JPG" -> "jpg"."""
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def tidy_name(name: str, kind: FileType) -> str:
    """A file name to show and to offer for saving: no path, no control characters, an honest ending."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    name = "".join(mark for mark in name if unicodedata.category(mark)[0] != "C")
    name = " ".join(re.sub(r'[<>:"|?*]', " ", name).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or ending.lower() not in kind.extensions:
        stem, ending = name, kind.extensions[0]
    return f"{stem[:NAME_LENGTH].rstrip('. ') or 'file'}.{ending}"
