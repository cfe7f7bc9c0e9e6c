"""Alarms about channels that are silent or failing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.connection_states import Trouble


class ChannelAlarm(models.Model):
    """A channel was in trouble from `began_at` until `ended_at`. `key` is the channel's: "connection:3"."""

    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    trouble = models.CharField(max_length=8, choices=Trouble)
    detail = models.CharField(max_length=300, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("channel alarm")
        verbose_name_plural = _("channel alarms")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="one_alarm_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.trouble}"
