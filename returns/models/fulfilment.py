"""What goes to the customer: replacements and what was missing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.models.cases import CaseLine


class Replacement(models.Model):
    """What a case line is exchanged for, or what is sent again; amounts in the case's minor units.

    The same variant costs nothing more whatever its price is today (domain E18); another one is settled
    against what was paid, unit by unit.
    """

    case_line = models.OneToOneField(CaseLine, on_delete=models.CASCADE, related_name="replacement")
    sku = models.CharField(_("SKU"), max_length=64)
    title = models.CharField(_("item"), max_length=300)
    is_same_variant = models.BooleanField(_("same variant"), default=True)
    unit_price = models.BigIntegerField(_("price of one"))
    reserved_until = models.DateTimeField(_("reserved until"), null=True, blank=True)

    class Meta:
        verbose_name = _("replacement")
        verbose_name_plural = _("replacements")
        constraints = [
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="replacement_price_not_negative")
        ]

    def __str__(self) -> str:
        return self.title
