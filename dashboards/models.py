"""What the dashboards own: targets that people set, and sums over days that a worker keeps."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from orders.models import Shop


class KpiTarget(models.Model):
    """What a figure should reach, in percent, from a day on until the next target of the same figure."""

    kpi = models.SlugField(_("figure"), max_length=40)
    value = models.DecimalField(
        _("target"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("In percent."),
    )
    valid_from = models.DateField(_("valid from"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    set_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["kpi", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kpi", "valid_from"], name="one_target_per_day"),
            models.CheckConstraint(condition=Q(value__range=(0, 100)), name="target_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.value} % {self.valid_from}"


class RolledDay(models.Model):
    """A service day whose sums are stored: when they were last added up, in which zone the day was cut.

    Whoever adds up a day holds its row, so two workers never write the same sums at once.
    """

    day = models.DateField(primary_key=True)
    zone = models.CharField(max_length=64, blank=True)
    added_up_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.day} ({self.zone})"


class DailyFigure(models.Model):
    """One measure on one service day. `split` says (as bits) which of team, channel and shop the row is for.

    What a row is not split by is empty in it; split by team, an empty team means: of no team.
    """

    measure = models.SlugField(max_length=40, db_index=False)
    day = models.DateField()
    split = models.PositiveSmallIntegerField()
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, blank=True)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["split", "day", "measure", "team", "channel", "shop"],
                nulls_distinct=False,
                name="one_figure_per_day_and_split",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.day}: {self.numerator}/{self.denominator}"
