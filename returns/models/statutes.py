"""What the law grants to customers, country by country, as dated rows: a new law is a new row."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import bilingual
from returns.models.configuration import ReturnPolicy


class StatutoryRule(models.Model):
    """A right that no policy falls short of, for orders placed from `valid_from` to `valid_to`.

    `territory` is a country, or "EU" for all its members. `exemptions` are the marks of goods it does not
    hold for. `refund_days` is the longest a refund may take once the goods are back; empty: the policy's.
    """

    class Right(models.TextChoices):
        WITHDRAWAL = "withdrawal", _("Return without a reason")
        DEFECT = "defect", _("Return of faulty goods")
        CONFORMITY = "conformity", _("Repair or replacement of faulty goods")

    class Freight(models.TextChoices):
        POLICY = "", _("As the policy says")
        SHOP = "shop", _("The shop")

    code = models.SlugField(_("code"), help_text=_("The same for all versions of a law."))
    territory = models.CharField(_("country or region"), max_length=2)
    right = models.CharField(pgettext_lazy("law", "right"), max_length=10, choices=Right)
    name_en = models.CharField(_("name (English)"), max_length=200)
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    min_days = models.PositiveSmallIntegerField(
        _("days at least"), help_text=_("0: the law grants no such right.")
    )
    mode = models.CharField(
        _("way of counting"),
        max_length=11,
        choices=ReturnPolicy.Window,
        default=ReturnPolicy.Window.NEXT_DAY,
    )
    anchor = models.CharField(
        _("counted from"),
        max_length=11,
        choices=ReturnPolicy.Anchor,
        default=ReturnPolicy.Anchor.LAST_PARCEL,
    )
    fee_allowed = models.BooleanField(_("a restocking fee is allowed"), default=False)
    freight = models.CharField(
        _("return postage paid by"), max_length=4, choices=Freight, default=Freight.POLICY, blank=True
    )
    refunds_shipping = models.BooleanField(_("give standard postage back"), default=False)
    refund_days = models.PositiveSmallIntegerField(
        _("days to refund"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    exemptions = models.JSONField(
        _("does not hold for"), default=list, blank=True, help_text=_("Lines with one of these marks.")
    )
    valid_from = models.DateField(
        _("for orders from"), null=True, blank=True, help_text=_("The day of the order counts.")
    )
    valid_to = models.DateField(_("for orders until"), null=True, blank=True)
    source_en = models.CharField(_("source (English)"), max_length=300)
    source_zh = models.CharField(_("source (Chinese)"), max_length=300)

    class Meta:
        verbose_name = _("statutory right")
        verbose_name_plural = _("statutory rights")
        ordering = ["territory", "right", "-valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"], nulls_distinct=False, name="statute_once_per_date"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="statute_valid_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")

    @property
    def source(self) -> str:
        """Where the law stands, in the reader's language."""
        return bilingual.pick(self, "source")
