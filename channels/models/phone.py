"""Calls: logged by hand, or told by a telephone system."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from channels.connection_states import CallDirection, CallOutcome, CallState
from channels.models.connections import Connection
from customers.models import Customer
from tickets.models import Message, Ticket


class PhoneCall(models.Model):
    """One call. `number` is the other side's in E.164, or as it was told where it is none.

    `external_id` is the telephone system's name of it. It is logged once somebody wrote down what was said.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="calls"
    )
    external_id = models.CharField(max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    direction = models.CharField(max_length=8, choices=CallDirection, default=CallDirection.INBOUND)
    state = models.CharField(max_length=7, choices=CallState, default=CallState.ENDED)
    outcome = models.CharField(max_length=12, choices=CallOutcome, blank=True)
    started_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0, help_text=_("How long it took."))
    summary = models.TextField(blank=True, help_text=_("What was said, in the words of whoever logged it."))
    agent = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="calls")
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=60, blank=True, help_text=_("A form that is sent twice is one call."))
    logged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id"],
                condition=~Q(external_id=""),
                name="phone_call_once",
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="phone_call_logged_once"),
        ]
        indexes = [
            models.Index(fields=["number", "-id"], name="phone_call_by_number"),
            models.Index(fields=["-started_at", "-id"], name="phone_call_latest"),
            models.Index(fields=["-started_at"], condition=Q(logged_at=None), name="phone_call_to_log"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.started_at:%Y-%m-%d %H:%M}"
