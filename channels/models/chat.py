"""Chats: a window in which a customer and we write to each other at once. What is said is a ticket."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from channels.chat import rules
from channels.chat.states import LIVE, OPEN, ChatState, EndedBy
from tickets.models import Ticket


class ChatSessionQuerySet(models.QuerySet["ChatSession"]):
    def open(self) -> "ChatSessionQuerySet":
        """Chats that are not over."""
        return self.filter(state__in=OPEN)

    def live(self) -> "ChatSessionQuerySet":
        """Chats that go on in their window."""
        return self.filter(state__in=LIVE)

    def waiting(self) -> "ChatSessionQuerySet":
        """Chats that nobody has taken yet, the longest wait first."""
        return self.filter(state=ChatState.WAITING).order_by("waiting_since", "pk")

    def due(self, at: datetime) -> "ChatSessionQuerySet":
        """Chats with which something has to happen by `at`."""
        return self.filter(due_at__lte=at).order_by("due_at", "pk")


class ChatSession(models.Model):
    """One chat. Its messages are those of its ticket; this row knows who is there and who has read what.

    `visitor` is a secret that only the session of the customer's browser holds: whoever knows `reference`
    alone sees nothing. `key` is the browser's own name for the chat, so that a start that is sent twice is
    one chat. `email` is what the visitor typed and proves nothing; `is_proven` says that we know them by a
    sign-in or an opened order. `customer_read` and `staff_read` are the newest messages each side has seen,
    `mailed` the newest one that went out by mail.
    """

    reference = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visitor = models.CharField(max_length=64)
    key = models.CharField(max_length=60)
    origin = models.CharField(max_length=64, blank=True, help_text=_("Where it came from, unreadable."))
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="chats")
    is_proven = models.BooleanField(default=False)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, choices=Language)
    page = models.CharField(max_length=200, blank=True, help_text=_("The page it began on."))
    state = models.CharField(max_length=8, choices=ChatState, default=ChatState.WAITING)
    agent = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="chats")
    started_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy, blank=True)
    last_message_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text=_("The customer's last sign of life."))
    due_at = models.DateTimeField(null=True, blank=True)
    customer_read = models.BigIntegerField(default=0)
    staff_read = models.BigIntegerField(default=0)
    mailed = models.BigIntegerField(default=0)
    blocked_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    rating_comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    objects = ChatSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["visitor", "key"], name="chat_once_per_start"),
            models.UniqueConstraint(
                fields=["visitor"], condition=Q(state__in=OPEN), name="chat_one_open_per_visitor"
            ),
            models.CheckConstraint(condition=Q(state__in=ChatState.values), name="chat_state_known"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(rules.SCORES[0], rules.SCORES[-1])),
                name="chat_rating_in_range",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=~Q(due_at=None), name="chat_due"),
            models.Index(fields=["state", "waiting_since"], condition=Q(state__in=OPEN), name="chat_open"),
            models.Index(fields=["agent", "state"], condition=Q(state__in=OPEN), name="chat_of_agent"),
            models.Index(fields=["origin", "-id"], name="chat_by_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def is_here(self, at: datetime) -> bool:
        """Whether the customer is looking at the chat."""
        return rules.is_here(self.state, self.seen_at, at)

    @property
    def address(self) -> str:
        """Where mail about the chat goes: what the visitor asked for, else what we know; "" for nowhere."""
        return self.email or self.ticket.customer.email

    @property
    def may_tell_all(self) -> bool:
        """Whether the address is known to be the customer's, so that their own words may go there too."""
        return self.is_proven and self.address == self.ticket.customer.email


class ChatDuty(models.Model):
    """Whether a member of staff takes chats now, and how many at once."""

    member = models.OneToOneField(User, on_delete=models.CASCADE, related_name="chat_duty")
    is_available = models.BooleanField(default=False)
    capacity = models.PositiveSmallIntegerField(default=rules.CAPACITY)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("chat duty")
        verbose_name_plural = _("chat duties")

    def __str__(self) -> str:
        return f"{self.member_id} {self.is_available}"
