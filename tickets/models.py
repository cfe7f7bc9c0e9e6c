"""Tickets: the conversation with a customer about one concern, and the clocks that run on it."""

from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language, Team, User
from core import bilingual
from customers.models import Customer
from orders.models import Order
from tickets.states import (
    UNSOLVED,
    WAITING,
    Channel,
    ClockKind,
    ClockState,
    Priority,
    TicketStatus,
    TicketType,
    Visibility,
)

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a ticket without a deadline stands in a queue: behind all others."""


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


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unsolved(self) -> "TicketQuerySet":
        """Tickets somebody still has to do something about."""
        return self.filter(status__in=UNSOLVED)

    def waiting(self) -> "TicketQuerySet":
        """Unsolved tickets on which somebody else has to move first."""
        return self.filter(status__in=WAITING)

    def overdue(self, at: datetime) -> "TicketQuerySet":
        """Unsolved tickets whose next deadline has passed."""
        return self.unsolved().filter(queue_at__lte=at)

    def due_between(self, start: datetime, end: datetime) -> "TicketQuerySet":
        """Unsolved tickets whose next deadline is after `start` and not after `end`."""
        return self.unsolved().filter(queue_at__gt=start, queue_at__lte=end)


class _WithoutTokens(models.Manager["Ticket"]):
    def get_queryset(self) -> models.QuerySet["Ticket"]:
        """Tickets without their search tokens, which are long and only ever matched by the database."""
        return super().get_queryset().defer("search")


TicketManager = _WithoutTokens.from_queryset(TicketQuerySet)


class Ticket(models.Model):
    """One concern of one customer. `version` grows with every message and change a reader must know of.

    `due_at` is the nearest deadline of its running clocks; `queue_at` is the same, never empty, so that a
    queue can be sorted and paged by index.
    """

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    subject = models.CharField(max_length=200)
    type = models.CharField(max_length=12, choices=TicketType, default=TicketType.ENQUIRY)
    status = models.CharField(max_length=20, choices=TicketStatus, default=TicketStatus.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    channel = models.CharField(max_length=8, choices=Channel)
    external_id = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, choices=Language)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    assignee = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    follow_up_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups"
    )
    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, null=True, blank=True)
    cycle = models.PositiveSmallIntegerField(default=1, help_text=_("Grows with every reopening."))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    queue_at = models.GeneratedField(
        expression=Coalesce("due_at", models.Value(NEVER)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    first_response_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField()
    last_message_by = models.CharField(max_length=8, help_text=_("Kind of actor who wrote last."))
    last_message_preview = models.CharField(max_length=200, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = TicketManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                name="intake_once_per_channel",
            ),
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["queue_at", "id"], condition=Q(status__in=UNSOLVED), name="ticket_queue_by_due"
            ),
            models.Index(
                fields=["assignee", "queue_at", "id"],
                condition=Q(status__in=UNSOLVED),
                name="ticket_my_queue",
            ),
            models.Index(
                fields=["team", "queue_at", "id"], condition=Q(status__in=UNSOLVED), name="ticket_team_queue"
            ),
            models.Index(fields=["updated_at", "id"], condition=Q(status__in=WAITING), name="ticket_waiting"),
            models.Index(fields=["customer", "-id"], name="ticket_by_customer"),
            models.Index(fields=["-updated_at", "-id"], name="ticket_latest"),
            models.Index(fields=["status", "-updated_at", "-id"], name="ticket_by_status"),
            models.Index(fields=["created_at"], name="ticket_created"),
            models.Index(fields=["solved_at"], condition=~Q(solved_at=None), name="ticket_solved"),
            GinIndex(fields=["search"], name="ticket_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def needs_answer(self) -> bool:
        """Whether the customer spoke last and somebody has to answer."""
        return self.last_message_by == "customer" and self.status in (TicketStatus.NEW, TicketStatus.OPEN)


class Message(models.Model):
    """One thing said. Append-only; `external_id` makes a delivery that comes twice one message."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    external_id = models.CharField(max_length=200, blank=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=10, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                name="message_once_per_channel",
            )
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="message_by_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.body[:40]}"

    @property
    def is_from_customer(self) -> bool:
        return self.actor_kind == "customer"


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
