"""Vouchers and points that make up for something."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.money import Money
from returns.models.cases import Case
from returns.states import CompensationType


class CompensationVoucher(models.Model):
    """A voucher or points given for a case; the code is what the customer redeems in the shop, once.

    `amount` is what it is worth, in minor units of `currency`; points, too. `due_at` is when something is to
    be done about it next: remind of its end, then end it; None when nothing is.
    """

    class Type(models.TextChoices):
        VOUCHER = CompensationType.VOUCHER.value, CompensationType.VOUCHER.label
        POINTS = CompensationType.POINTS.value, CompensationType.POINTS.label

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="voucher")
    type = models.CharField(max_length=8, choices=Type)
    code = models.CharField(max_length=24, unique=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    budget_code = models.CharField(_("budget code"), max_length=40, blank=True)
    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("compensation", "voucher")
        verbose_name_plural = pgettext_lazy("compensation", "vouchers")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_is_worth_something")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="voucher_due")]

    def __str__(self) -> str:
        return self.code

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)
