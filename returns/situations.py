"""What a policy and a law are chosen by: an item of an order, or one that an administrator makes up."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from core import zones
from customers.models import Tier
from orders.models import Order, OrderLine, Shop
from orders.states import Direction
from returns.models import Reason, ReturnPolicy
from returns.states import CaseKind, Fault

Anchor = ReturnPolicy.Anchor


@dataclass(frozen=True)
class Situation:
    """An item, its order, and what is asked for. `reason` None: it is not known yet.

    Instants that have not come are None. `fx_rate` is in units of `shop_currency` for one of `currency`.
    """

    placed_at: datetime
    at: datetime
    country: str = ""
    zone: str = "UTC"
    category: str = ""
    sku: str = ""
    flags: frozenset[str] = frozenset()
    tier: Tier | None = None
    shop: Shop | None = None
    reason: Reason | None = None
    kind: str = CaseKind.RETURN_REFUND
    currency: str = ""
    shop_currency: str = ""
    fx_rate: Decimal | None = None
    delivered_at: datetime | None = None
    last_parcel_at: datetime | None = None
    confirmed_at: datetime | None = None

    @property
    def day(self) -> date:
        """The day of the order, which decides the policies and laws that it was placed under."""
        return self.placed_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def is_faulty(self) -> bool:
        """Whether the goods were wrong, or suffered on the way."""
        return self.reason is not None and self.reason.fault_default in (Fault.MERCHANT, Fault.CARRIER)

    def starts_at(self, anchor: str) -> datetime | None:
        """When a period counted from `anchor` begins; None before the goods are there.

        A confirmation counts only as long as nothing arrives after it, so that no delivery ever brings
        a deadline forward (domain T2).
        """
        match anchor:
            case Anchor.ORDERED:
                return self.placed_at
            case Anchor.DELIVERED:
                return self.delivered_at or self.last_parcel_at
            case Anchor.CONFIRMED:
                return max(filter(None, (self.confirmed_at, self.last_parcel_at)), default=None)
            case _:
                return self.last_parcel_at


def situation_of(
    order: Order,
    line: OrderLine,
    at: datetime,
    *,
    reason: Reason | None = None,
    kind: str = CaseKind.RETURN_REFUND,
) -> Situation:
    """The situation of an item at a moment. Reads the parcels of the order, once for all its items."""
    prefetch_related_objects([order], "shipments__lines")
    return Situation(
        placed_at=order.placed_at,
        at=at,
        country=country_of(order),
        zone=zone_of(order),
        category=line.category,
        sku=line.sku,
        flags=frozenset(line.flags),
        tier=order.customer.tier,
        shop=order.shop,
        reason=reason,
        kind=kind,
        currency=order.currency,
        shop_currency=order.shop.currency,
        fx_rate=order.fx_rate,
        delivered_at=_delivered(order, line),
        last_parcel_at=order.delivered_at,
        confirmed_at=order.confirmed_at,
    )


def _delivered(order: Order, line: OrderLine) -> datetime | None:
    """When the last units of a line came; where nobody told what was in which parcel, the last parcel."""
    parcels = [
        parcel
        for parcel in order.shipments.all()
        if parcel.direction == Direction.OUTBOUND and parcel.delivered_at is not None
    ]
    if len(parcels) < 2:
        return order.delivered_at
    mine = [
        parcel.delivered_at for parcel in parcels if any(row.line_id == line.pk for row in parcel.lines.all())
    ]
    return max(filter(None, mine), default=order.delivered_at)


def country_of(order: Order) -> str:
    """Where the goods went; two letters, or "" where nobody knows."""
    return str(order.ship_to.get("country") or order.customer.country or order.shop.country).upper()


def zone_of(order: Order) -> str:
    """The clock on the customer's wall, which deadlines of a return are read on."""
    told = order.customer.time_zone if order.customer.time_zone != "UTC" else ""
    return zones.of_country(country_of(order)) or told or order.shop.time_zone
