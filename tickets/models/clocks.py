"""The clocks that run on tickets, and what happened to them."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models.promises import CalendarVersion, ExternalPromise, PolicyVersion
from tickets.models.tickets import Ticket
from tickets.states import ClockKind, ClockState


class ClockQuerySet(models.QuerySet["Clock"]):
    def live(self) -> "ClockQuerySet":
        """Clocks that run or may run again."""
        return self.filter(state__in=(ClockState.RUNNING, ClockState.PAUSED))

    def due(self, at: datetime) -> "ClockQuerySet":
        """Running clocks on which something has to happen by `at`, what has waited longest first."""
        return self.filter(state=ClockState.RUNNING, next_at__lte=at).order_by("next_at", "pk")

    def failing(self) -> "ClockQuerySet":
        """Clocks on which the sweep failed; it tries them again, less and less often."""
        return self.exclude(failing_since=None)


class Clock(models.Model):
    """A promise running on a ticket.

    `turn` counts clocks of a kind within a cycle: every time the customer writes again, a next response is
    owed. `external` is what an external clock follows, with the `ladder` as it was when the clock began;
    `about` is the public number of the case it is about.
    `left` is the working time that was left when it was paused. `next_at` is when the sweep has to look: at
    the next step of the ladder or at the deadline, None when nothing more can happen; `taken` counts the
    steps taken. A merged one goes on in `joined_into`; `carried_from` is the clock of a merged ticket that a
    clock took over with its log.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=16, choices=ClockKind)
    cycle = models.PositiveSmallIntegerField(default=1)
    turn = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ClockState, default=ClockState.RUNNING)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True)
    external = models.ForeignKey(ExternalPromise, on_delete=models.PROTECT, null=True)
    ladder = models.JSONField(default=list, blank=True)
    about = models.CharField(max_length=40, blank=True)
    budget = models.DurationField()
    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    left = models.DurationField(null=True, blank=True)
    fulfilled_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text=_("The deadline that was missed."))
    next_at = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveSmallIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    joined_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="joined", db_index=False
    )
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried", db_index=False
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind", "cycle", "turn"], name="clock_once_per_cycle_and_turn"
            ),
            models.CheckConstraint(
                condition=Q(kind=ClockKind.EXTERNAL) ^ Q(external=None), name="clock_external_has_promise"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                condition=Q(state=ClockState.RUNNING, next_at__isnull=False),
                name="clock_due",
            ),
            models.Index(
                fields=["joined_into"], condition=Q(joined_into__isnull=False), name="clock_joined_into"
            ),
            models.Index(
                fields=["failing_since"], condition=Q(failing_since__isnull=False), name="clock_failing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"

    @property
    def name(self) -> str:
        """What is promised, in the reader's language."""
        return str(self.external) if self.external else str(ClockKind(self.kind).label)

    @property
    def names(self) -> dict[str, Any]:
        """What an external clock is called in both languages, to be kept with what happens to it."""
        if self.external is None:
            return {}
        return {"name_en": self.external.name_en, "name_zh": self.external.name_zh}

    @property
    def is_missed(self) -> bool:
        """Whether its deadline was missed, whatever became of it."""
        return self.breached_at is not None


class ClockEvent(models.Model):
    """What happened to a clock, in order. The clock can be rebuilt from these alone.

    `budget`, `calendar` and `policy_version` say what was promised, when it started or was changed; `step` is
    the place of the step of the ladder that was taken.
    """

    class Kind(models.TextChoices):
        ACTIVATED = "activated", _("Started")
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Resumed")
        FULFILLED = "fulfilled", _("Met")
        BREACHED = "breached", _("Missed")
        CANCELLED = "cancelled", pgettext_lazy("clock", "Cancelled")
        CHANGED = "changed", _("Promise changed")
        STEPPED = "stepped", _("Warned or escalated")
        MERGED = "merged", pgettext_lazy("clock", "Goes on in another clock")
        PARTED = "parted", pgettext_lazy("clock", "On its own again")

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text=_("The deadline that holds from here on."))
    budget = models.DurationField(null=True)
    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, null=True)
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True)
    step = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
