"""The mirror of what the shop sold, charged and shipped. Amounts are minor units of the order's currency."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5, Concat, Lower, Upper
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.money import Money
from customers.models import Customer
from orders.states import Direction, ImportState, LineFlag, OrderStatus, Tender, TrackingStatus


class Shop(models.Model):
    """Where orders come from: one storefront with its currency and clock."""

    code = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    country = models.CharField(_("country"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


ADDRESS_KEY = MD5(
    Lower(
        Func(
            Concat(
                KeyTextTransform("country", "ship_to"),
                KeyTextTransform("postcode", "ship_to"),
                KeyTextTransform("city", "ship_to"),
                KeyTextTransform("lines", "ship_to"),
            ),
            Value("[[:space:][:punct:]]+"),
            Value(""),
            Value("g"),
            function="regexp_replace",
            output_field=TextField(),
        )
    )
)
"""What two spellings of one address have in common: no spaces, no punctuation, no capitals."""


class OrderQuerySet(models.QuerySet["Order"]):
    def to_the_address_of(self, order: "Order") -> "OrderQuerySet":
        """Orders that went where this one went; none where it does not tell a street."""
        if not order.ship_to.get("lines"):
            return self.none()
        here = Order.objects.filter(pk=order.pk).annotate(key=ADDRESS_KEY).values("key")[:1]
        keyed = self.filter(ship_to__has_key="lines").annotate(address_key=ADDRESS_KEY)
        return keyed.filter(address_key=here)

    def with_returned_goods(self) -> "OrderQuerySet":
        """Orders of which at least one unit came back, through a case or as the shop reported it."""
        returned = OrderLine.objects.filter(order=OuterRef("pk"), quantity_returned__gt=0)
        return self.filter(Exists(returned))


class Order(models.Model):
    """One order. `number` is the shop's own, unique in its shop; `reference` is ours and stands in URLs.

    Paid orders obey: paid = goods - discount + shipping + tax. An order not paid for yet has paid 0.
    """

    reference = models.CharField(max_length=20, unique=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders")
    number = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.PAID)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True, help_text=_("Last parcel delivered."))
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The customer confirmed that everything has arrived.")
    )
    currency = models.CharField(max_length=3)
    fx_rate = models.DecimalField(
        max_digits=18,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("Units of the shop's currency for one of the order's, when it was paid."),
    )
    goods = models.BigIntegerField(default=0, help_text=_("Sum of the lines before discounts."))
    discount = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(
        default=0, help_text=_("Tax on top of the prices; 0 where prices include it.")
    )
    paid = models.BigIntegerField(default=0)
    ship_to = models.JSONField(default=dict, help_text=_("Copy of the address at the time of the order."))
    content = models.CharField(max_length=64, help_text=_("Digest of what was ordered."))
    incomplete = models.BooleanField(default=False, help_text=_("Some of its rows could not be imported."))
    created_at = models.DateTimeField()

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["shop", "number"], name="order_number_once_per_shop"),
            models.CheckConstraint(
                condition=Q(goods__gte=0, discount__gte=0, shipping__gte=0, tax__gte=0, paid__gte=0),
                name="order_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid=0) | Q(paid=F("goods") - F("discount") + F("shipping") + F("tax")),
                name="order_paid_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(fx_rate=None) | Q(fx_rate__gt=0), name="order_fx_rate_positive"
            ),
        ]
        indexes = [
            models.Index(Upper("number"), name="order_by_number"),
            models.Index(fields=["customer", "-placed_at"], name="order_by_customer"),
            models.Index(fields=["-placed_at", "-id"], name="order_latest"),
            models.Index(ADDRESS_KEY, condition=Q(ship_to__has_key="lines"), name="order_by_address"),
            models.Index(
                fields=["-placed_at", "-id"], condition=Q(incomplete=True), name="order_incomplete_latest"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_paid(self) -> Money:
        return Money(self.paid, self.currency)

    @property
    def total(self) -> int:
        """What the order costs, paid or not, in minor units."""
        return self.goods - self.discount + self.shipping + self.tax


class OrderLine(models.Model):
    """One line. Counts of units obey: returned + open in cases <= ordered, delivered <= ordered.

    `paid` is what the customer paid for the whole line: price x quantity - discounts + tax on top.
    A gift says what one unit of it is worth, and the position of the line it came with (none: the order).
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=100, blank=True)
    flags = ArrayField(models.CharField(max_length=14, choices=LineFlag), default=list, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.BigIntegerField()
    discount = models.BigIntegerField(default=0, help_text=_("Sum of the line's discount allocations."))
    tax = models.BigIntegerField(default=0)
    paid = models.BigIntegerField()
    gift_value = models.BigIntegerField(default=0)
    gift_with = models.PositiveSmallIntegerField(null=True, blank=True)
    resettled = models.BigIntegerField(
        default=0, help_text=_("Of its discount, what went back because the promotion was settled anew.")
    )
    quantity_delivered = models.PositiveIntegerField(default=0)
    quantity_open = models.PositiveIntegerField(default=0, help_text=_("Units reserved by open cases."))
    quantity_returned = models.PositiveIntegerField(default=0)
    refunded = models.BigIntegerField(
        default=0, help_text=_("Sum of refunds that are not failed or cancelled.")
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_has_units"),
            models.CheckConstraint(
                condition=Q(paid=F("unit_price") * F("quantity") - F("discount") + F("tax")),
                name="order_line_paid_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, tax__gte=0, paid__gte=0),
                name="order_line_amounts_not_negative",
            ),
            models.CheckConstraint(condition=Q(gift_value__gte=0), name="order_line_gift_not_negative"),
            models.CheckConstraint(
                condition=Q(quantity_delivered__lte=F("quantity")), name="order_line_delivered_within_ordered"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("quantity_open") + F("quantity_returned")),
                name="order_line_returns_within_ordered",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("paid") + F("resettled")),
                name="order_line_refunds_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(resettled__gte=0, resettled__lte=F("discount")),
                name="order_line_resettled_within_discount",
            ),
        ]
        indexes = [
            models.Index(Upper("sku"), name="order_line_by_sku"),
            models.Index(fields=["order"], condition=Q(quantity_returned__gt=0), name="order_line_came_back"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.title}"

    @property
    def returnable(self) -> int:
        """Delivered units that are neither returned nor in an open case (domain E41, E42)."""
        return max(0, self.quantity_delivered - self.quantity_returned - self.quantity_open)


class DiscountAllocation(models.Model):
    """A share of a discount that fell on one line (or on shipping, `line` empty) when the order was paid.

    `promotion` counts the discounts of the order from 1 as they were applied; 0 is the line's own.
    `tiers` are its terms where it had any: [[spent at least, off], ...] in minor units.
    """

    class Source(models.TextChoices):
        COUPON = "coupon", _("Coupon")
        PROMOTION = "promotion", _("Promotion")
        POINTS = "points", _("Points")
        PLATFORM = "platform", _("Platform subsidy")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="discount_allocations")
    line = models.ForeignKey(
        OrderLine, on_delete=models.CASCADE, null=True, blank=True, related_name="discount_allocations"
    )
    source = models.CharField(max_length=10, choices=Source, default=Source.PROMOTION)
    amount = models.BigIntegerField()
    promotion = models.PositiveSmallIntegerField(default=0)
    tiers = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="discount_share_not_negative")]

    def __str__(self) -> str:
        return f"{self.source} {self.amount}"


