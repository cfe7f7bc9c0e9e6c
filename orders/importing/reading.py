"""Rows become orders, or problems with line and reason. Nothing here touches the database.

What a shop owner can rely on:
- A row that cannot be read whole is not imported; every such row is reported with its line and reason.
- The good rows of an order are imported without its bad ones, and the order is marked as incomplete. A
  later file with all its rows completes it. Where a discount of the whole order would have to be shared
  over rows that are missing, nothing of the order is imported: the shares would be wrong.
- Rows of one order that contradict each other (two customers, two dates) are all refused.
- A row that repeats another one in every cell is refused as its copy.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import Refused
from customers import rules as customer_rules
from orders import rules
from orders.drafts import DiscountDraft, OrderDraft, ParcelDraft, PaymentDraft
from orders.importing import generic, superstore, values
from orders.importing.files import Cell, Line, split
from orders.importing.mappings import Kind
from orders.importing.opening import Opened, Options
from orders.importing.rows import Parcel, Reason, Row, RowFacts, Store, shown
from orders.importing.values import Habits

READERS: dict[str, Callable[..., RowFacts | None]] = {"generic": generic.read, "superstore": superstore.read}


@dataclass(frozen=True)
class Buyer:
    """Who ordered, by what the file knows of them; `external` is "shop:id"."""

    external: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    language: str = "en"
    country: str = ""

    @property
    def contacts(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.external, self.email, self.phone)))


@dataclass(frozen=True)
class FileOrder:
    """A good order of the file and the lines it was read from."""

    lines: tuple[int, ...]
    buyer: Buyer
    draft: OrderDraft
    """Its customer is nobody yet."""

    @property
    def is_returned(self) -> bool:
        return any(line.returned for line in self.draft.lines)


@dataclass
class Reading:
    """All that a file holds: good orders by number, and for each bad row its reasons."""

    opened: Opened
    habits: Habits
    rows: int = 0
    orders: list[FileOrder] = field(default_factory=list)
    problems: dict[int, list[Reason]] = field(default_factory=dict)
    unwrapped: int = 0
    readable_with_single_quotes: int = 0
    returns_without_order: int = 0

    @property
    def customers(self) -> int:
        """How many people ordered; who shares a contact is one person."""
        person: dict[str, str] = {}

        def root(contact: str) -> str:
            while person.setdefault(contact, contact) != contact:
                contact = person[contact]
            return contact

        for order in self.orders:
            first, *others = order.buyer.contacts
            for contact in others:
                person[root(contact)] = root(first)
            root(first)
        return sum(contact == root(contact) for contact in list(person))

    @property
    def returns(self) -> int:
        return sum(order.is_returned for order in self.orders)

    @property
    def incomplete(self) -> int:
        return sum(order.draft.incomplete for order in self.orders)

    def note(self, line: int, *reasons: Reason) -> None:
        self.problems.setdefault(line, []).extend(reasons)


def read(opened: Opened, options: Options, store: Store) -> Reading:
    """Read a file to its end."""
    reading = Reading(opened, _habits(opened, options))
    grouped, missed = _read_rows(reading, store)
    for number, rows in sorted(grouped.items()):
        order = _Gathered(reading, store, number, rows, lacks_rows=number in missed).order()
        if order is not None:
            reading.orders.append(order)
    reading.returns_without_order = len(opened.returned - set(grouped) - missed)
    return reading


# --- how the file writes ------------------------------------------------------------------------------


def _habits(opened: Opened, options: Options) -> Habits:
    """Day or month first, point or comma: as told, else as this kind of file does, else as the file shows."""
    mapping = opened.header.mapping
    return Habits(
        dates=values.date_order(options.dates or mapping.date_order)
        or values.date_habit(_cells(opened, Kind.DATE)),
        decimals=values.decimal_mark(options.decimals) or values.decimal_habit(_cells(opened, Kind.AMOUNT)),
    )


def _cells(opened: Opened, kind: Kind) -> Iterator[Cell]:
    header = opened.header
    fields = [column.field for column in header.mapping.columns if column.kind is kind]
    places = [header.places[name] for name in fields if name in header.places]
    for line in opened.lines:
        if len(line.cells) == header.width:
            yield from (line.cells[place] for place in places)


# --- rows ---------------------------------------------------------------------------------------------


def _read_rows(reading: Reading, store: Store) -> tuple[dict[str, list[RowFacts]], set[str]]:
    """Good rows by order number, and the numbers that bad rows name."""
    read_row = READERS[reading.opened.header.mapping.name]
    grouped: dict[str, list[RowFacts]] = {}
    missed: set[str] = set()
    seen: dict[tuple[Cell, ...], int] = {}
    for line in reading.opened.lines:
        if line.is_blank:
            continue
        reading.rows += 1
        row = Row(line, reading.opened.header, store, reading.habits, unwrap=reading.opened.is_text)
        if _is_whole(reading, row) and not _is_copy(row, seen):
            number = str(row.cell("order_number")).strip()
            known = grouped.get(number)
            facts = read_row(row, currency=known[0].frame["currency"] if known else store.currency)
            if facts is not None:
                grouped.setdefault(facts.number, []).append(facts)
                reading.unwrapped += row.unwrapped
                continue
        reading.note(line.number, *row.reasons)
        if not any(reason.code == "row.copy" for reason in row.reasons):
            missed.add(str(row.cell("order_number")).strip())
    return grouped, missed


def _is_whole(reading: Reading, row: Row) -> bool:
    """Whether the line has a cell for every column and none beyond; notes what is wrong else."""
    line, width = row.line, reading.opened.header.width
    if line.defect:
        row.reasons.append(Reason("", "", line.defect))
        return False
    beyond = [cell for cell in line.cells[width:] if str(cell).strip()]
    if beyond and reading.opened.is_text:
        told = shown(reading.opened.delimiter.join(str(cell) for cell in line.cells))
        row.reasons.append(
            Reason("", told, "row.too_many_cells", {"found": len(line.cells), "expected": width})
        )
        reading.readable_with_single_quotes += _fits_in_single_quotes(reading.opened, line)
    elif beyond:
        row.reasons.append(Reason("", shown(beyond[0]), "row.outside_the_table"))
    elif len(line.cells) < width:
        row.reasons.append(Reason("", "", "row.too_few_cells", {"found": len(line.cells), "expected": width}))
    return not row.reasons


def _fits_in_single_quotes(opened: Opened, line: Line) -> bool:
    """Whether the row would have the right number of cells, were ' the quotation mark of the file."""
    if opened.quote == "'" or not any("'" in str(cell) for cell in line.cells):
        return False
    text = opened.delimiter.join(str(cell) for cell in line.cells)
    return len(next(split(text, opened.delimiter, "'")).cells) == opened.header.width


