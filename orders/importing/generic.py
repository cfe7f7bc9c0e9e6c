"""The general order list: one row for each line of an order; what concerns the whole order may stand in
each of its rows or in one."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.errors import Refused
from core.money import Money, format_money
from customers import actions as customers
from orders import rules
from orders.drafts import LineDraft
from orders.importing import values
from orders.importing.files import Cell
from orders.importing.rows import Parcel, Row, RowFacts
from orders.importing.values import BadValue


def read(row: Row, *, currency: str) -> RowFacts | None:
    """A row's facts; None when something is wrong with it. `currency` is what its order is known to use."""
    currency = row.read("currency", _currency, currency)
    frame = _frame(row, currency)
    item = _item(row, currency)
    parcel = _parcel(row, frame.get("placed_at"))
    number = row.name("order_number", 64, needed=True)
    if row.reasons or item is None:
        return None
    return RowFacts(row.line.number, number, frame, item, parcel, row.line.cells)


def _currency(cell: Cell) -> str:
    code = str(cell).strip().upper()
    if code not in rules.CURRENCIES:
        raise BadValue("row.unknown_currency")
    return code


def _rate(cell: Cell, row: Row) -> Decimal:
    rate = values.decimal_of(cell, decimals=row.habits.decimals)
    if not 0 < rate <= rules.LARGEST_RATE:
        raise BadValue("order.rate_out_of_range")
    return rate.quantize(Decimal("1e-8"))


def _frame(row: Row, currency: str) -> dict[str, Any]:
    """What the row says of its whole order; empty cells say nothing."""
    country = row.country()
    told: dict[str, Any] = {
        "placed_at": row.moment("placed_at"),
        "currency": currency,
        "fx_rate": row.read("fx_rate", lambda cell: _rate(cell, row), None),
        "customer_id": row.name("customer_id", 200),
        "email": _contact(row, "email", row.text("email", 254), country),
        "phone": _contact(row, "phone", row.name("phone", 40), country),
        "customer_name": row.text("customer_name", 200),
        "language": row.text("language", 20),
        "country": country,
        "paid_at": row.moment("paid_at"),
        "payment_method": row.text("payment_method", 30),
        "order_discount": row.amount("order_discount", currency),
        "shipping": row.amount("shipping", currency),
        **{name: row.text(name, most) for name, most in _ADDRESS.items()},
    }
    return {name: value for name, value in told.items() if value not in {None, ""}}


_ADDRESS = {"recipient": 200, "address": 500, "city": 100, "region": 100, "postcode": 20}


def _contact(row: Row, name: str, value: str, country: str) -> str:
    """An e-mail address or phone number in the form in which they are compared."""
    try:
        contacts = customers.contacts_from(**{name: value}, country=country or row.store.country)
    except Refused as refused:
        row.refuse(name, refused.code, **refused.facts)
        return ""
    return contacts[0].normalized if contacts else ""


def _item(row: Row, currency: str) -> LineDraft | None:
    sku = row.name("sku", 64, needed=True)
    title = row.text("title", 300)
    category = row.text("category", 100)
    unmarked: tuple[str, ...] = ()
    flags = row.read("flags", values.flags_of, unmarked)
    quantity = row.units("quantity", rules.MOST_UNITS, needed=True)
    price = row.amount("unit_price", currency, needed=True)
    discount = row.amount("line_discount", currency) or 0
    tax = row.amount("line_tax", currency) or 0
    total = row.amount("line_total", currency)
    returned = row.read("returned_quantity", lambda cell: _returned(cell, quantity or 0), 0)
    if quantity is None or price is None:
        return None
    if discount > price * quantity:
        row.refuse("line_discount", "order.discount_above_price")
        return None
    paid = price * quantity - discount + tax
    if total is not None and total != paid and not str(row.cell("order_discount")).strip():
        row.refuse("line_total", "row.does_not_add_up", expected=format_money(Money(paid, currency), "en"))
    return LineDraft(sku, title or sku, quantity, price, discount, tax, category, returned, flags=flags)


def _returned(cell: Cell, quantity: int) -> int:
    if str(cell).strip() in {"0", "0.0"}:
        return 0
    units = values.count_of(cell, most=rules.MOST_UNITS)
    if units > quantity:
        raise BadValue("row.returned_above_units")
    return units


def _parcel(row: Row, placed_at: datetime | None) -> Parcel | None:
    parcel = Parcel(
        carrier=row.text("carrier", 60),
        tracking_number=row.name("tracking_number", 60),
        shipped_at=row.moment("shipped_at"),
        delivered_at=row.moment("delivered_at"),
    )
    check_sequence(row, placed_at, parcel)
    return parcel if parcel.tracking_number or parcel.shipped_at or parcel.delivered_at else None


def check_sequence(row: Row, placed_at: datetime | None, parcel: Parcel) -> None:
    """Ordered, shipped, delivered, in this order; a day's difference may be a matter of zones."""
    steps = [
        ("placed_at", placed_at),
        ("shipped_at", parcel.shipped_at),
        ("delivered_at", parcel.delivered_at),
    ]
    known = [(name, moment) for name, moment in steps if moment is not None]
    for (_before, earlier), (name, later) in pairwise(known):
        if later < earlier - timedelta(days=1):
            row.refuse(name, "row.before_the_last_step")
