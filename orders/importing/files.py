"""Opening a file of rows: CSV in the encodings shops export, and XLS or XLSX workbooks.

A line keeps its physical number, so that a person finds it again. What a file is, is decided by its
bytes and never by its name.
"""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import Refused

Cell = str | int | float | bool | date
"""A `datetime` is a `date`. An empty cell is ""."""

ROOT = Path(__file__).parents[2]
LONGEST_READING = 150
"""Seconds a workbook may take to be read."""

MOST_BYTES = 200 * 1024 * 1024
LONGEST_RECORD = 100
"""Physical lines that one row in quotation marks may span; beyond it the mark was never closed."""

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Line:
    """One row at its physical line. `defect` says what keeps its cells from being read at all."""

    number: int
    cells: tuple[Cell, ...]
    defect: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.defect and not any(str(cell).strip() for cell in self.cells)


@dataclass(frozen=True)
class Text:
    """A file of text: `encoding` is the one that fits its bytes."""

    content: str
    encoding: str


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    lines: Sequence[Line]


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin like XLS (OLE) or like XLSX (ZIP)."""
    return data.startswith((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"))


# --- workbooks --------------------------------------------------------------------------------------


def open_workbook(data: bytes) -> list[Sheet]:
    """The visible sheets of a workbook.

    Raises `Refused`: "import.not_a_table" (also when its reader dies of it), "import.too_large",
    "import.password".
    """
    command = [sys.executable, "-m", "orders.importing.workbooks"]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, cwd=ROOT, check=True, timeout=LONGEST_READING
        )
        told = json.loads(done.stdout, object_hook=_dated)
    except (subprocess.SubprocessError, ValueError):
        raise Refused("import.not_a_table") from None
    if "refused" in told:
        raise Refused(told["refused"])
    return [
        Sheet(
            sheet["name"],
            [Line(number, tuple(cells)) for number, cells in enumerate(sheet["rows"], start=sheet["first"])],
        )
        for sheet in told["sheets"]
    ]


def _dated(told: dict[str, Any]) -> Any:
    if "moment" in told:
        return datetime.fromisoformat(told["moment"])
    return date.fromisoformat(told["date"]) if "date" in told else told


# --- text -------------------------------------------------------------------------------------------


def decode(data: bytes, encoding: str = "") -> Text:
    """The text of a file, in the encoding told or else the one its bytes fit.

    A byte order mark decides; then UTF-8, then GB18030 where nearly all its characters are common ones,
    then Windows-1252. Single bytes that fit nowhere stay as surrogates and spoil only their own row.
    Raises `Refused`: "import.wrong_encoding", "import.not_a_table".
    """
    if encoding:
        return _told(data, encoding)
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _checked(Text(data.decode(name, "replace"), name))
    if data[:2000].count(0) > len(data[:2000]) // 5:
        name = "utf-16-le" if data[1:2000:2].count(0) > data[0:2000:2].count(0) else "utf-16-be"
        return _checked(Text(data.decode(name, "replace"), name))
    for name, fits in (("utf-8", _mostly_valid), ("gb18030", _mostly_common)):
        text = data.decode(name, "surrogateescape")
        if fits(text):
            return _checked(Text(text, name))
    return _checked(Text(data.decode("cp1252", "surrogateescape"), "cp1252"))


def _told(data: bytes, encoding: str) -> Text:
    try:
        return _checked(Text(data.decode(encoding).removeprefix("\ufeff"), encoding))
    except (LookupError, UnicodeError):
        raise Refused("import.wrong_encoding", encoding=encoding) from None


_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ESCAPED = re.compile(r"[\udc80-\udcff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LAST_COMMON_ROW = 0xA0 + 55


def _mostly_valid(text: str) -> bool:
    """Whether bytes that are no UTF-8 are rare beside characters that are."""
    escaped = len(_ESCAPED.findall(text))
    return not escaped or escaped * 4 <= len(_FOREIGN.findall(text)) - escaped


def _mostly_common(text: str) -> bool:
    """Whether the text reads like Chinese: bytes of a Western file make rare characters by chance."""
    foreign = _FOREIGN.findall(text[:200_000])
    return sum(map(_is_common, foreign)) * 4 >= len(foreign) * 3


def _is_common(character: str) -> bool:
    """Whether it is punctuation or one of the 3,755 frequent characters: GB 2312, rows 1 to 55.

    Two accented letters side by side ("öß") come out above these rows.
    """
    try:
        return character.encode("gb2312")[0] <= LAST_COMMON_ROW
    except UnicodeError:
        return False


def _checked(text: Text) -> Text:
    """Refuse pictures, documents and programs: they are full of control characters."""
    sample = text.content[:20_000]
    strange = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    if text.content.startswith("%PDF") or strange > max(10, len(sample) // 50):
        raise Refused("import.not_a_table")
    return text


def split(text: str, delimiter: str, quote: str, *, width: int = 0) -> Iterator[Line]:
    """Rows of a text in order. A quotation mark that is not closed spoils its own line only.

    With the `width` of the table known, so does one that another row's mark would close.
    """
    physical = list(io.StringIO(text, newline=None))
    position = 0
    while position < len(physical):
        line = physical[position]
        if quote not in line:
            yield Line(position + 1, tuple(line.rstrip("\n").split(delimiter)))
            position += 1
            continue
        record, taken = _record(physical, position, delimiter, quote, width)
        yield record
        position += taken


def _record(
    physical: Sequence[str], position: int, delimiter: str, quote: str, width: int
) -> tuple[Line, int]:
    feed = _Feed(physical[position : position + LONGEST_RECORD])
    reader = csv.reader(feed, delimiter=delimiter, quotechar=quote)
    number = position + 1
    try:
        cells = next(reader)
    except csv.Error:
        return Line(number, (), defect="import.cell_too_long"), 1
    swallowed = width > 1 and any(_holds_rows(cell, delimiter, width) for cell in cells)
    if feed.ran_out or swallowed:
        return Line(number, (), defect="import.quote_not_closed"), 1
    return Line(number, tuple(cells)), reader.line_num


def _holds_rows(cell: str, delimiter: str, width: int) -> bool:
    """Whether a cell over several lines is made of rows: it has as many delimiters as a row, or more."""
    return "\n" in cell and cell.count(delimiter) >= width - 1


class _Feed:
    """Hands a csv reader one line after the other and notes when it asks for more than there are."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.ran_out = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            return next(self.lines)
        except StopIteration:
            self.ran_out = True
            raise
