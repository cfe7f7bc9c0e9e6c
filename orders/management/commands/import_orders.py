"""Imports a file of orders from the command line."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Language
from core import clock, words
from core.errors import Refused
from orders.actions import imports
from orders.importing import report
from orders.importing.files import MOST_BYTES
from orders.importing.mappings import GENERIC, MAPPINGS
from orders.importing.opening import Options
from orders.models import ImportProblem, ImportRun

SOME_ROWS_WERE_BAD = 1
NOT_A_LIST_OF_ORDERS = 2
BAR = 40

ABOUT = """
Imports orders from a CSV, XLS or XLSX file. What a file is shows in its bytes and its header; say so
with the options where it does not. Good rows are imported, bad ones are listed in a report with their
line in the file and the reason. An order some rows of which are bad is imported without them and marked
as incomplete; importing a file with all its rows completes it. Importing a file twice changes nothing.

The last line on stdout is a summary in JSON:
  rows        data rows in the file            errors      rows not imported
  orders      orders accepted                  created, updated, unchanged: what became of the orders
  customers   customers who ordered them       incomplete  orders that lack rows
  returns     orders that came back            report      the file that lists the bad rows

Exit code: 0 every row was good; 1 some rows were not imported; 2 the file cannot be read.
"""


class Command(BaseCommand):
    help = ABOUT

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """The help keeps its lines, and ends with the columns of the general list."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = columns()
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [mapping.name for mapping in MAPPINGS]
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--mapping", default="", help=f"what the columns mean: {', '.join(names)}")
        parser.add_argument("--shop", default="", metavar="CODE", help="the shop the orders belong to")
        parser.add_argument("--report", type=Path, metavar="FILE", help="where to list the bad rows")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--encoding", default="", help="such as gb18030 or cp1252")
        parser.add_argument("--delimiter", default="", help="what separates cells")
        parser.add_argument("--quote", default='"', help="the quotation mark around cells")
        parser.add_argument("--sheet", default="", metavar="NAME", help="the sheet of a workbook")
        parser.add_argument("--dates", default="", choices=["dmy", "mdy"], help="day or month first")
        parser.add_argument("--decimals", default="", choices=["point", "comma"], help="the decimal mark")
        parser.add_argument("--language", default="en", choices=Language.values, help="of reasons")

    def handle(self, *args: Any, file: Path, language: str, **options: Any) -> None:
        with translation.override(language):
            try:
                run, problems = self.import_file(file, **options)
            except Refused as refused:
                raise CommandError(words.refusal(refused), returncode=NOT_A_LIST_OF_ORDERS) from None
            path = write_report(file, problems, options["report"])
            self.tell(run, path, dry_run=options["dry_run"])
        self.stdout.write(json.dumps(summary(run, path)))
        if run.errors:
            sys.exit(SOME_ROWS_WERE_BAD)

    def import_file(self, file: Path, **options: Any) -> tuple[ImportRun, list[ImportProblem]]:
        """Import the file with what was said about it."""
        bar = Bar(sys.stderr)
        try:
            return imports.import_now(
                contents(file),
                file.name,
                options=Options.of({name: options[name] for name in Options().kept()}),
                shop_code=options["shop"],
                progress=bar.show,
                dry_run=options["dry_run"],
            )
        finally:
            bar.end()

    def tell(self, run: ImportRun, path: Path | None, *, dry_run: bool) -> None:
        """For the person at the terminal, what the figures mean."""
        became = f"{run.created:,} new, {run.updated:,} updated, {run.unchanged:,} unchanged"
        lines = [f"{run.rows:,} rows, {run.orders:,} orders of {run.customers:,} customers: {became}."]
        if run.errors:
            lines.append(f"{run.errors:,} rows were not imported; why is in {path}.")
        if run.incomplete:
            lines.append(f"{run.incomplete:,} orders lack rows in this file; new ones are marked incomplete.")
        lines += [str(note) for note in report.notes(run)]
        if dry_run:
            lines.append("Nothing was kept: this was a dry run.")
        self.stderr.write("\n".join(lines), self.style.NOTICE)


def contents(file: Path) -> bytes:
    """The bytes of a file. Raises `Refused` with a sentence for whatever is in the way."""
    try:
        if file.is_dir():
            raise Refused("import.is_a_directory", name=str(file))
        if file.stat().st_size > MOST_BYTES:
            raise Refused("import.too_large")
        return file.read_bytes()
    except FileNotFoundError:
        raise Refused("import.no_such_file", name=str(file)) from None
    except OSError as error:
        raise Refused("import.unreadable", name=str(file), error=error.strerror or "") from None


def write_report(file: Path, problems: Iterable[ImportProblem], wanted: Path | None) -> Path | None:
    """List the bad rows where asked; else, if there are any, in a file named after the time."""
    problems = list(problems)
    if wanted is None and not problems:
        return None
    path = wanted or settings.REPORTS_DIR / f"{file.stem}-{clock.now():%Y%m%d-%H%M%S}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        report.write(problems, out)
    return path


def summary(run: ImportRun, path: Path | None) -> dict[str, Any]:
    """The figures another program reads."""
    names = [
        "rows",
        "orders",
        "customers",
        "returns",
        "errors",
        "created",
        "updated",
        "unchanged",
        "incomplete",
    ]
    return {name: getattr(run, name) for name in names} | {"report": str(path) if path else None}


def columns() -> str:
    """The columns of the general list, in both languages."""
    lines = ["Columns of the general list (English or Chinese; * is needed):"]
    for column in GENERIC.columns:
        mark = "*" if column.required else " "
        lines.append(f" {mark} {column.en[0]:<18} {column.zh[0]:<10} {column.about}")
    return "\n".join(lines)


class Bar:
    """A progress bar, drawn only where somebody watches."""

    def __init__(self, out: TextIO) -> None:
        self.out = out if out.isatty() else None
        self.drawn = False

    def show(self, done: int, total: int) -> None:
        if self.out is None or not total:
            return
        filled = BAR * done // total
        self.out.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {done:,} of {total:,} orders")
        self.out.flush()
        self.drawn = True

    def end(self) -> None:
        if self.out is not None and self.drawn:
            self.out.write("\n")
