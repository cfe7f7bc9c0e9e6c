"""An order as it is told to us, before it is a row. Amounts are minor units of the order's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True)
class LineDraft:
    """One line: `discount` is its own, `tax` is on top of the price, `returned` units have come back.

    `flags` are those of `LineFlag`: what the line was sold as.
    """

    sku: str
    title: str
    quantity: int
    unit_price: int
    discount: int = 0
    tax: int = 0
    category: str = ""
    returned: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiscountDraft:
    """A discount of the whole order: shared over `lines` (positions from 0; None: all), or on shipping."""

    amount: int
    source: str = "promotion"
    lines: tuple[int, ...] | None = None
    on_shipping: bool = False


@dataclass(frozen=True)
class PaymentDraft:
    """Money received for the whole order. Without `external_id` the shop and order number name it."""

    gateway: str = ""
    external_id: str = ""
    method: str = ""
    captured_at: datetime | None = None


@dataclass(frozen=True)
class ParcelDraft:
    """A parcel to the customer; `lines` holds (position from 0, units), None: everything."""

    carrier: str = ""
    tracking_number: str = ""
    service: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    lines: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True)
class OrderDraft:
    """A whole order. `tax` is tax told for the order only, shared over the lines by what they cost.

    Without `payment` the order is not paid yet. `incomplete` orders lack lines that could not be read.
    `fx_rate` is how many units of the shop's currency one unit of `currency` was worth.
    """

    number: str
    customer_id: int
    currency: str
    placed_at: datetime
    lines: tuple[LineDraft, ...]
    discounts: tuple[DiscountDraft, ...] = ()
    shipping: int = 0
    tax: int = 0
    payment: PaymentDraft | None = None
    parcels: tuple[ParcelDraft, ...] = ()
    ship_to: Mapping[str, str] = field(default_factory=dict)
    incomplete: bool = False
    fx_rate: Decimal | None = None


class Outcome(StrEnum):
    """What became of a draft."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
