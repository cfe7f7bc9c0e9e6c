"""The rows that were not imported, as a table a shop can work through in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from typing import Protocol

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import dates, words
from core.errors import Refused
from orders.models import ImportProblem, ImportRun

HEADER = ["line", "column", "value", "reason"]


class Out(Protocol):
    """What a csv writer writes to."""

    def write(self, text: str, /) -> object: ...


def write(problems: Iterable[ImportProblem], out: Out) -> None:
    """One row for each bad row, with all its reasons, in the active language."""
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(_rows(problems))


def _rows(problems: Iterable[ImportProblem]) -> Iterator[list[str]]:
    for problem in problems:
        columns = [reason["column"] for reason in problem.reasons]
        told = [reason["value"] for reason in problem.reasons]
        yield [
            str(problem.line),
            _harmless("; ".join(dict.fromkeys(filter(None, columns)))),
            _harmless("; ".join(dict.fromkeys(filter(None, told)))),
            "; ".join(sentences(problem)),
        ]


def sentences(problem: ImportProblem) -> list[str]:
    """Why a row was not imported, in the active language."""
    return [words.refusal(Refused(reason["code"], **reason["facts"])) for reason in problem.reasons]


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula; plain negative numbers stay as they are."""
    if text[:1] in {"=", "+", "@", "\t"} or (text[:1] == "-" and not text[1:2].isdigit()):
        return f"'{text}"
    return text


def notes(run: ImportRun) -> list[str]:
    """What a person should know of how the file was understood, in the active language."""
    found, told = run.findings, []
    if count := found.get("readable_with_single_quotes"):
        told.append(
            ngettext(
                "%(count)s of the bad rows can be read if ' is the quotation mark of the file: read it again"
                " with that mark.",
                "%(count)s of the bad rows can be read if ' is the quotation mark of the file: read it again"
                " with that mark.",
                count,
            )
            % {"count": format_decimal(count, locale=dates.locale())}
        )
    if count := found.get("unwrapped"):
        told.append(
            ngettext(
                "%(count)s row had texts in single quotation marks; the marks were taken off.",
                "%(count)s rows had texts in single quotation marks; the marks were taken off.",
                count,
            )
            % {"count": format_decimal(count, locale=dates.locale())}
        )
    if count := found.get("returns_without_order"):
        told.append(
            ngettext(
                "%(count)s order is named as returned but is not in the file.",
                "%(count)s orders are named as returned but are not in the file.",
                count,
            )
            % {"count": format_decimal(count, locale=dates.locale())}
        )
    if found.get("encoding") in {"cp1252", "gb18030"}:
        told.append(_("The file was read as %(encoding)s.") % {"encoding": found["encoding"]})
    return told
