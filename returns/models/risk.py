"""What is watched in returns, and what was found when a case came in. Only staff ever see it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.models.cases import Case
from returns.risk import RiskFlag


class RiskRule(models.Model):
    """When a sign counts, and what it weighs. What `limit`, `minimum` and `days` mean depends on the sign."""

    flag = models.CharField(_("sign"), max_length=14, choices=RiskFlag, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    limit = models.DecimalField(
        _("from"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text=_("Percent of orders, requests, times the median, cases or accounts."),
    )
    minimum = models.PositiveSmallIntegerField(
        _("of at least"), default=0, help_text=_("Orders, or customers to compare with.")
    )
    days = models.PositiveSmallIntegerField(
        _("looking back (days)"), default=365, validators=[MinValueValidator(1)]
    )
    points = models.PositiveSmallIntegerField(
        _("points"),
        default=60,
        validators=[MaxValueValidator(100)],
        help_text=_("Of 100. Policies say up to which sum nobody has to look."),
    )

    class Meta:
        verbose_name = _("sign of risk")
        verbose_name_plural = _("signs of risk")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(points__lte=100), name="risk_points_within_100"),
            models.CheckConstraint(condition=Q(limit__gte=0), name="risk_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return str(self.get_flag_display())


class CaseRisk(models.Model):
    """A sign that was seen when a case was requested, with the figures behind it as they were."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="risks")
    flag = models.CharField(max_length=14, choices=RiskFlag)
    facts = models.JSONField(default=dict)
    points = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "flag"], name="case_risk_once")]

    def __str__(self) -> str:
        return str(self.get_flag_display())
