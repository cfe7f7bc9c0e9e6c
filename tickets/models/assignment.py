"""How tickets find somebody: rules that choose the team, whose turn it is, and what waits for a person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Skill, Team, User
from core import bilingual
from tickets.models.tickets import Ticket
from tickets.states import UNSOLVED, Unplaced


class RoutingRule(models.Model):
    """Which team new tickets go to; of the rules that apply the lowest order wins.

    `conditions` is a tree of `tickets.conditions`. Whoever gets the ticket has every one of `skills`.
    """

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    order = models.PositiveSmallIntegerField(
        pgettext_lazy("place in a list", "order"), default=100, help_text=_("The lowest that applies wins.")
    )
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, verbose_name=_("team"))
    skills = models.ManyToManyField(Skill, verbose_name=_("skills needed"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class Turn(models.Model):
    """When a member last got a ticket of a team by itself: who has waited longest is next.

    A row of its own beside the membership, because sharing out is the business of tickets, not of staff.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="turns")
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="turns")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "member"], name="turn_once_per_member")]

    def __str__(self) -> str:
        return f"{self.team_id}/{self.member_id} {self.at:%Y-%m-%d %H:%M}"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def waiting(self) -> "PlacementQuerySet":
        """Those for which nobody was found yet."""
        return self.exclude(reason="")

    def placeable(self) -> "PlacementQuerySet":
        """Waiting ones whose ticket still needs somebody of the same team."""
        return self.waiting().filter(
            ticket__assignee=None, ticket__status__in=UNSOLVED, ticket__team=models.F("team")
        )


class Placement(models.Model):
    """What a ticket asks of whoever gets it, and why nobody has got it yet.

    Only tickets that need skills or had to wait have one. `reason` "" means that nothing is waited for, so
    the sweep's cost follows what waits and not what is open. `language` is the ticket's: those who wait for
    the same language and skills are looked at together.
    """

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="placement"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    skills = ArrayField(models.CharField(max_length=50), default=list)
    reason = models.CharField(max_length=12, choices=Unplaced, blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["team", "language", "skills"], condition=~Q(reason=""), name="placement_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.reason}"
