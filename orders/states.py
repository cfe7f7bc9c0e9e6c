"""Where an order and a parcel stand."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Placed")
    PAID = "paid", _("Paid")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


FOLLOWS: Mapping[str, frozenset[str]] = {
    OrderStatus.PLACED: frozenset({OrderStatus.PAID, OrderStatus.CANCELLED}),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class TrackingStatus(models.TextChoices):
    """Carrier news in one vocabulary; the order of importance is `TRACKING_RANK`."""

    PENDING = "pending", _("Waiting for the carrier")
    INFO_RECEIVED = "info_received", _("Label created")
    EXPIRED = "expired", _("No news from the carrier")
    PICKED_UP = "picked_up", _("Picked up")
    IN_TRANSIT = "in_transit", _("On its way")
    CUSTOMS = "customs", _("In customs")
    ARRIVED_COUNTRY = "arrived_country", _("Arrived in the country")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    ATTEMPT_FAILED = "attempt_failed", _("Delivery attempt failed")
    READY_FOR_PICKUP = "ready_for_pickup", _("Ready for pickup")
    EXCEPTION = "exception", _("Problem on the way")
    RETURNING = "returning", _("Going back to the sender")
    RETURNED = "returned", _("Back with the sender")
    LOST = "lost", _("Lost")
    DELIVERED = "delivered", _("Delivered")
    UNMAPPED = "unmapped", pgettext_lazy("tracking", "Not mapped")
    """News whose code we do not know: kept and shown, but it moves nothing."""


TRACKING_RANK: Mapping[str, int] = {
    TrackingStatus.UNMAPPED: -1,
    TrackingStatus.PENDING: 0,
    TrackingStatus.INFO_RECEIVED: 10,
    TrackingStatus.EXPIRED: 15,
    TrackingStatus.PICKED_UP: 20,
    TrackingStatus.IN_TRANSIT: 30,
    TrackingStatus.CUSTOMS: 35,
    TrackingStatus.ARRIVED_COUNTRY: 38,
    TrackingStatus.OUT_FOR_DELIVERY: 40,
    TrackingStatus.ATTEMPT_FAILED: 45,
    TrackingStatus.READY_FOR_PICKUP: 50,
    TrackingStatus.EXCEPTION: 55,
    TrackingStatus.RETURNING: 60,
    TrackingStatus.RETURNED: 90,
    TrackingStatus.LOST: 92,
    TrackingStatus.DELIVERED: 95,
}


class Tender(models.TextChoices):
    """What was paid with. Money goes back as money, everything else in kind and never also as money."""

    MONEY = "money", pgettext_lazy("tender", "Money")
    GIFT_CARD = "gift_card", _("Gift card")
    POINTS = "points", _("Points")
    COUPON = "coupon", _("Coupon")


class LineFlag(models.TextChoices):
    """What a line was sold as; a policy or a law may take such goods out of the right to return."""

    CUSTOM_MADE = "custom_made", _("Made to order")
    PERISHABLE = "perishable", _("Perishable")
    SEALED_HYGIENE = "sealed_hygiene", _("Sealed for hygiene")
    DIGITAL = "digital", _("Digital content")
    FINAL_SALE = "final_sale", _("Final sale")


class Direction(models.TextChoices):
    OUTBOUND = "outbound", _("To the customer")
    RETURN = "return", _("Back to us")
    REPLACEMENT = "replacement", _("Replacement")
    REPAIR_RETURN = "repair_return", _("After repair")
    BACK_TO_CUSTOMER = "back_to_customer", _("Sent back to the customer")


class ImportState(models.TextChoices):
    CHECKING = "checking", pgettext_lazy("import", "Reading the file")
    CHECKED = "checked", pgettext_lazy("import", "Checked")
    QUEUED = "queued", pgettext_lazy("import", "Waiting")
    RUNNING = "running", pgettext_lazy("import", "Running")
    DONE = "done", pgettext_lazy("import", "Done")
    FAILED = "failed", pgettext_lazy("import", "Stopped")


IMPORT_FOLLOWS: Mapping[str, frozenset[str]] = {
    ImportState.CHECKING: frozenset({ImportState.CHECKED, ImportState.FAILED}),
    ImportState.CHECKED: frozenset({ImportState.CHECKING, ImportState.QUEUED}),
    ImportState.QUEUED: frozenset({ImportState.RUNNING, ImportState.FAILED}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.FAILED: frozenset({ImportState.CHECKING}),
    ImportState.DONE: frozenset(),
}
