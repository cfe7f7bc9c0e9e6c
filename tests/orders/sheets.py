"""Small files of orders for the tests of the importer."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from orders.importing.opening import Options, open_file
from orders.importing.reading import Reading, read
from orders.importing.rows import Store

HEADER = "Order number,Placed at,SKU,Title,Quantity,Unit price,Email"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STORE = Store("lamps", "EUR", ZoneInfo("Europe/Berlin"), "DE", NOW)


def row(number: str = "1001", **cells: str) -> str:
    """A good row of the short header; `cells` replaces some by their titles in lower case."""
    values = {
        "number": number,
        "placed": "2026-03-08 14:30",
        "sku": "LAMP-1",
        "title": "Desk lamp",
        "quantity": "2",
        "price": "24.90",
        "email": "carol@example.com",
    }
    return ",".join((values | cells).values())


def sheet(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def read_bytes(data: bytes, **options: Any) -> Reading:
    chosen = Options(**options)
    return read(open_file(data, chosen), chosen, STORE)


def read_rows(*rows: str, header: str = HEADER, **options: Any) -> Reading:
    return read_bytes(sheet(*rows, header=header), **options)


def codes(reading: Reading) -> dict[int, list[str]]:
    """The bad lines with the codes of their reasons."""
    return {line: [reason.code for reason in reasons] for line, reasons in sorted(reading.problems.items())}
