"""What customers were told without a person writing it, and the way it took."""

import re
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from core.models import OutgoingMail
from customers.models import Customer
from tickets.models.tickets import Ticket
from tickets.states import Told

_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"^\[[^\]]*\]\s*")


class Telling(models.Model):
    """One piece of news for one customer. `key` is its cause: the same one is never told twice.

    `subject` and `text` are what was said, as a mail says it; `facts` are the values in it by name.
    `about` is the row it is about, as in `core.mail`. `turn` counts how often a member of staff had it told
    again, and `reason` says why it did not go the way the customer wrote.
    """

    key = models.CharField(max_length=200, unique=True)
    news = models.CharField(max_length=40)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tellings")
    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="tellings"
    )
    about = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, choices=Language)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    facts = models.JSONField(default=dict)
    outcome = models.CharField(max_length=8, choices=Told)
    reason = models.CharField(max_length=20, blank=True)
    via = models.CharField(max_length=100, blank=True)
    mail = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    turn = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("news for a customer")
        verbose_name_plural = _("news for customers")
        constraints = [models.CheckConstraint(condition=Q(outcome__in=Told.values), name="telling_known")]
        indexes = [
            models.Index(fields=["ticket", "-id"], name="telling_of_ticket"),
            models.Index(
                fields=["customer", "created_at"], condition=Q(outcome="carried"), name="telling_carried"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.news} {self.subject}"

    @property
    def title(self) -> str:
        """What it says in a line, without the number that stands before it in a mail."""
        return _NUMBER.sub("", self.subject)

    @property
    def shown(self) -> str:
        """Its text for staff. The links in it open the customer's pages to whoever has them."""
        return _LINK.sub("[…]", self.text)

    @property
    def thread(self) -> Any:
        """On whose timeline it shows."""
        return self.ticket or self.customer

    @property
    def is_open(self) -> bool:
        """Whether the customer was not told although they should have been."""
        return self.outcome in (Told.NOWHERE, Told.CAPPED)
