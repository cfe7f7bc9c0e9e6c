"""Making out what a file is: its encoding, delimiter and sheet, and where its header stands."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import Any

from core.errors import Refused
from orders.importing import files
from orders.importing.files import Line
from orders.importing.mappings import HEADER_WITHIN, RETURNS, Header, Mapping, find_header, mappings_named

HEAD = 20_000
"""Characters in which the header of a text file is looked for."""


@dataclass(frozen=True)
class Options:
    """What a person may say about a file, where it does not show it by itself; "" to find out."""

    mapping: str = ""
    encoding: str = ""
    delimiter: str = ""
    quote: str = '"'
    sheet: str = ""
    dates: str = ""
    decimals: str = ""

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Options":
        """Options as they were kept on a row; unknown names are left out."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: str(value) for name, value in stored.items() if name in names})

    def kept(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Opened:
    """A file whose header is known. `lines` are all below it, `returned` the orders a second sheet names."""

    header: Header
    lines: Sequence[Line]
    returned: frozenset[str] = frozenset()
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    sheet: str = ""

    @property
    def is_text(self) -> bool:
        return not self.sheet


def open_file(data: bytes, options: Options) -> Opened:
    """Make out what a file is. Raises `Refused` "import.…" for what is no list of orders."""
    if len(data) > files.MOST_BYTES:
        raise Refused("import.too_large")
    if not data.strip():
        raise Refused("import.empty")
    mappings = mappings_named(options.mapping)
    if files.is_workbook(data):
        return _open_workbook(data, options, mappings)
    return _open_text(data, options, mappings)


def _open_text(data: bytes, options: Options, mappings: Sequence[Mapping]) -> Opened:
    text = files.decode(data, options.encoding)
    refusals: list[Refused] = []
    for delimiter in [options.delimiter] if options.delimiter else files.DELIMITERS:
        head = files.split(text.content[:HEAD], delimiter, options.quote)
        try:
            header = find_header(list(islice(head, HEADER_WITHIN * 2)), mappings)
        except Refused as refusal:
            refusals.append(refusal)
            continue
        rows = files.split(text.content, delimiter, options.quote, width=header.width)
        lines = [row for row in rows if row.number > header.line]
        return Opened(header, lines, encoding=text.encoding, delimiter=delimiter, quote=options.quote)
    raise _nearest(refusals)


def _open_workbook(data: bytes, options: Options, mappings: Sequence[Mapping]) -> Opened:
    sheets = files.open_workbook(data)
    if options.sheet and options.sheet not in [sheet.name for sheet in sheets]:
        raise Refused("import.no_such_sheet", name=options.sheet, known=[sheet.name for sheet in sheets])
    refusals = []
    for sheet in sheets:
        if options.sheet not in {"", sheet.name}:
            continue
        try:
            header = find_header(sheet.lines, mappings)
        except Refused as refusal:
            refusals.append(refusal)
            continue
        others = [other for other in sheets if other.name != sheet.name]
        lines = [each for each in sheet.lines if each.number > header.line]
        return Opened(header, lines, returned=frozenset(_returned(others)), sheet=sheet.name)
    if not any(line for sheet in sheets for line in sheet.lines if not line.is_blank):
        raise Refused("import.empty")
    raise _nearest(refusals)


def _nearest(refusals: Sequence[Refused]) -> Refused:
    """The refusal that helps most: a header that nearly fits before one that is like nothing."""
    return min(refusals, key=lambda refusal: refusal.code == "import.no_mapping")


def _returned(sheets: Sequence[files.Sheet]) -> Iterator[str]:
    """Numbers of the orders that a second sheet marks as returned."""
    for sheet in sheets:
        try:
            header = find_header(sheet.lines, [RETURNS])
        except Refused:
            continue
        for line in sheet.lines:
            if line.number > header.line and is_yes(line.cells[header.places["returned"]]):
                yield str(line.cells[header.places["order_number"]]).strip()


def is_yes(cell: files.Cell) -> bool:
    """A tick in a column of ticks."""
    return cell is True or str(cell).strip().casefold() in {
        "yes",
        "y",
        "true",
        "1",
        "是",
        "已退货",
        "returned",
    }
