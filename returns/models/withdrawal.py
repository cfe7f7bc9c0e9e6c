"""Withdrawing from a contract: where the law gives the right, and what a customer has declared."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import bilingual
from core.models import Attachment
from orders.models import Order
from returns.models.cases import Case
from returns.models.configuration import ReturnPolicy
from returns.withdrawal_states import CONFIRMED, WithdrawalStatus, Wording
from tickets.models import Ticket


class WithdrawalRight(models.Model):
    """The right to withdraw from a distance contract, for countries and a time. Dated, because it is law."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list)
    wording = models.CharField(
        _("label of the button"), max_length=8, choices=Wording, default=Wording.WITHDRAW
    )
    days = models.PositiveSmallIntegerField(_("days to withdraw"), default=14)
    mode = models.CharField(
        _("way of counting"),
        max_length=11,
        choices=ReturnPolicy.Window,
        default=ReturnPolicy.Window.EU,
    )
    exempt_categories = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("exempt categories"),
        default=list,
        blank=True,
        help_text=_("Goods without the right by law: made to order, perishable, unsealed hygiene goods."),
    )
    valid_from = models.DateField(_("offered from"))
    valid_to = models.DateField(_("offered until"), null=True, blank=True, help_text=_("Empty: no end."))
    basis_en = models.CharField(_("basis (English)"), max_length=300, blank=True)
    basis_zh = models.CharField(_("basis (Chinese)"), max_length=300, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("right of withdrawal")
        verbose_name_plural = _("rights of withdrawal")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="withdrawal_right_in_time_order",
            )
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def confirmed(self) -> "WithdrawalQuerySet":
        """Withdrawals that have been exercised."""
        return self.filter(status__in=CONFIRMED)

    def waiting(self) -> "WithdrawalQuerySet":
        """Exercised, and nothing has come of it yet: goods not delivered, or a person has to look."""
        return self.filter(status=WithdrawalStatus.WAITING)


class Withdrawal(models.Model):
    """A customer's declaration that they withdraw from a contract.

    `declared_at` is when the statement came in, `confirmed_at` when the second button was pressed; the
    acknowledgement is a file that never changes, its digest beside it. `items` is {position: units}.
    `until` is the end of the period as known at the declaration, empty before delivery.
    """

    number = models.CharField(max_length=20, unique=True)
    status = models.CharField(max_length=8, choices=WithdrawalStatus, default=WithdrawalStatus.DECLARED)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="withdrawals")
    right = models.ForeignKey(WithdrawalRight, on_delete=models.PROTECT, related_name="withdrawals")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    language = models.CharField(max_length=10)
    items = models.JSONField(default=dict)
    zone = models.CharField(max_length=64, help_text=_("The customer's clock, on which times are told."))
    until = models.DateTimeField(null=True, blank=True)
    declared_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ticket = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawal"
    )
    obstacle = models.CharField(
        max_length=64, blank=True, help_text=_("The code of what keeps the return from being opened.")
    )
    obstacle_facts = models.JSONField(default=dict)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledgement = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True, help_text=_("SHA-256 of the acknowledgement."))
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_note = models.TextField(blank=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(status=WithdrawalStatus.DECLARED),
                name="one_open_statement_per_order",
            ),
            models.CheckConstraint(
                condition=Q(status=WithdrawalStatus.DECLARED, confirmed_at=None)
                | (
                    ~Q(status=WithdrawalStatus.DECLARED) & Q(confirmed_at__isnull=False, ticket__isnull=False)
                ),
                name="withdrawal_confirmed_in_time",
            ),
            models.CheckConstraint(
                condition=Q(status=WithdrawalStatus.IN_CASE, case__isnull=False)
                | (~Q(status=WithdrawalStatus.IN_CASE) & Q(case=None)),
                name="withdrawal_in_its_case",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-declared_at", "-id"], name="withdrawal_by_status"),
            models.Index(fields=["-declared_at", "-id"], name="withdrawal_latest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def units(self) -> dict[int, int]:
        """Units by position of the order line."""
        return {int(position): int(units) for position, units in self.items.items()}
