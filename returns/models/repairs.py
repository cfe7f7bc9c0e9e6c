"""Repairs: what is broken, what mending it costs and who pays, what was done."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from returns.models.cases import Case


class RepairOrder(models.Model):
    """The work on the goods of one case. Amounts are minor units of the case's currency.

    `repairable` is unknown until diagnosed. Under warranty nothing is charged; otherwise the quote stands
    until `quote_until` and is the customer's to accept.
    """

    class Decision(models.TextChoices):
        OPEN = "", pgettext_lazy("quote", "Open")
        ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
        DECLINED = "declined", pgettext_lazy("quote", "Declined")
        EXPIRED = "expired", pgettext_lazy("quote", "Expired")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="repair_order")
    serial_number = models.CharField(_("serial number"), max_length=64, blank=True)
    under_warranty = models.BooleanField(_("under warranty"), default=False)
    warranty = models.CharField(
        _("warranty"), max_length=64, blank=True, help_text=_("What the warranty rests on.")
    )
    diagnosis = models.TextField(_("diagnosis"), blank=True)
    fault_code = models.CharField(_("fault code"), max_length=40, blank=True)
    repairable = models.BooleanField(_("repairable"), null=True, blank=True)
    labour_minutes = models.PositiveIntegerField(_("labour (minutes)"), default=0)
    labour = models.BigIntegerField(_("labour"), default=0, validators=[MinValueValidator(0)])
    tax = models.BigIntegerField(_("tax"), default=0, validators=[MinValueValidator(0)])
    quote_until = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.OPEN, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    technician = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="repair_orders"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    work_done = models.TextField(_("work done"), blank=True)
    test_passed = models.BooleanField(null=True, blank=True)
    test_result = models.TextField(_("test result"), blank=True)
    failed_tests = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("repair order")
        verbose_name_plural = _("repair orders")
        constraints = [
            models.CheckConstraint(condition=Q(labour__gte=0, tax__gte=0), name="repair_amounts_not_negative")
        ]

    def __str__(self) -> str:
        return f"repair of {self.case_id}"

    @property
    def quote(self) -> int:
        """What the customer pays: parts not covered, labour, tax; nothing under warranty."""
        if self.under_warranty:
            return 0
        return sum(part.total for part in self.parts.all() if not part.is_covered) + self.labour + self.tax

    @property
    def is_mended(self) -> bool:
        """Whether it goes back repaired and tested."""
        return self.test_passed is True


class RepairPart(models.Model):
    """A part that a repair puts in."""

    repair = models.ForeignKey(RepairOrder, on_delete=models.CASCADE, related_name="parts")
    sku = models.CharField(_("SKU"), max_length=64, blank=True)
    title = models.CharField(_("part"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    unit_price = models.BigIntegerField(_("price of one"), validators=[MinValueValidator(0)])
    is_covered = models.BooleanField(_("covered by the warranty"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, unit_price__gte=0), name="repair_part_figures_sane"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def total(self) -> int:
        return self.quantity * self.unit_price