def _is_copy(row: Row, seen: dict[tuple[Cell, ...], int]) -> bool:
    first = seen.setdefault(row.line.cells, row.line.number)
    if first == row.line.number:
        return False
    row.reasons.append(Reason("", "", "row.copy", {"line": first}))
    return True


# --- orders -------------------------------------------------------------------------------------------

DECISIVE = (
    "customer_id",
    "email",
    "phone",
    "placed_at",
    "currency",
    "fx_rate",
    "paid_at",
    "order_discount",
    "shipping",
)
"""What the rows of one order may not contradict each other in; of other texts the first counts."""


class _Gathered:
    """The good rows of one order number on their way to an order."""

    def __init__(
        self, reading: Reading, store: Store, number: str, rows: Sequence[RowFacts], *, lacks_rows: bool
    ) -> None:
        self.reading, self.store, self.number, self.rows = reading, store, number, rows
        self.lacks_rows = lacks_rows
        self.frame: dict[str, Any] = {}

    def order(self) -> FileOrder | None:
        """The order; None when its rows do not make one, which is then noted for each of them."""
        reason = self._contradiction() or self._gap()
        if reason is None:
            buyer, draft = self._buyer(), self._draft()
            try:
                rules.price(draft)
            except Refused as refused:
                reason = Reason("", self.number, refused.code, refused.facts)
            else:
                return FileOrder(tuple(row.line for row in self.rows), buyer, draft)
        for row in self.rows:
            self.reading.note(row.line, reason)
        return None

    def _contradiction(self) -> Reason | None:
        told_at: dict[str, int] = {}
        for row in self.rows:
            for name, value in row.frame.items():
                if name not in self.frame:
                    self.frame[name], told_at[name] = value, row.line
                elif name in DECISIVE and self.frame[name] != value:
                    title = self.reading.opened.header.titles.get(name, name)
                    facts = {"number": self.number, "line": told_at[name], "other": row.line, "column": title}
                    return Reason(title, self.number, "row.order_disagrees", facts)
        return None

    def _gap(self) -> Reason | None:
        titles = self.reading.opened.header.titles
        if "placed_at" not in self.frame:
            return Reason(titles["placed_at"], "", "row.missing")
        if not any(self.frame.get(name) for name in ("customer_id", "email", "phone")):
            return Reason("", self.number, "row.nobody_to_reach")
        if self.lacks_rows and self.frame.get("order_discount"):
            return Reason(
                titles["order_discount"], self.number, "row.order_lacks_rows", {"number": self.number}
            )
        return None

    def _buyer(self) -> Buyer:
        frame, country = self.frame, self.frame.get("country", "")
        own_id, name = frame.get("customer_id", ""), frame.get("customer_name") or frame.get("recipient", "")
        told = frame.get("language") or ("zh" if country == "CN" or _has_han(name) else "en")
        return Buyer(
            external=f"{self.store.code}:{own_id}" if own_id else "",
            email=frame.get("email", ""),
            phone=frame.get("phone", ""),
            name=name,
            language=customer_rules.normal_language(told),
            country=country or self.store.country,
        )

    def _draft(self) -> OrderDraft:
        frame, is_returned = self.frame, self.number in self.reading.opened.returned
        lines = [row.item for row in self.rows]
        if is_returned:
            lines = [replace(line, returned=line.quantity) for line in lines]
        discount = frame.get("order_discount", 0)
        return OrderDraft(
            number=self.number,
            customer_id=0,
            currency=frame["currency"],
            placed_at=frame["placed_at"],
            lines=tuple(lines),
            discounts=(DiscountDraft(discount),) if discount else (),
            shipping=frame.get("shipping", 0),
            payment=self._payment(),
            parcels=tuple(self._parcels()),
            ship_to=self._ship_to(),
            incomplete=self.lacks_rows,
            fx_rate=frame.get("fx_rate"),
        )

    def _payment(self) -> PaymentDraft | None:
        """A file that tells when orders were paid tells so for each; in others all are paid."""
        if self.reading.opened.header.has("paid_at") and "paid_at" not in self.frame:
            return None
        captured_at = self.frame.get("paid_at", self.frame["placed_at"])
        return PaymentDraft(method=self.frame.get("payment_method", ""), captured_at=captured_at)

    def _parcels(self) -> Iterator[ParcelDraft]:
        """Rows with the same carrier and tracking number travelled together."""
        together: dict[tuple[str, str], list[tuple[int, Parcel]]] = {}
        for position, row in enumerate(self.rows):
            if row.parcel is not None:
                name = (row.parcel.carrier, row.parcel.tracking_number)
                together.setdefault(name, []).append((position, row.parcel))
        for (carrier, tracking_number), parts in together.items():
            yield ParcelDraft(
                carrier=carrier,
                tracking_number=tracking_number,
                service=parts[0][1].service,
                shipped_at=min((each.shipped_at for _, each in parts if each.shipped_at), default=None),
                delivered_at=max((each.delivered_at for _, each in parts if each.delivered_at), default=None),
                lines=tuple((position, self.rows[position].item.quantity) for position, _ in parts),
            )

    def _ship_to(self) -> dict[str, str]:
        frame = self.frame
        address = {
            "recipient": frame.get("recipient") or frame.get("customer_name", ""),
            "phone": frame.get("phone", ""),
            "lines": frame.get("address", ""),
            **{name: frame.get(name, "") for name in ("city", "region", "postcode", "country")},
        }
        return {name: value for name, value in address.items() if value}


def _has_han(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
