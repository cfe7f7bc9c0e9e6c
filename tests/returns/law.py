"""Orders abroad, and the rules and rights of a fresh installation."""

from datetime import UTC, date, datetime
from typing import Any

from customers.models import Customer
from orders.models import Order
from returns.models import PlanPrice, WarrantyPlan, WarrantyRule, WithdrawalRight
from returns.warranty_defaults import ensure_warranties
from tests import build
from tests.returns import shop

SUMMER = datetime(2026, 8, 5, 8, 0, tzinfo=UTC)
"""Wednesday, 10:00 in Berlin, when the laws of 2026 are in force."""

DELIVERED = datetime(2026, 8, 3, 8, 0, tzinfo=UTC)
"""Monday before: the period of 14 days ends with Monday, 17 August."""


def furnish() -> None:
    """Default rules and rights, also after a test that emptied the tables."""
    ensure_warranties(WarrantyRule.objects, WithdrawalRight.objects)


def buyer(name: str = "Greta", country: str = "DE", **fields: Any) -> Customer:
    return build.customer(name, country=country, **fields)


def order(*lines: dict[str, Any], country: str = "DE", **fields: Any) -> Order:
    """A delivered order in the EU, paid in euro."""
    values = {
        "currency": "EUR",
        "placed_at": DELIVERED,
        "delivered_at": DELIVERED,
        "ship_to": {"country": country, "recipient": "Greta", "city": "Berlin", "lines": "Torstr. 1"},
        **fields,
    }
    values.setdefault("customer", buyer(country=country))
    return shop.order(*lines, **values)


def undelivered(*lines: dict[str, Any], **fields: Any) -> Order:
    """Paid, and not with the customer yet."""
    return order(*lines, delivered_at=None, status="paid", **fields)


def plan(code: str = "care-24", **fields: Any) -> WarrantyPlan:
    """Two years more, for 19.90 in dollars and euro."""
    values = {"name_en": "Care 24", "name_zh": "延保两年", "months": 24, **fields}
    row = WarrantyPlan.objects.create(code=code, **values)
    for currency in ("USD", "EUR"):
        PlanPrice.objects.create(plan=row, currency=currency, price=19_90)
    return row


def rule(code: str = "own", **fields: Any) -> WarrantyRule:
    values = {
        "name_en": "Own rule",
        "name_zh": "自定规则",
        "kind": "manufacturer",
        "months": 36,
        "valid_from": date(2020, 1, 1),
        **fields,
    }
    return WarrantyRule.objects.create(code=code, **values)
