"""What every text about a case can say, where the sender gives `case`, `lines`, `ticket`, `customer`, `link`."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from core.texts.declaring import Both, Context, Label, Value
from tickets.texts import CUSTOMER_NAME, LINK, TICKET_NUMBER

ABOUT_CASES = _("Returns and repairs")

DAY = Both("Friday, 27 November 2026, 18:00 (Europe/Berlin)", "2026年11月27日星期五 18:00 (Asia/Shanghai)")
AMOUNT = Both("€49.90", "¥399.00")


def fact(name: str, label: Label, example: Both, *, key: str = "") -> Value:
    """A value that the sender gives ready to print, as `key` if not by its own name."""

    def value(given: Context) -> str:
        return str(given[key or name] or "")

    return Value(name, label, value, example)


def quoted(name: str, label: Label, lines: Callable[[Context], Iterable[str]], example: Both) -> Value:
    """Lines that stand indented in a mail, as a quotation."""

    def value(given: Context) -> str:
        return "\n".join(f"> {line}" for line in lines(given))

    return Value(name, label, value, example)


def has_day(given: Context) -> bool:
    return bool(given["due"])


def _items(given: Context) -> str:
    return "\n".join(f"– {line.order_line.title} × {line.quantity_requested}" for line in given["lines"])


CASE_NUMBER = Value(
    "case.number", _("number of the case"), lambda given: given["case"].number, Both("R-3017", "R-3017")
)
ITEMS = Value(
    "items",
    _("the items with their quantity, one a line"),
    _items,
    Both("– Desk lamp × 1\n– Light bulb × 2", "– 台灯 × 1\n– 灯泡 × 2"),
)

OF_CASE = (
    CUSTOMER_NAME,
    TICKET_NUMBER,
    CASE_NUMBER,
    Value(
        "case.kind",
        _("what is asked for, such as “repair”"),
        lambda given: given["case"].get_kind_display(),
        Both("Return and refund", "退货退款"),
    ),
    ITEMS,
    Value(
        "order.number",
        _("order number"),
        lambda given: given["case"].order.number,
        Both("SO-2044", "SO-2044"),
    ),
    Value(
        "shop.name",
        _("name of the shop"),
        lambda given: given["case"].order.shop.name,
        Both("Larch Lamps", "落叶松灯具"),
    ),
    LINK,
)
