"""What currencies were worth, day by day."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExchangeRate(models.Model):
    """Units of `book_currency` for one unit of `currency`, from `day` until a later row says otherwise."""

    currency = models.CharField(_("currency"), max_length=3)
    book_currency = models.CharField(_("currency of the shop"), max_length=3)
    day = models.DateField(pgettext_lazy("exchange rate", "from"))
    rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "book_currency", "day"], name="exchange_rate_once_a_day"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency}/{self.book_currency} {self.day}"
