"""Tables for spreadsheets: UTF-8 with the mark Excel wants, no cell that would be calculated."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain

from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CALCULATED = tuple("=+-@\t\r\n＝＋－＠")
MARK = "\ufeff"

DAY = _("Day")
TARGET = _("Target")
COLUMNS = (
    _("Number"),
    _("Subject"),
    _("Customer"),
    _("Team"),
    _("Channel"),
    _("Counts on"),
    _("Outcome"),
)


def safe(cell: object) -> object:
    """Text that begins like a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(CALCULATED):
        return f"'{cell}"
    return cell


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The table line by line, so that a long one needs no memory."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield MARK.encode()
    for row in chain([header], rows):
        writer.writerow([safe(str(cell) if isinstance(cell, Promise) else cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A download named `name`."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
