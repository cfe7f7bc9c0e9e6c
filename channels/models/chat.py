"""Chats: a window in which a customer and we write to each other at once. What is said is a ticket."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from accounts.states import Strategy
from channels.chat import rules
from channels.chat.states import LIVE, OPEN, ChatState, EndedBy, Giving
from tickets.models import Ticket


class ChatSessionQuerySet(models.QuerySet["ChatSession"]):
    def open(self) -> "ChatSessionQuerySet":
        """Chats that are not over."""
        return self.filter(state__in=OPEN)

    def live(self) -> "ChatSessionQuerySet":
        """Chats that go on in their window."""
        return self.filter(state__in=LIVE)

    def waiting(self) -> "ChatSessionQuerySet":
        """Chats that nobody has taken yet: those whom somebody left, then the longest wait first."""
        return self.filter(state=ChatState.WAITING).order_by("-is_returned", "waiting_since", "pk")

    def unoffered(self) -> "ChatSessionQuerySet":
        """Chats that wait and ring for nobody."""
        return self.waiting().filter(offered_to=None)

    def unanswered(self, at: datetime) -> "ChatSessionQuerySet":
        """Chats that rang for somebody until `at` and were not taken, or ring for who takes no more."""
        ringing = self.exclude(offered_to=None).order_by("offered_until", "pk")
        return ringing.filter(Q(offered_until__lte=at) | Q(offered_to__chat_duty__is_available=False))

    def left_alone(self, since: datetime) -> "ChatSessionQuerySet":
        """Chats in conversation with somebody whose pages have given no sign of life since then."""
        return self.filter(state=ChatState.ACTIVE, agent__chat_duty__seen_at__lt=since).order_by("pk")

    def due(self, at: datetime) -> "ChatSessionQuerySet":
        """Chats with which something has to happen by `at`."""
        return self.filter(due_at__lte=at).order_by("due_at", "pk")


class ChatSession(models.Model):
    """One chat. Its messages are those of its ticket; this row knows who is there and who has read what.

    `visitor` is a secret that only the session of the customer's browser holds: whoever knows `reference`
    alone sees nothing. `key` is the browser's own name for the chat, so that a start that is sent twice is
    one chat. `email` is what the visitor typed and proves nothing; `is_proven` says that we know them by a
    sign-in or an opened order. `customer_read` and `staff_read` are the newest messages each side has seen,
    `mailed` the newest one that went out by mail. A chat that waits may ring for somebody: `offered_to` until
    `offered_until`, which stays as the end of the last ring; `passed_by` are the keys of those who let it
    ring. `is_returned`: whoever had it is not there any more, so it goes before those that only wait.
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
    is_returned = models.BooleanField(default=False)
    offered_to = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="offered_chats"
    )
    offered_until = models.DateTimeField(null=True, blank=True)
    passed_by = models.JSONField(default=list, blank=True)
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
            models.CheckConstraint(
                condition=Q(offered_to=None) | Q(state=ChatState.WAITING, offered_until__isnull=False),
                name="chat_rings_while_it_waits",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=~Q(due_at=None), name="chat_due"),
            models.Index(fields=["state", "waiting_since"], condition=Q(state__in=OPEN), name="chat_open"),
            models.Index(fields=["agent", "state"], condition=Q(state__in=OPEN), name="chat_of_agent"),
            models.Index(fields=["origin", "-id"], name="chat_by_origin"),
            models.Index(
                fields=["offered_until", "id"], condition=~Q(offered_to=None), name="chat_rings_until"
            ),
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
    """Whether a member of staff takes chats now, and how many at once.

    `seen_at` is the last sign of life of their pages; `last_given_at` when a chat was last given to them;
    `missed` how many chats in a row rang for them in vain.
    """

    member = models.OneToOneField(User, on_delete=models.CASCADE, related_name="chat_duty")
    is_available = models.BooleanField(default=False)
    capacity = models.PositiveSmallIntegerField(default=rules.CAPACITY)
    changed_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    last_given_at = models.DateTimeField(null=True, blank=True)
    missed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("chat duty")
        verbose_name_plural = _("chat duties")

    def __str__(self) -> str:
        return f"{self.member_id} {self.is_available}"


class ChatGiving(models.Model):
    """How chats find somebody: the one row of settings. What is not stored yet is as the fields say."""

    way = models.CharField(_("a new chat"), max_length=6, choices=Giving, default=Giving.RING)
    strategy = models.CharField(
        _("goes to"),
        max_length=12,
        choices=[choice for choice in Strategy.choices if choice[0] != Strategy.MANUAL],
        default=Strategy.LEAST_BUSY,
    )
    ring_seconds = models.PositiveSmallIntegerField(_("rings for so many seconds"), default=25)
    missed_at_most = models.PositiveSmallIntegerField(_("missed in a row"), default=2)
    widen_seconds = models.PositiveSmallIntegerField(_("asks others after so many seconds"), default=60)
    gone_seconds = models.PositiveSmallIntegerField(_("goes back after so many seconds"), default=90)

    class Meta:
        verbose_name = _("giving of chats")
        verbose_name_plural = _("giving of chats")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_way_of_giving_chats")]

    def __str__(self) -> str:
        return self.way

    @classmethod
    def current(cls) -> "ChatGiving":
        """The settings that hold now."""
        return cls.objects.first() or cls(pk=1)
