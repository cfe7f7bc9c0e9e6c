"""Tickets: the conversation with a customer about one concern."""

from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team, User
from customers.models import Customer
from orders.models import Order
from tickets.models.promises import PolicyVersion
from tickets.states import (
    ACTIVE,
    UNSOLVED,
    WAITING,
    Channel,
    Priority,
    TicketStatus,
    TicketType,
    Visibility,
    needs_answer,
)

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a ticket without a deadline stands in a queue: behind all others."""


SHOWN_IN_MENTIONS = (
    "number",
    "subject",
    "status",
    "merged_into_id",
    "customer_id",
    "created_at",
    "closed_at",
    "due_at",
    "last_message_at",
)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def unsolved(self) -> "TicketQuerySet":
        """Tickets somebody still has to do something about."""
        return self.filter(status__in=UNSOLVED)

    def active(self) -> "TicketQuerySet":
        """Tickets on which somebody at the desk has to move next."""
        return self.filter(status__in=ACTIVE)

    def waiting(self) -> "TicketQuerySet":
        """Unsolved tickets on which somebody else has to move first."""
        return self.filter(status__in=WAITING)

    def overdue(self, at: datetime | Combinable) -> "TicketQuerySet":
        """Unsolved tickets whose next deadline has passed."""
        return self.filter(status__in=UNSOLVED, queue_at__lte=at)

    def due_between(self, start: datetime | Combinable, end: datetime | Combinable) -> "TicketQuerySet":
        """Unsolved tickets whose next deadline is after `start` and not after `end`."""
        return self.filter(status__in=UNSOLVED, queue_at__gt=start, queue_at__lte=end)

    def in_mentions(self) -> "TicketQuerySet":
        """What a line about another ticket shows, and no more."""
        return self.only(*SHOWN_IN_MENTIONS)


class _WithoutTokens(models.Manager["Ticket"]):
    def get_queryset(self) -> models.QuerySet["Ticket"]:
        """Tickets without their search tokens, which are long and only ever matched by the database."""
        return super().get_queryset().defer("search")


TicketManager = _WithoutTokens.from_queryset(TicketQuerySet)


class Ticket(models.Model):
    """One concern of one customer. `version` grows with every message and change a reader must know of.

    `due_at` is the nearest deadline of its running clocks; `queue_at` is the same, never empty, so that a
    queue can be sorted and paged by index. A merged ticket is closed and goes on in `merged_into`; whoever
    asks which ticket that is in the end asks `tickets.merged`.
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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    conversation = models.CharField(
        max_length=200, blank=True, help_text=_("What the channel calls the conversation it began in.")
    )
    policy_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True)
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
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(status=TicketStatus.CLOSED) & ~Q(merged_into=F("pk"))),
                name="ticket_merged_is_closed",
            ),
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
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged_into"
            ),
            models.Index(fields=["created_at"], name="ticket_created"),
            models.Index(fields=["solved_at"], condition=~Q(solved_at=None), name="ticket_solved"),
            GinIndex(fields=["search"], name="ticket_search"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    @property
    def needs_answer(self) -> bool:
        """Whether the customer spoke last and somebody has to answer."""
        return needs_answer(self.status, self.last_message_by)


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
        indexes = [
            models.Index(fields=["ticket", "id"], name="message_by_ticket"),
            models.Index(
                fields=["channel", "-created_at"],
                condition=Q(actor_kind="customer"),
                name="message_in_by_channel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.body[:40]}"

    @property
    def is_from_customer(self) -> bool:
        return self.actor_kind == "customer"
