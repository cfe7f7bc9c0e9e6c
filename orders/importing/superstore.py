"""The Superstore sample: one row for each line, amounts as they were sold.

`Sales` is what the line was sold for, after its discount, with up to four decimals: it is rounded half up
to cents, per line. `Discount` is a share of the price before it, so the unit price is
Sales / (1 - Discount) / Quantity, rounded to cents and never so low that the units together cost less
than was paid; the line's discount is the exact difference. The sheet tells no day of delivery: the ship
date stands for it, the earliest day it can have been, so no return period comes out longer than it was.
Customers have no address but their shop account.
"""

from decimal import Decimal

from core.money import to_minor
from orders import rules
from orders.drafts import LineDraft
from orders.importing import values
from orders.importing.files import Cell
from orders.importing.generic import check_sequence
from orders.importing.opening import is_yes
from orders.importing.rows import Parcel, Row, RowFacts


def read(row: Row, *, currency: str) -> RowFacts | None:
    """A row's facts; None when something is wrong with it."""
    number = row.name("order_number", 64, needed=True)
    placed_at = row.moment("placed_at", needed=True)
    shipped_at = row.moment("shipped_at", needed=True)
    frame = {
        "placed_at": placed_at,
        "currency": currency,
        "customer_id": row.name("customer_id", 200, needed=True),
        "customer_name": row.text("customer_name", 200, needed=True),
        "country": row.country(),
        "city": row.text("city", 100),
        "region": row.text("region", 100),
        "postcode": row.name("postcode", 20),
    }
    item = _item(row, currency)
    parcel = Parcel(service=row.text("service", 60), shipped_at=shipped_at, delivered_at=shipped_at)
    check_sequence(row, placed_at, parcel)
    if row.reasons or item is None:
        return None
    told = {name: value for name, value in frame.items() if value}
    return RowFacts(row.line.number, number, told, item, parcel, row.line.cells)


def _item(row: Row, currency: str) -> LineDraft | None:
    def decimal(cell: Cell) -> Decimal | None:
        number = values.decimal_of(cell, decimals=row.habits.decimals, currency=currency)
        if number < 0:
            raise values.BadValue("row.negative")
        return number

    def ratio(cell: Cell) -> Decimal | None:
        return values.ratio_of(cell, decimals=row.habits.decimals)

    sku = row.name("sku", 64, needed=True)
    title = row.text("title", 300, needed=True)
    category = " / ".join(filter(None, (row.text("category", 48), row.text("subcategory", 48))))
    quantity = row.units("quantity", rules.MOST_UNITS, needed=True)
    sales = row.read("sales", decimal, None, needed=True)
    share = row.read("discount", ratio, None, needed=True)
    if quantity is None or sales is None or share is None:
        return None
    if share == 1 and sales:
        row.refuse("discount", "row.nothing_left_to_pay")
        return None
    unit_price, discount = prices(sales, share, quantity, currency)
    returned = quantity if is_yes(row.cell("returned")) else 0
    return LineDraft(sku, title, quantity, unit_price, discount, 0, category, returned)


def prices(sales: Decimal, share: Decimal, quantity: int, currency: str) -> tuple[int, int]:
    """Unit price and discount of a line in minor units, from what it was sold for.

    957.5775 for 5 units at 45 % off is 348.21 a unit and 783.47 off: 5 x 348.21 - 783.47 = 957.58.
    """
    paid = to_minor(sales, currency)
    if share == 1:
        return 0, 0
    unit_price = to_minor(sales / (1 - share) / quantity, currency)
    if unit_price * quantity < paid:
        unit_price = -(-paid // quantity)
    return unit_price, unit_price * quantity - paid
