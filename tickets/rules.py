"""Decisions about tickets that need no database."""

PREVIEW_LENGTH = 200
SUBJECT_LENGTH = 200


def plain(text: str) -> str:
    """The text as it can be stored: without null bytes, line ends made one kind, nothing around it."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def one_line(text: str, length: int) -> str:
    """The text on one line, cut to `length` with an ellipsis."""
    line = " ".join(plain(text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
