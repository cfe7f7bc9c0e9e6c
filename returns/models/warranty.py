"""Warranties: the rules they follow, the plans that extend them, and the warranties themselves."""

from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core import bilingual
from core.money import Money
from customers.models import Customer
from orders.models import Order, OrderLine
from returns.warranty_states import (
    AfterRepair,
    PlanStart,
    Start,
    VoidReason,
    WarrantyKind,
    WarrantyStatus,
)


class WarrantyRule(models.Model):
    """How long goods are covered where, for contracts of a time. The most specific wins, then the newest.

    Law stands here as dated rows: a new law is a new row, and contracts made before keep theirs.
    """

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=WarrantyKind)
    countries = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("countries"),
        default=list,
        blank=True,
        help_text=_("Country codes; empty: every country."),
    )
    category = models.CharField(
        _("category"), max_length=100, blank=True, help_text=_("Empty: every category.")
    )
    months = models.PositiveSmallIntegerField(_("months"), validators=[MinValueValidator(1)])
    starts = models.CharField(_("counts from"), max_length=10, choices=Start, default=Start.DELIVERED)
    after_repair = models.CharField(
        _("after a repair"), max_length=11, choices=AfterRepair, default=AfterRepair.NOTHING
    )
    repair_months = models.PositiveSmallIntegerField(_("months added after a repair"), default=0)
    repair_contracts_from = models.DateField(
        _("added for contracts from"), null=True, blank=True, help_text=_("Empty: for all contracts.")
    )
    valid_from = models.DateField(_("contracts from"), help_text=_("The first day on which it applies."))
    valid_to = models.DateField(_("contracts until"), null=True, blank=True, help_text=_("Empty: no end."))
    basis_en = models.CharField(_("basis (English)"), max_length=300, blank=True)
    basis_zh = models.CharField(_("basis (Chinese)"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("warranty rule")
        verbose_name_plural = _("warranty rules")
        ordering = ["kind", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(months__gte=1), name="warranty_rule_has_months"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="warranty_rule_in_time_order",
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class WarrantyPlan(models.Model):
    """An extended warranty that can be bought."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    months = models.PositiveSmallIntegerField(_("months"), validators=[MinValueValidator(1)])
    starts = models.CharField(
        _("counts from"), max_length=18, choices=PlanStart, default=PlanStart.AFTER_MANUFACTURER
    )
    provider = models.CharField(
        pgettext_lazy("warranty", "provider"), max_length=100, blank=True, help_text=_("Empty: the shop.")
    )
    category = models.CharField(
        _("category"), max_length=100, blank=True, help_text=_("Empty: every category.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("warranty plan")
        verbose_name_plural = _("warranty plans")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(months__gte=1), name="warranty_plan_has_months")]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class PlanPrice(models.Model):
    """What a plan costs in one currency, in minor units; without a row it is not sold in that currency."""

    plan = models.ForeignKey(WarrantyPlan, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3)
    price = models.BigIntegerField(_("price"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price of a plan")
        verbose_name_plural = _("prices of a plan")
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "currency"], name="plan_price_once_per_currency"),
            models.CheckConstraint(condition=Q(price__gte=0), name="plan_price_not_negative"),
        ]

    def __str__(self) -> str:
        return self.currency


class WarrantyQuerySet(models.QuerySet["Warranty"]):
    def standing(self) -> "WarrantyQuerySet":
        """Warranties that are valid or wait to be verified."""
        return self.exclude(status=WarrantyStatus.VOID)

    def to_verify(self) -> "WarrantyQuerySet":
        """Registrations somebody has to look at, the oldest first."""
        return self.filter(status=WarrantyStatus.PENDING).order_by("registered_at", "pk")


class Warranty(models.Model):
    """One promise about one device (`serial_no`) or about the units of an order line.

    Days are days on the wall calendar of `zone`; `ends_on` is the last day that is covered:
    `starts_on` + (`months` + `extended_months`) + `suspended_days`. The rule or plan is copied, so that
    changing it later moves nothing that was promised.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=WarrantyKind)
    status = models.CharField(max_length=7, choices=WarrantyStatus, default=WarrantyStatus.ACTIVE)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="warranties"
    )
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="warranties"
    )
    serial_no = models.CharField(max_length=60, blank=True, help_text=_("As it was given."))
    serial_key = models.CharField(max_length=60, blank=True, help_text=_("Capital letters and digits only."))
    sku = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    rule = models.ForeignKey(
        WarrantyRule, on_delete=models.PROTECT, null=True, blank=True, related_name="warranties"
    )
    plan = models.ForeignKey(
        WarrantyPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="warranties"
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="extensions",
        help_text=_("The warranty that it extends."),
    )
    contract_on = models.DateField(null=True, blank=True, help_text=_("The day of the contract."))
    starts_on = models.DateField()
    months = models.PositiveSmallIntegerField()
    suspended_days = models.PositiveIntegerField(default=0, help_text=_("Days in repair, added to the end."))
    extended_months = models.PositiveSmallIntegerField(default=0, help_text=_("Added once, after a repair."))
    ends_on = models.DateField(help_text=_("The last day that is covered."))
    price = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    registered_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=8, choices=VoidReason, blank=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = WarrantyQuerySet.as_manager()

    class Meta:
        verbose_name = _("warranty")
        verbose_name_plural = _("warranties")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="warranty_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(order_line__isnull=False) | ~Q(serial_key="") | Q(follows__isnull=False),
                name="warranty_is_about_something",
            ),
            models.CheckConstraint(
                condition=Q(kind=WarrantyKind.EXTENDED, follows__isnull=False, plan__isnull=False)
                | (~Q(kind=WarrantyKind.EXTENDED) & Q(follows=None, plan=None)),
                name="warranty_extension_extends",
            ),
            models.UniqueConstraint(
                fields=["serial_key", "kind"],
                condition=~Q(serial_key="") & ~Q(kind=WarrantyKind.EXTENDED) & ~Q(status=WarrantyStatus.VOID),
                name="warranty_once_per_serial",
            ),
            models.UniqueConstraint(
                fields=["order_line", "kind"],
                condition=Q(serial_key="") & ~Q(kind=WarrantyKind.EXTENDED) & ~Q(status=WarrantyStatus.VOID),
                name="warranty_once_per_line",
            ),
            models.UniqueConstraint(
                fields=["follows", "plan"],
                condition=~Q(status=WarrantyStatus.VOID),
                name="warranty_extended_once_by_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["-registered_at", "-id"], name="warranty_latest"),
            models.Index(fields=["status", "-registered_at", "-id"], name="warranty_by_status"),
            models.Index(fields=["ends_on", "id"], name="warranty_by_end"),
            models.Index(Upper("sku"), name="warranty_by_sku"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def order(self) -> Order | None:
        """The order it belongs to, if it is known."""
        return self.order_line.order if self.order_line else None

    @property
    def sold_for(self) -> Money | None:
        """What an extension cost."""
        return None if self.price is None else Money(self.price, self.currency)

    def is_over(self, day: date | datetime) -> bool:
        """Whether the last covered day has passed."""
        return (day.date() if isinstance(day, datetime) else day) > self.ends_on
