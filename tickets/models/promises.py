"""What is promised: calendars of working time and policies with budgets of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import bilingual
from tickets.states import Channel, Priority, TicketType


class ServiceCalendar(models.Model):
    """When a team works. `weekly` is {"0": [["09:00", "18:00"]], ...} with 0 = Monday."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    zone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("weekly hours"))
    holidays = models.JSONField(_("holidays"), default=list, blank=True, help_text=_("Dates, YYYY-MM-DD."))
    extra_days = models.JSONField(
        _("extra working days"), default=dict, blank=True, help_text=_("Hours by date, as on weekdays.")
    )

    class Meta:
        verbose_name = _("service calendar")
        verbose_name_plural = _("service calendars")

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class SlaPolicy(models.Model):
    """Budgets of working time for tickets it applies to; the matching one with the lowest order wins."""

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    order = models.PositiveSmallIntegerField(
        pgettext_lazy("place in a list", "order"), default=100, help_text=_("The lowest that applies wins.")
    )
    ticket_type = models.CharField(
        _("type"), max_length=12, choices=TicketType, blank=True, help_text=_("Empty: every type.")
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel, blank=True, help_text=_("Empty: every channel.")
    )
    min_priority = models.PositiveSmallIntegerField(
        _("from priority"), choices=Priority, default=Priority.LOW
    )
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    first_response = models.DurationField(_("first response within"))
    resolution = models.DurationField(_("resolution within"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("service level policy")
        verbose_name_plural = _("service level policies")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")
