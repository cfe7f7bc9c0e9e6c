"""One row of a file, asked field by field. What is wrong with it is gathered, so that all of it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.errors import Refused
from orders.drafts import LineDraft
from orders.importing import values
from orders.importing.files import Cell, Line
from orders.importing.mappings import Header
from orders.importing.values import BadValue, Habits

Value = TypeVar("Value")

LONGEST_SHOWN = 200
CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True)
class Store:
    """What of the shop is needed to read its file; `now` is when the reading began."""

    code: str
    currency: str
    zone: ZoneInfo
    country: str
    now: datetime


@dataclass(frozen=True)
class Reason:
    """Why a row was not imported: the column's title in the file, its value, a code and facts."""

    column: str
    value: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parcel:
    """What a row says about the parcel its units travelled in."""

    carrier: str = ""
    tracking_number: str = ""
    service: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True)
class RowFacts:
    """A good row: its order's number, what it says of the whole order, its line, its parcel."""

    line: int
    number: str
    frame: dict[str, Any]
    item: LineDraft
    parcel: Parcel | None
    cells: tuple[Cell, ...]


class Row:
    """The cells of a line by field name, read with the habits of the file."""

    def __init__(self, line: Line, header: Header, store: Store, habits: Habits, *, unwrap: bool) -> None:
        self.line, self.header, self.store, self.habits = line, header, store, habits
        self.unwrap = unwrap
        self.unwrapped = False
        self.reasons: list[Reason] = []

    def cell(self, name: str) -> Cell:
        place = self.header.places.get(name, -1)
        return self.line.cells[place] if 0 <= place < len(self.line.cells) else ""

    def refuse(self, name: str, code: str, **facts: Any) -> None:
        """Note what is wrong with a field."""
        self.reasons.append(Reason(self.header.titles.get(name, ""), shown(self.cell(name)), code, facts))

    def read(self, name: str, how: Callable[[Cell], Value], empty: Value, *, needed: bool = False) -> Value:
        """The field's value, or `empty` for an empty or a bad cell; what is bad or missing is noted."""
        cell = self.cell(name)
        if not str(cell).strip():
            if needed:
                self.refuse(name, "row.missing")
            return empty
        try:
            return how(cell)
        except BadValue as bad:
            self.refuse(name, bad.code, **bad.facts)
        except Refused as refused:
            self.refuse(name, refused.code, **refused.facts)
        return empty

    def text(self, name: str, most: int, *, needed: bool = False) -> str:
        text = self.read(name, lambda cell: values.text_of(cell, most=most), "", needed=needed)
        if self.unwrap and (bare := values.without_quotes(text)) != text:
            self.unwrapped = True
            return bare
        return text

    def name(self, name: str, most: int, *, needed: bool = False) -> str:
        return self.read(name, lambda cell: values.name_of(cell, most=most), "", needed=needed)

    def amount(self, name: str, currency: str, *, needed: bool = False) -> int | None:
        def how(cell: Cell) -> int | None:
            return values.amount_of(cell, currency, decimals=self.habits.decimals)

        return self.read(name, how, None, needed=needed)

    def units(self, name: str, most: int, *, needed: bool = False) -> int | None:
        def how(cell: Cell) -> int | None:
            return values.count_of(cell, most=most)

        return self.read(name, how, None, needed=needed)

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        """An instant; without a zone the shop's clock is meant. Nothing has happened in the future yet."""

        def how(cell: Cell) -> datetime | None:
            moment = values.moment_of(cell, order=self.habits.dates)
            instant = (moment if moment.tzinfo else moment.replace(tzinfo=self.store.zone)).astimezone(UTC)
            if instant > self.store.now + CLOCK_SKEW:
                raise BadValue("row.in_the_future")
            return instant

        return self.read(name, how, None, needed=needed)

    def country(self) -> str:
        return self.read("country", lambda cell: values.country_of(str(cell)), "")


def shown(cell: Cell) -> str:
    """A cell as it may be repeated to a reader, whatever is in it."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in str(cell))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
