"""What is promised: calendars of working time, and policies with budgets of it, in versions.

A version is never changed once it is published: tickets and clocks are pinned to the one they began
with, so that a new version moves no deadline by itself. A version that is not published is the draft.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import bilingual
from core.hours import Calendar
from tickets.states import ExternalStart, MetBy


class CalendarQuerySet(models.QuerySet["ServiceCalendar"]):
    def offered(self) -> "CalendarQuerySet":
        """Those that can be chosen for a promise."""
        return self.filter(current__isnull=False, is_active=True)


class ServiceCalendar(models.Model):
    """When a team works; the hours stand in its versions, `current` is the published one.

    One that is not active can be chosen for nothing new.
    """

    code = models.SlugField(_("code"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    is_active = models.BooleanField(_("active"), default=True)
    current = models.ForeignKey(
        "CalendarVersion", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("service calendar")
        verbose_name_plural = _("service calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")

    @property
    def published(self) -> "CalendarVersion":
        """The version that counts now; only calendars that have one can be chosen for a promise."""
        assert self.current is not None
        return self.current


class CalendarVersion(models.Model):
    """Hours of a calendar. `weekly` is {"0": [["09:00", "18:00"]], ...} with 0 = Monday.

    `holidays` is {"2026-10-01": {"en": "National Day", "zh": "国庆节"}}; `extra_days` has hours by date, as
    on weekdays, and wins over holidays and weekdays: make-up working days (调休), short days, closures.
    """

    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    zone = models.CharField(_("time zone"), max_length=64)
    weekly = models.JSONField(_("weekly hours"))
    holidays = models.JSONField(_("holidays"), default=dict, blank=True)
    extra_days = models.JSONField(_("days with hours of their own"), default=dict, blank=True)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    author = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    counted: Calendar | None = None
    """What `tickets.calendars.calendar_of` made of it; not stored."""

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_number"),
            models.UniqueConstraint(
                fields=["calendar"], condition=Q(published_at=None), name="calendar_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"


class SlaPolicy(models.Model):
    """Budgets of working time for tickets it applies to; of those that apply the lowest order wins."""

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    order = models.PositiveSmallIntegerField(
        pgettext_lazy("place in a list", "order"), default=100, help_text=_("The lowest that applies wins.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    current = models.ForeignKey(
        "PolicyVersion", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("service level policy")
        verbose_name_plural = _("service level policies")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")

    @property
    def published(self) -> "PolicyVersion":
        """The version that holds now, of a policy that has one."""
        assert self.current is not None
        return self.current


class PolicyVersion(models.Model):
    """What a policy promises, and to which tickets.

    `conditions` is a tree of `tickets.conditions`, `targets` holds the budgets of `tickets.targets`, `ladder`
    the steps of `tickets.ladder`.
    """

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    conditions = models.JSONField(_("conditions"), default=dict)
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    targets = models.JSONField(_("targets"), default=dict)
    ladder = models.JSONField(_("warnings and escalations"), default=list)
    note = models.CharField(_("what is new"), max_length=200, blank=True)
    author = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(published_at=None), name="policy_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"


class ExternalPromise(models.Model):
    """A deadline that somebody else sets, such as a marketplace, with what follows when it is missed.

    It starts a clock of its own beside those of the policy, with its own calendar; it never pauses.
    """

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    consequence_en = models.CharField(_("when missed (English)"), max_length=200)
    consequence_zh = models.CharField(_("when missed (Chinese)"), max_length=200)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    starts_on = models.CharField(_("starts when"), max_length=16, choices=ExternalStart)
    met_by = models.CharField(_("met when"), max_length=16, choices=MetBy)
    calendar = models.ForeignKey(ServiceCalendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    budget = models.DurationField(_("within"))
    ladder = models.JSONField(_("warnings and escalations"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("external deadline")
        verbose_name_plural = _("external deadlines")
        ordering = ["name_en"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")
