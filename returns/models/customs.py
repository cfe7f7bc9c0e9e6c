"""What customs want to know about goods that come back over a border."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from returns.models.cases import Case, CaseLine

HS_CODE = RegexValidator(r"^\d{6}(\d{2}){0,2}$", _("6, 8 or 10 digits, without dots."))


class ReturnCustoms(models.Model):
    """The declaration of a case, once staff have looked at it; until then it is drawn from the order."""

    class Purpose(models.TextChoices):
        RETURNED_GOODS = "returned_goods", _("Returned goods")
        REPAIR = "repair", pgettext_lazy("customs", "For repair")
        EXCHANGE = "exchange", pgettext_lazy("customs", "For exchange")

    class Incoterm(models.TextChoices):
        DAP = "DAP", _("DAP: we pay duties, if any")
        DDP = "DDP", _("DDP: the sender pays duties, if any")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="customs")
    purpose = models.CharField(max_length=14, choices=Purpose, default=Purpose.RETURNED_GOODS)
    incoterm = models.CharField(max_length=3, choices=Incoterm, default=Incoterm.DAP)
    eori = models.CharField(max_length=17, blank=True)
    ioss = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"customs of {self.case_id}"


class CustomsLine(models.Model):
    """One kind of goods. `value` is declared for all its units, in minor units of the case's currency."""

    customs = models.ForeignKey(ReturnCustoms, on_delete=models.CASCADE, related_name="lines")
    case_line = models.OneToOneField(CaseLine, on_delete=models.CASCADE, related_name="customs")
    description = models.CharField(max_length=200)
    hs_code = models.CharField(max_length=10, blank=True, validators=[HS_CODE])
    origin = models.CharField(max_length=2, blank=True)
    value = models.BigIntegerField()

    class Meta:
        ordering = ["case_line__order_line__position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="customs_value_not_negative"),
            models.CheckConstraint(
                condition=Q(hs_code="") | Q(hs_code__regex=r"^\d{6}(\d{2}){0,2}$"), name="customs_hs_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hs_code} {self.description}"
