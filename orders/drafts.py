"""An order as it is told to us, before it is a row. Amounts are minor units of the order's currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True)
class LineDraft:
    """One line: `discount` is its own, `tax` is on top of the price, `returned` units have come back.

    A gift declares what a unit is worth, and the position (from 0) of the line it came with, if any.
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
    gift_value: int = 0
    gift_with: int | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class DiscountDraft:
    """A discount of the whole order: shared over `lines` (positions from 0; None: all), or on shipping.

    `tiers` are its terms, (spent at least, off); none: it has none.
    """

    amount: int
    source: str = "promotion"
    lines: tuple[int, ...] | None = None
    on_shipping: bool = False
    tiers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class TenderDraft:
    """A part of a payment that was no money: points, a gift card or a coupon worth `amount`.

    `units` is how many points; `gateway` is who can give it back, "" where that is done by hand.
    """

    tender: str
    amount: int
    gateway: str = ""
    external_id: str = ""
    units: int | None = None


@dataclass(frozen=True)
class PaymentDraft:
    """What was received for the whole order: `tenders`, and money for the rest.

    Without `external_id` the shop and order number name it.
    """

    gateway: str = ""
    external_id: str = ""
    method: str = ""
    captured_at: datetime | None = None
    tenders: tuple[TenderDraft, ...] = ()


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
