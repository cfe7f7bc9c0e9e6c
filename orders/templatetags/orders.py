"""How orders and parcels look, the same on every page."""

from collections.abc import Mapping

from babel.numbers import format_decimal
from django import template
from django.utils.safestring import SafeString

from core import countries, dates
from core.templatetags import ui
from orders.models import ImportRun, Order, Shipment, TrackingEvent
from orders.states import ImportState, LineFlag, OrderStatus, TrackingStatus

register = template.Library()

ORDER_TONES: Mapping[str, str] = {
    OrderStatus.PLACED: "attention",
    OrderStatus.PAID: "info",
    OrderStatus.SHIPPED: "info",
    OrderStatus.DELIVERED: "good",
    OrderStatus.CANCELLED: "neutral",
}

PARCEL_TONES: Mapping[str, str] = {
    TrackingStatus.PENDING: "neutral",
    TrackingStatus.INFO_RECEIVED: "neutral",
    TrackingStatus.EXPIRED: "attention",
    TrackingStatus.ATTEMPT_FAILED: "attention",
    TrackingStatus.READY_FOR_PICKUP: "attention",
    TrackingStatus.EXCEPTION: "urgent",
    TrackingStatus.RETURNING: "attention",
    TrackingStatus.RETURNED: "attention",
    TrackingStatus.LOST: "urgent",
    TrackingStatus.DELIVERED: "good",
}

IMPORT_TONES: Mapping[str, str] = {
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "attention",
    ImportState.QUEUED: "info",
    ImportState.RUNNING: "info",
    ImportState.DONE: "good",
    ImportState.FAILED: "urgent",
}


@register.simple_tag
def order_status(order: Order) -> SafeString:
    """The status as word, shape and colour."""
    return ui.status(OrderStatus(order.status).label, ORDER_TONES[order.status])


@register.simple_tag
def parcel_status(parcel: Shipment | TrackingEvent) -> SafeString:
    """Where a parcel stands, or what one piece of news says."""
    return ui.status(TrackingStatus(parcel.status).label, PARCEL_TONES.get(parcel.status, "info"))


@register.simple_tag
def import_state(run: ImportRun) -> SafeString:
    """How far an import is."""
    return ui.status(ImportState(run.state).label, IMPORT_TONES[run.state])


@register.filter
def figure(number: int) -> str:
    """A count with the marks between thousands that the reader is used to."""
    return format_decimal(number, locale=dates.locale())


EAST_ASIAN = frozenset({"CN", "TW", "HK", "MO", "JP", "KR"})


@register.filter
def ship_to_lines(order: Order) -> list[str]:
    """The address an order went to, line by line, in the order of its country."""
    told = {name: str(value) for name, value in order.ship_to.items()}
    city = " ".join(filter(None, (told.get("postcode"), told.get("city"))))
    place = ", ".join(filter(None, (city, told.get("region"))))
    country = countries.name(told.get("country", ""))
    if told.get("country") in EAST_ASIAN:
        where = " ".join(filter(None, (told.get("region"), told.get("city"), told.get("lines"))))
        parts = [country, where, told.get("postcode"), told.get("recipient"), told.get("phone")]
    else:
        parts = [told.get("recipient"), told.get("lines"), place, country, told.get("phone")]
    return [part for part in parts if part]


@register.simple_tag
def line_flag(code: str) -> str:
    """What a line was sold as, in words."""
    return str(LineFlag(code).label)
