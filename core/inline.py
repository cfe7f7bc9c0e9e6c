"""Pictures in the middle of a text: where it says "[image: name]", a file of that name is shown.

Mail programs write the same into the plain part of a mail, so what customers send stands in place too.
"""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.models import Attachment

Piece = str | Attachment

_MARK = re.compile(r"\[image: ([^\[\]\r\n]{1,200})\]", re.IGNORECASE)


def mark(name: str) -> str:
    """What stands in a text where the picture of this name is shown."""
    return f"[image: {name}]"


def pieces(text: str, files: Iterable[Attachment]) -> list[Piece]:
    """The text with its pictures in place; a mark without a picture of its name stays words.

    Of several pictures of one name each mark takes the next, and the last of them stays.
    """
    named = _by_name(files)
    parts: list[Piece] = []
    end = 0
    for found in _MARK.finditer(text):
        waiting = named.get(found[1].strip())
        if not waiting:
            continue
        parts += [text[end : found.start()], waiting.pop(0) if len(waiting) > 1 else waiting[0]]
        end = found.end()
    return [part for part in [*parts, text[end:]] if part]


def _by_name(files: Iterable[Attachment]) -> dict[str, list[Attachment]]:
    named: dict[str, list[Attachment]] = {}
    for file in files:
        if file.thumbnail:  # what could be drawn small is whole, and a picture
            named.setdefault(file.name, []).append(file)
    return named


def placed(text: str, files: Sequence[Attachment]) -> list[Attachment]:
    """Those files that stand in the text."""
    shown = {piece.pk for piece in pieces(text, files) if isinstance(piece, Attachment)}
    return [file for file in files if file.pk in shown]


def without_marks(text: str) -> str:
    """The words alone."""
    return _MARK.sub("", text)


def plain(text: str, files: Iterable[Attachment]) -> str:
    """The text for readers to whom no picture can be shown: its name, in words of the active language."""
    return "".join(
        _("[Image: %(name)s]") % {"name": piece.name} if isinstance(piece, Attachment) else piece
        for piece in pieces(text, files)
    )