class Payment(models.Model):
    """Money received, or points, a gift card or a coupon at what they were worth.

    Refunds that are not failed or cancelled never exceed what was captured. `units`: how many points.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=30)
    method = models.CharField(max_length=30, blank=True)
    external_id = models.CharField(max_length=100)
    tender = models.CharField(max_length=9, choices=Tender, default=Tender.MONEY)
    units = models.PositiveBigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    captured = models.BigIntegerField()
    captured_at = models.DateTimeField()
    refunded = models.BigIntegerField(
        default=0, help_text=_("Sum of refunds that are not failed or cancelled.")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "external_id"], name="payment_once_per_gateway"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("captured")),
                name="payment_refunds_within_captured",
            ),
            models.CheckConstraint(condition=Q(tender__in=Tender.values), name="payment_tender_known"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.external_id}"

    @property
    def in_kind(self) -> bool:
        """Whether it goes back as what it was, not as money."""
        return self.tender != Tender.MONEY

    @property
    def refundable(self) -> int:
        """What can still be refunded, in minor units."""
        return self.captured - self.refunded


class Shipment(models.Model):
    """A parcel, in either direction. Orders that travel in one parcel have a shipment each."""

    uuid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    direction = models.CharField(max_length=16, choices=Direction, default=Direction.OUTBOUND)
    carrier = models.CharField(max_length=60, blank=True)
    service = models.CharField(max_length=60, blank=True, help_text=_("How fast, in the carrier's words."))
    tracking_number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=TrackingStatus, default=TrackingStatus.PENDING)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(Upper("tracking_number"), name="shipment_by_tracking_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
                name="shipment_once_per_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip()

    @property
    def news(self) -> list["TrackingEvent"]:
        """What the carrier told, the latest first; what came without a time stands where it arrived."""
        told = self.tracking_events.all()
        return sorted(told, key=lambda each: (each.occurred_at or each.received_at, each.pk), reverse=True)


class ShipmentLine(models.Model):
    """How many units of an order line are in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shipment_lines")
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "line"], name="shipment_line_once")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.line_id}"


