"""Reads a workbook in a process of its own: `python -m orders.importing.workbooks < FILE`.

A damaged or malicious workbook can make its reader ask for more memory than there is, which ends the
process; here that is this small one and not a worker. Prints JSON: {"sheets": [{"name", "first", "rows"}]}
or {"refused": code}. Dates are written as {"date": …} and {"moment": …}.
"""

import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

MOST_MEMORY = 2 * 1024**3
MOST_SECONDS = 120
MOST_UNPACKED = 800 * 1024 * 1024
MOST_CELLS = 20_000_000


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    refused = _refusal(data) if data.startswith(b"PK") else ""
    json.dump({"refused": refused} if refused else _read(data), sys.stdout, default=_told)


def _read(data: bytes) -> dict[str, Any]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return {"refused": "import.password"}
    visible = [each.name for each in book.sheets_metadata if each.visible is SheetVisibleEnum.Visible]
    return {"sheets": [_sheet(book, name) for name in visible]}


def _sheet(book: CalamineWorkbook, name: str) -> dict[str, Any]:
    """The rows from the first one that holds anything, and the physical line of that one."""
    sheet = book.get_sheet_by_name(name)
    return {
        "name": name,
        "first": sheet.start[0] + 1 if sheet.start else 1,
        "rows": list(sheet.iter_rows()),
    }


def _told(cell: date | time | timedelta) -> Any:
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    return {"date": cell.isoformat()} if isinstance(cell, date) else str(cell)


def _refusal(data: bytes) -> str:
    """Why a package is no workbook, or too large: a sheet is laid out from corner to corner."""
    try:
        with ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                return "import.not_a_table"
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                return "import.too_large"
            sheets = (part for part in parts if part.filename.startswith("xl/worksheets/"))
            return "import.too_large" if any(area > MOST_CELLS for area in _areas(package, sheets)) else ""
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return "import.not_a_table"


_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')


def _areas(package: ZipFile, sheets: Iterator[Any]) -> Iterator[int]:
    """Columns times rows up to the farthest cell of each sheet."""
    for part in sheets:
        columns = rows = 0
        for letters, row in _CELL.findall(package.read(part)):
            columns, rows = max(columns, _column(letters)), max(rows, int(row))
        yield columns * rows


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


if __name__ == "__main__":
    main()
