"""The table of who gets in where: access.txt, read."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.house.addresses import Address

TABLE = Path(__file__).with_name("access.txt")
ANYTHING = "any"
CLOSED = frozenset({"401", "403", "404", "405", "in", "door", "admin"})
"""What a method that is in no row may answer."""


@dataclass(frozen=True)
class Row:
    """A line of the table: what each visitor gets at an address, by one method."""

    pattern: str
    method: str
    cells: Mapping[str, str]


@cache
def table() -> tuple[Row, ...]:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    (_address, _method, *visitors), *rows = lines
    return tuple(Row(name, method, dict(zip(visitors, cells, strict=True))) for name, method, *cells in rows)


def visitors() -> list[str]:
    """The heads of the columns."""
    return list(table()[0].cells)


def rows_of(address: Address) -> dict[str, Row]:
    """The rows about an address by method; its own go before those with a * that fit."""
    own = {row.method: row for row in table() if row.pattern == address.name}
    fitting = {row.method: row for row in table() if fnmatch.fnmatchcase(address.name, row.pattern)}
    return fitting | own