class TrackingEvent(models.Model):
    """News about a parcel, kept as it came; the same news twice is one row."""

    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="tracking_events")
    status = models.CharField(max_length=20, choices=TrackingStatus)
    occurred_at = models.DateTimeField(null=True, blank=True)
    description = models.CharField(max_length=500, blank=True)
    location = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=20, blank=True, help_text=_("The tracking service that told it."))
    code = models.CharField(max_length=60, blank=True, help_text=_("In the words of the service."))
    local = models.CharField(max_length=40, blank=True, help_text=_("The time as the service wrote it."))
    fingerprint = models.CharField(max_length=64)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["occurred_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "fingerprint"], name="tracking_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.occurred_at}"


def import_path(run: "ImportRun", _filename: str) -> str:
    """Where the bytes lie; nothing of the sender's file name reaches the disk."""
    return f"imports/{run.uuid}"


class ImportRun(models.Model):
    """One order file: how it was read, what was found in it, how far its import got, what came of it.

    Counts of orders are written together with the orders they count, so a run that was cut off goes on
    after `orders_done` orders of the file with nothing lost and nothing counted twice.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200, help_text=_("The file's name."))
    file = models.FileField(upload_to=import_path, blank=True, help_text=_("Kept until the run is done."))
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mapping = models.CharField(max_length=30, blank=True)
    options = models.JSONField(default=dict, help_text=_("How to read the file, where it does not say."))
    state = models.CharField(max_length=8, choices=ImportState, default=ImportState.CHECKING)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    findings = models.JSONField(default=dict, help_text=_("What the file showed of itself when read."))
    rows = models.PositiveIntegerField(default=0, help_text=_("Data rows in the file."))
    orders = models.PositiveIntegerField(default=0, help_text=_("Orders in the file that were accepted."))
    customers = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0, help_text=_("Orders reported as returned."))
    errors = models.PositiveIntegerField(default=0, help_text=_("Rows that were not imported."))
    incomplete = models.PositiveIntegerField(default=0, help_text=_("Orders some rows of which are missing."))
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    orders_total = models.PositiveIntegerField(default=0)
    orders_done = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.JSONField(default=dict, help_text=_("Code and facts of what stopped it."))
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text=_("Last sign of life of a worker."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="import_run_latest"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["checking", "queued", "running"]),
                name="import_run_to_do",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.created_at:%Y-%m-%d %H:%M}"


class ImportProblem(models.Model):
    """A row of a file that was not imported, and why: codes with facts, said in words at the edge."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField(help_text=_("Physical line in the file, the header included."))
    reasons = models.JSONField(help_text=_("A list of column, value, code and facts."))

    class Meta:
        ordering = ["line", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="import_problem_once_per_line")]

    def __str__(self) -> str:
        return f"line {self.line}"


class InboundEvent(models.Model):
    """A call of another system, kept as it came before anything is made of it; the same call is one row."""

    source = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the body."))
    body = models.TextField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("incoming call")
        verbose_name_plural = _("incoming calls")
        constraints = [models.UniqueConstraint(fields=["source", "event_id"], name="inbound_event_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
