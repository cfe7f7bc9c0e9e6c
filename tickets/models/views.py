"""Lists that somebody keeps, and work on many tickets at once."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core import bilingual
from tickets.states import RunState, ViewVisibility


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def shown_to(self, user: User) -> "SavedViewQuerySet":
        """Views in a member's side bar: their own, those of their teams, those for everybody."""
        shared = Q(visibility=ViewVisibility.ALL) | Q(
            visibility=ViewVisibility.TEAM, team__in=user.teams.values("pk")
        )
        return self.filter(Q(owner=user) | shared).order_by("position", "pk")


class SavedView(models.Model):
    """A queue with filters under a name. `conditions` are the filters of the inbox's address.

    `asks` is a tree of `tickets.conditions` that holds besides, for what no filter of the inbox can say.
    """

    name_en = models.CharField(_("name (English)"), max_length=60, blank=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60, blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    visibility = models.CharField(_("who sees it"), max_length=8, choices=ViewVisibility)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    conditions = models.JSONField(default=dict)
    asks = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    position = models.PositiveSmallIntegerField(_("place"), default=100)
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_en="", name_zh=""), name="view_has_a_name"),
            models.CheckConstraint(
                condition=Q(visibility=ViewVisibility.TEAM, team__isnull=False)
                | (~Q(visibility=ViewVisibility.TEAM) & Q(team=None)),
                name="view_of_a_team_names_it",
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name") or self.name_en or self.name_zh


class BulkRunQuerySet(models.QuerySet["BulkRun"]):
    def open(self) -> "BulkRunQuerySet":
        """Runs that are not finished, oldest first."""
        return self.exclude(state=RunState.DONE).order_by("pk")


class BulkRun(models.Model):
    """A verb for all tickets that a list matched, done by a worker in small steps.

    `last` is the ticket it got to and `until` the newest there was when it began; `refused` names each ticket
    that was not done, with code and facts.
    """

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_runs")
    verb = models.CharField(max_length=12)
    facts = models.JSONField(default=dict)
    query = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    refused: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(default=list)
    last = models.BigIntegerField(default=0)
    until = models.BigIntegerField()
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=~Q(state=RunState.DONE), name="bulk_run_open"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.done}/{self.total}"

    @property
    def handled(self) -> int:
        """How many tickets it has been through."""
        return self.done + len(self.refused)
