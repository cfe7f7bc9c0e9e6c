"""Rules that work on tickets by themselves, and the log of what they did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import bilingual
from core.models import Event
from tickets.models.tickets import Ticket
from tickets.states import RunOutcome, Trigger


class RuleQuerySet(models.QuerySet["AutomationRule"]):
    def kept(self) -> "RuleQuerySet":
        """Rules that were not removed, in the order in which they are asked."""
        return self.filter(removed_at=None).order_by("order", "pk")

    def live(self) -> "RuleQuerySet":
        """Rules that are switched on."""
        return self.kept().filter(is_active=True)

    def broken(self) -> "RuleQuerySet":
        """Rules that were switched off because they failed, and wait for a person."""
        return self.kept().filter(is_active=False).exclude(switched_off_at=None)


class AutomationRule(models.Model):
    """On a trigger, tickets that meet the conditions get the steps.

    `conditions` is a tree of `tickets.conditions`, `steps` a list of `tickets.automation.steps`. `failures`
    counts those in a row. A removed rule stays for its log.
    """

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    order = models.PositiveIntegerField(pgettext_lazy("place in a list", "order"))
    trigger = models.CharField(_("when"), max_length=32, choices=Trigger)
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    steps = models.JSONField(_("steps"), default=list)
    is_active = models.BooleanField(_("active"), default=False)
    failures = models.PositiveSmallIntegerField(default=0)
    switched_off_at = models.DateTimeField(null=True, help_text=_("When it failed too often."))
    switched_off_because = models.TextField(blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("automation rule")
        verbose_name_plural = _("automation rules")
        ordering = ["order", "pk"]
        indexes = [
            models.Index(
                fields=["trigger", "order", "id"],
                condition=Q(is_active=True, removed_at=None),
                name="rule_by_trigger",
            )
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class RuleRun(models.Model):
    """A rule whose conditions a ticket met, and what came of it.

    `root` is the event that began the chain: a rule runs once for it on a ticket, whatever rules set off in
    between. Without one it was time, once in each cycle. `held` is each question of the conditions with its
    answer, `taken` the steps that changed something, `said` a refusal {"code", "facts"} or an {"error"}.
    """

    rule = models.ForeignKey(AutomationRule, on_delete=models.CASCADE, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_runs")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="+")
    root = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    cycle = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=RunOutcome)
    held = models.JSONField(default=list)
    taken = models.JSONField(default=list)
    said = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "ticket", "root"], condition=~Q(root=None), name="rule_once_per_root_event"
            ),
            models.UniqueConstraint(
                fields=["rule", "ticket", "cycle"], condition=Q(root=None), name="rule_once_per_cycle"
            ),
        ]
        indexes = [models.Index(fields=["rule", "-id"], name="run_by_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.ticket_id}: {self.outcome}"
