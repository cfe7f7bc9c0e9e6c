"""What the warehouse found in a parcel, and what becomes of the goods."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from returns.models.cases import CaseLine
from returns.states import DispositionType, Grade


class Inspection(models.Model):
    """One lot of equal units of a case line. Never edited: a later look at the lot supersedes it."""

    case_line = models.ForeignKey(CaseLine, on_delete=models.CASCADE, related_name="inspections")
    quantity = models.PositiveIntegerField()
    grade = models.CharField(max_length=1, choices=Grade)
    accepted = models.BooleanField(help_text=_("Taken back as agreed; otherwise the refund is in question."))
    value_loss_percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    note = models.TextField(blank=True)
    inspector = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inspections")
    at = models.DateTimeField()
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="supersedes"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inspection_has_units"),
            models.CheckConstraint(condition=Q(value_loss_percent__lte=100), name="value_loss_is_a_share"),
            models.CheckConstraint(condition=Q(grade__in=Grade.values), name="inspection_grade_known"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.grade}"


class Disposition(models.Model):
    """What becomes of inspected units. Over a lot they add up to its units (domain Q5)."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="dispositions")
    type = models.CharField(max_length=11, choices=DispositionType)
    quantity = models.PositiveIntegerField()
    location = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="disposition_has_units")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.type}"
