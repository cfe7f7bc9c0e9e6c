"""Ordinary orders for the tests of orders."""

from datetime import UTC, datetime
from typing import Any

from core.actors import SYSTEM
from orders import actions
from orders.drafts import LineDraft, OrderDraft, PaymentDraft
from orders.models import Order, Shop
from tests import build

PLACED = datetime(2026, 3, 1, 10, tzinfo=UTC)


def shop(code: str = "lamps", **fields: Any) -> Shop:
    row, _ = Shop.objects.get_or_create(
        code=code, defaults={"name": "Lamps & More", "currency": "EUR", **fields}
    )
    return row


def line(sku: str = "LAMP-1", **fields: Any) -> LineDraft:
    return LineDraft(**{"sku": sku, "title": f"Lamp {sku}", "quantity": 1, "unit_price": 1000, **fields})


def draft(number: str = "1001", **fields: Any) -> OrderDraft:
    return OrderDraft(
        **{
            "number": number,
            "customer_id": 1,
            "currency": "EUR",
            "placed_at": PLACED,
            "lines": (line(),),
            "payment": PaymentDraft(),
            **fields,
        }
    )


def order(number: str = "1001", **fields: Any) -> Order:
    """An order on record, of Carol's and paid unless said otherwise."""
    placed, _ = actions.place_order(
        fields.pop("shop", None) or shop(),
        number,
        **{
            "customer": fields.pop("customer", None) or build.customer(),
            "placed_at": PLACED,
            "lines": [line(quantity=2), line("BULB-1", quantity=3, unit_price=250)],
            "payment": PaymentDraft(),
            "by": SYSTEM,
            **fields,
        },
    )
    return placed
