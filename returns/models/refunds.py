"""Money going back. Rows are never deleted, and a paid one never changes; the database sees to both."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.money import Money
from orders.models import Payment
from returns.models.cases import Case, CaseLine
from returns.states import COUNTED, IN_FLIGHT, RefundStatus


class RefundQuerySet(models.QuerySet["Refund"]):
    def counted(self) -> "RefundQuerySet":
        """Refunds that have left or may leave: they use up the payment."""
        return self.filter(status__in=COUNTED)

    def in_flight(self) -> "RefundQuerySet":
        """Refunds whose end is not known yet."""
        return self.filter(status__in=IN_FLIGHT)

    def claimable(self, at: datetime) -> "RefundQuerySet":
        """Released refunds whose turn at the gateway has come, the oldest first."""
        return (
            self.in_flight()
            .filter(method=Refund.Method.GATEWAY, next_attempt_at__lte=at)
            .exclude(confirmed_at=None)
            .order_by("next_attempt_at", "pk")
        )


class Refund(models.Model):
    """One payment back on one captured payment, in kind where that was no money.

    The row is committed before the gateway is called. `idempotency_key` goes there with every attempt; the
    same key with another `request_hash` is refused. Without `confirmed_at` it waits for a second person.
    """

    class Method(models.TextChoices):
        GATEWAY = "gateway", pgettext_lazy("refund method", "Payment provider")
        MANUAL = "manual", pgettext_lazy("refund method", "By hand")

    number = models.CharField(max_length=20, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    method = models.CharField(max_length=8, choices=Method, default=Method.GATEWAY)
    status = models.CharField(max_length=10, choices=RefundStatus, default=RefundStatus.CREATED)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    units = models.PositiveBigIntegerField(null=True, blank=True, help_text=_("Points given back."))
    book_currency = models.CharField(max_length=3, blank=True)
    book_amount = models.BigIntegerField(
        null=True, blank=True, help_text=_("In the shop's currency, at the rate of the order.")
    )
    cash_amount = models.BigIntegerField(
        null=True, blank=True, help_text=_("In the shop's currency, at the rate of the refund.")
    )
    idempotency_key = models.CharField(max_length=64, unique=True)
    request_hash = models.CharField(max_length=64)
    gateway_refund_id = models.CharField(max_length=100, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds_created"
    )
    needs_second_person = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds_confirmed"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, help_text=_("What the provider said."))
    reference = models.CharField(max_length=100, blank=True, help_text=_("Of a payment made by hand."))
    retry_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="retries"
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="refund_status_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["submitted", "unknown", "succeeded"])
                | Q(confirmed_at__isnull=False),
                name="refund_released_before_paid",
            ),
            models.CheckConstraint(
                condition=Q(needs_second_person=False)
                | Q(confirmed_at=None)
                | (
                    Q(created_by__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("created_by"))
                ),
                name="refund_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status="succeeded") | Q(succeeded_at__isnull=False),
                name="refund_paid_has_a_date",
            ),
            models.UniqueConstraint(
                fields=["case", "payment"],
                condition=Q(status__in=IN_FLIGHT),
                name="one_refund_under_way_per_case",
            ),
            models.UniqueConstraint(
                fields=["payment", "gateway_refund_id"],
                condition=~Q(gateway_refund_id=""),
                name="gateway_refund_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status__in=IN_FLIGHT, method="gateway", confirmed_at__isnull=False),
                name="refund_claimable",
            ),
            models.Index(fields=["status", "-created_at", "-id"], name="refund_by_status"),
            models.Index(fields=["-created_at", "-id"], name="refund_latest"),
            models.Index(fields=["succeeded_at"], condition=Q(status="succeeded"), name="refund_paid"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def fx_difference(self) -> int | None:
        """What the change of rates since the order saved (or cost, negative); minor units of the shop's."""
        if self.book_amount is None or self.cash_amount is None:
            return None
        return self.book_amount - self.cash_amount

    @property
    def waits_for_release(self) -> bool:
        """A second person has yet to look at it."""
        return self.status == RefundStatus.CREATED and self.confirmed_at is None


class RefundLine(models.Model):
    """A part of a refund: goods of a case line, postage, or goodwill; together they are the refund."""

    class Component(models.TextChoices):
        GOODS = "goods", _("Goods")
        SHIPPING = "shipping", pgettext_lazy("refund part", "Postage")
        GOODWILL = "goodwill", pgettext_lazy("refund part", "Compensation")

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    component = models.CharField(max_length=8, choices=Component, default=Component.GOODS)
    case_line = models.ForeignKey(
        CaseLine, on_delete=models.PROTECT, null=True, blank=True, related_name="refund_lines"
    )
    quantity = models.PositiveIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="refund_line_not_negative"),
            models.CheckConstraint(
                condition=Q(component="goods", case_line__isnull=False)
                | Q(component__in=["shipping", "goodwill"], case_line=None),
                name="refund_line_has_its_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.amount}"
