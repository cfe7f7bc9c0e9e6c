"""Opening a file of rows: CSV in the encodings shops export, and XLS or XLSX workbooks.

A line keeps its physical number, so that a person finds it again. What a file is, is decided by its
bytes and never by its name.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from core.errors import Refused

Cell = str | int | float | bool | date | time | timedelta
"""`datetime` is a `date`. An empty cell is ""."""

MOST_BYTES = 200 * 1024 * 1024
MOST_CELLS = 20_000_000
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
    """The visible sheets of a workbook. Raises `Refused` "import.not_a_table", "import.password"."""
    if data.startswith(b"PK"):
        _check_package(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [each.name for each in book.sheets_metadata if each.visible is SheetVisibleEnum.Visible]
        return [Sheet(name, _lines_of(book, name)) for name in visible]
    except PasswordError:
        raise Refused("import.password") from None
    except (CalamineError, OSError, ValueError) as error:
        raise Refused("import.not_a_table") from error
    except BaseException as error:  # the reader is written in Rust: what it panics about is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise Refused("import.not_a_table") from error


def _lines_of(book: CalamineWorkbook, name: str) -> list[Line]:
    sheet = book.get_sheet_by_name(name)
    first = sheet.start[0] + 1 if sheet.start else 1
    return [Line(number, tuple(cells)) for number, cells in enumerate(sheet.iter_rows(), start=first)]


_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')


def _check_package(data: bytes) -> None:
    """Refuse what is no workbook or would not fit into memory: a sheet is laid out from corner to corner."""
    try:
        with ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if sum(part.file_size for part in parts) > MOST_BYTES * 4:
                raise Refused("import.too_large")
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise Refused("import.not_a_table")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and _area(package.read(part)) > MOST_CELLS:
                    raise Refused("import.too_large")
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise Refused("import.not_a_table") from error


def _area(sheet: bytes) -> int:
    """Columns times rows between the first cell and the farthest one."""
    columns = rows = 0
    for letters, row in _CELL.findall(sheet):
        columns, rows = max(columns, _column(letters)), max(rows, int(row))
    return columns * rows


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


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
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")


def _mostly_valid(text: str) -> bool:
    """Whether bytes that are no UTF-8 are rare beside characters that are."""
    escaped = len(_ESCAPED.findall(text))
    return not escaped or escaped * 4 <= len(_FOREIGN.findall(text)) - escaped


def _mostly_common(text: str) -> bool:
    """Whether the text reads like Chinese: bytes of a Western file make rare characters by chance."""
    foreign = _FOREIGN.findall(text[:200_000])
    common = sum(1 for character in foreign if _is_common(character))
    return common * 10 >= len(foreign) * 9


def _is_common(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeError:
        return False


def _checked(text: Text) -> Text:
    """Refuse pictures, documents and programs: they are full of control characters."""
    sample = text.content[:20_000]
    strange = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    if text.content.startswith("%PDF") or strange > max(10, len(sample) // 50):
        raise Refused("import.not_a_table")
    return text


def split(text: str, delimiter: str, quote: str) -> Iterator[Line]:
    """Rows of a text in order. A quotation mark that never closes spoils its own line only."""
    physical = list(io.StringIO(text, newline=None))
    position = 0
    while position < len(physical):
        line = physical[position]
        if quote not in line:
            yield Line(position + 1, tuple(line.rstrip("\n").split(delimiter)))
            position += 1
            continue
        record, taken = _record(physical, position, delimiter, quote)
        yield record
        position += taken


def _record(physical: Sequence[str], position: int, delimiter: str, quote: str) -> tuple[Line, int]:
    feed = _Feed(physical[position : position + LONGEST_RECORD])
    reader = csv.reader(feed, delimiter=delimiter, quotechar=quote)
    number = position + 1
    try:
        cells = next(reader)
    except csv.Error:
        return Line(number, (), defect="import.cell_too_long"), 1
    if feed.ran_out:
        return Line(number, (), defect="import.quote_not_closed"), 1
    return Line(number, tuple(cells)), reader.line_num


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
