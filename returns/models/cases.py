"""A case: one return from request to refund, its lines and its deadlines."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.money import Money
from customers.models import Customer
from orders.models import Order, OrderLine, Shipment
from returns.models.configuration import Reason, ReturnPolicy, ServiceCentre
from returns.states import (
    ADVANCE_EXCHANGE,
    OPEN,
    CaseKind,
    CaseStatus,
    CompensationType,
    Fault,
    RefusalReason,
    TimerKind,
)
from returns.terms import Terms
from tickets.models import Ticket

PAYING_KINDS = (CaseKind.RETURN_REFUND, CaseKind.REFUND_ONLY, CaseKind.COMPENSATION)

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for no deadline where rows are sorted by it."""


class CaseQuerySet(models.QuerySet["Case"]):
    def unfinished(self) -> "CaseQuerySet":
        """Cases somebody still has to do something about."""
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """Unfinished cases whose next deadline has passed."""
        return self.unfinished().filter(queue_at__lte=at)


class Case(models.Model):
    """One matter of one order: a return, an exchange, a repair. Amounts are minor units of `currency`.

    `requested_amount` is what the request would bring, `quoted_amount` what the approved units would,
    `approved_amount` what was granted for them, `refund_amount` what is due to the customer now.
    `difference` is what an exchange costs the customer more (or, below 0, less), or the price of goods kept.
    `due_at` is the nearest deadline; `queue_at` is the same, never empty, so that lists can be sorted and
    paged by index.
    """

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=13, choices=CaseKind, default=CaseKind.RETURN_REFUND)
    status = models.CharField(max_length=20, choices=CaseStatus, default=CaseStatus.SUBMITTED)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="cases")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="cases")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cases")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="cases")
    fault = models.CharField(max_length=8, choices=Fault)
    description = models.TextField(blank=True)
    policy = models.ForeignKey(ReturnPolicy, on_delete=models.PROTECT, related_name="cases")
    policy_snapshot = models.JSONField()
    currency = models.CharField(max_length=3)
    requested_amount = models.BigIntegerField()
    quoted_amount = models.BigIntegerField()
    approved_amount = models.BigIntegerField(null=True, blank=True)
    deduction = models.BigIntegerField(
        null=True, blank=True, help_text=_("Offered for lost value; counts once the customer has agreed.")
    )
    deduction_note = models.TextField(blank=True)
    refund_amount = models.BigIntegerField(null=True, blank=True)
    refund_shipping = models.BigIntegerField(
        default=0, help_text=_("The part of the refund that is postage.")
    )
    refusal = models.CharField(max_length=14, choices=RefusalReason, blank=True)
    refusal_text = models.TextField(blank=True)
    question = models.TextField(blank=True, help_text=_("The evidence that was asked for last."))
    service_centre = models.ForeignKey(
        ServiceCentre, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    receipt_assumed = models.BooleanField(default=False)
    advance = models.BooleanField(
        default=False, help_text=_("An exchange whose replacement goes out before the goods come back.")
    )
    attempts = models.PositiveSmallIntegerField(default=1, help_text=_("How often it was asked for."))
    is_settled = models.BooleanField(
        default=False, help_text=_("A refusal that cannot be objected to any more.")
    )
    escalation = models.TextField(blank=True, help_text=_("What the customer objects to."))
    ruling = models.TextField(blank=True, help_text=_("What the team lead decided, and why."))
    difference = models.BigIntegerField(null=True, blank=True)
    compensation_type = models.CharField(max_length=16, choices=CompensationType, blank=True)
    declines = models.PositiveSmallIntegerField(default=0, help_text=_("Offers the customer has declined."))
    converted_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="converted_into"
    )
    requested_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    shipped_back_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    queue_at = models.GeneratedField(
        expression=Coalesce("due_at", models.Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="case_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    requested_amount__gte=0,
                    quoted_amount__gte=0,
                ),
                name="case_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(advance=False) | Q(kind=CaseKind.EXCHANGE), name="case_only_exchanges_in_advance"
            ),
            models.CheckConstraint(
                condition=Q(refund_amount=None) | Q(refund_amount__gte=0), name="case_refund_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(deduction=None) | Q(deduction__gte=0), name="case_deduction_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["queue_at", "id"], condition=Q(status__in=OPEN), name="case_queue_by_due"),
            models.Index(fields=["status", "queue_at", "id"], name="case_status_by_due"),
            models.Index(fields=["status", "-requested_at", "-id"], name="case_by_status"),
            models.Index(fields=["-requested_at", "-id"], name="case_latest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def terms(self) -> Terms:
        """The policy as it stood when the request was made."""
        return Terms.from_json(self.policy_snapshot)

    @property
    def machine(self) -> str:
        """The name of its table of states: its kind, or the one of an exchange in advance."""
        return ADVANCE_EXCHANGE if self.advance else self.kind

    @property
    def pays_back(self) -> bool:
        """Whether it is about money for the customer; otherwise amounts are what the goods are worth."""
        return self.kind in PAYING_KINDS

    @property
    def amount(self) -> Money:
        """The best figure known so far: due, else approved, else requested."""
        due = self.refund_amount if self.pays_back else None
        figures = (due, self.approved_amount, self.requested_amount)
        return Money(next(figure for figure in figures if figure is not None), self.currency)


class CaseLine(models.Model):
    """Units of one order line in a case. What it holds of the order line is carried there by a trigger.

    requested >= approved >= received = accepted + rejected once inspected (domain Q2). `wish` is what the
    customer would like instead, in their words. `units` are the places
    of its units in the order line, counted from 0: each place has its own share of what was paid, so a quote
    holds whatever becomes of other cases of the line, and all places together are exactly what was paid.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="case_lines")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="case_lines")
    note = models.CharField(max_length=500, blank=True)
    wish = models.CharField(max_length=200, blank=True)
    restocking_basis_points = models.PositiveIntegerField(default=0)
    returnable_until = models.DateTimeField(null=True, blank=True)
    units = ArrayField(models.PositiveIntegerField())
    quantity_requested = models.PositiveIntegerField()
    quantity_approved = models.PositiveIntegerField(default=0)
    quantity_received = models.PositiveIntegerField(default=0)
    quantity_accepted = models.PositiveIntegerField(default=0)
    quantity_rejected = models.PositiveIntegerField(default=0)
    refund_amount = models.BigIntegerField(default=0, help_text=_("The part of the refund for these goods."))
    quantity_open = models.PositiveIntegerField(default=0, help_text=_("Units this case reserves now."))
    quantity_returned = models.PositiveIntegerField(default=0, help_text=_("Units taken back for good."))

    class Meta:
        ordering = ["order_line__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "order_line"], name="order_line_once_per_case"),
            models.CheckConstraint(condition=Q(quantity_requested__gte=1), name="case_line_has_units"),
            models.CheckConstraint(
                condition=Q(quantity_approved__lte=F("quantity_requested")),
                name="case_line_approved_within_requested",
            ),
            models.CheckConstraint(
                condition=Q(quantity_received__lte=F("quantity_approved")),
                name="case_line_received_within_approved",
            ),
            models.CheckConstraint(
                condition=Q(quantity_received__gte=F("quantity_accepted") + F("quantity_rejected")),
                name="case_line_judged_within_received",
            ),
            models.CheckConstraint(
                condition=Q(quantity_open__lte=F("quantity_requested")),
                name="case_line_open_within_requested",
            ),
            models.CheckConstraint(
                condition=Q(quantity_returned__lte=F("quantity_approved")),
                name="case_line_returned_within_approved",
            ),
            models.CheckConstraint(
                condition=Q(quantity_open=0) | Q(quantity_returned=0), name="case_line_open_or_returned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity_requested} of {self.order_line_id}"


class TimerQuerySet(models.QuerySet["Timer"]):
    def running(self) -> "TimerQuerySet":
        """Timers that count and have not fired."""
        return self.filter(fired_at=None, stopped_at=None, paused_at=None)

    def due(self, at: datetime) -> "TimerQuerySet":
        """Running timers whose time has come, the oldest first."""
        return self.running().filter(due_at__lte=at).order_by("due_at", "pk")


class Timer(models.Model):
    """A deadline of a case. Fires once per cycle and never while it stands still (domain S4).

    `left` is the time that was left when it was paused.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="timers")
    kind = models.CharField(max_length=10, choices=TimerKind)
    cycle = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    left = models.DurationField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    fired_at = models.DateTimeField(null=True, blank=True)

    objects = TimerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "cycle"], name="timer_once_per_cycle"),
            models.CheckConstraint(
                condition=Q(paused_at=None, left=None) | Q(paused_at__isnull=False, left__isnull=False),
                name="timer_paused_keeps_its_rest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(fired_at=None, stopped_at=None, paused_at=None),
                name="timer_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class ReturnParcel(models.Model):
    """A parcel of a case: goods on their way to us, or a replacement, repaired or refused goods back."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parcels")
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="return_parcel")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.shipment)
