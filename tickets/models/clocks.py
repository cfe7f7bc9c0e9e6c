"""The clocks that run on tickets, and what happened to them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.promises import ServiceCalendar
from tickets.models.tickets import Ticket
from tickets.states import ClockKind, ClockState


class ClockQuerySet(models.QuerySet["Clock"]):
    def live(self) -> "ClockQuerySet":
        """Clocks that run or may run again."""
        return self.filter(state__in=(ClockState.RUNNING, ClockState.PAUSED))

    def due(self, at: datetime) -> "ClockQuerySet":
        """Running clocks whose deadline has passed without anybody having noted it, oldest first."""
        running = self.filter(state=ClockState.RUNNING, breached_at=None, set_aside_at=None)
        return running.filter(due_at__lte=at).order_by("due_at", "pk")

    def set_aside(self) -> "ClockQuerySet":
        """Clocks on which the sweep failed and which wait for a person."""
        return self.exclude(set_aside_at=None)


class Clock(models.Model):
    """A promise running on a ticket. `left` is the working time that was left when it was paused."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=16, choices=ClockKind)
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ClockState, default=ClockState.RUNNING)
    budget = models.DurationField()
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    left = models.DurationField(null=True, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text=_("The deadline that was missed."))
    set_aside_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Since when the sweep leaves it alone, because it failed.")
    )
    set_aside_because = models.TextField(blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "cycle"], name="clock_once_per_cycle")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state=ClockState.RUNNING, breached_at=None, set_aside_at=None),
                name="clock_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"


class ClockEvent(models.Model):
    """What happened to a clock, in order; the clock can be rebuilt from these."""

    class Kind(models.TextChoices):
        ACTIVATED = "activated", _("Started")
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Resumed")
        FULFILLED = "fulfilled", _("Met")
        BREACHED = "breached", _("Missed")
        CANCELLED = "cancelled", pgettext_lazy("clock", "Cancelled")
        CHANGED = "changed", _("Promise changed")

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text=_("The deadline that holds from here on."))

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
