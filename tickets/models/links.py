"""How tickets hang together: what was merged and split, with all that undoing it needs, and links."""

from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from tickets.models.tickets import Ticket
from tickets.states import LinkKind, Suspicion


class Merge(models.Model):
    """A ticket that was merged into another. `was` holds both statuses: {"status", "into"}.

    `into_version` is the version of the other right after: while it stays, undoing restores its status.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_into")
    note = models.TextField(blank=True)
    was = models.JSONField(default=dict)
    into_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(undone_at=None), name="merged_once")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} into {self.into_id}"


class Split(models.Model):
    """A ticket that began with messages of another; `moved` says of which: {message: ticket}, as keys."""

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="splits")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="split_from")
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.ticket_id} from {self.source_id}"


class TicketLinkQuerySet(models.QuerySet["TicketLink"]):
    def between(self, ticket: Ticket, other: Ticket) -> "TicketLinkQuerySet":
        """The link of two tickets, whichever of them it is told from."""
        return self.filter(Q(ticket=ticket, other=other) | Q(ticket=other, other=ticket))

    def of(self, ticket: Ticket) -> "TicketLinkQuerySet":
        """Links of a ticket that stand, oldest first."""
        return self.filter(Q(ticket=ticket) | Q(other=ticket), dismissed_at=None).order_by("pk")

    def with_both_in_mentions(self) -> "TicketLinkQuerySet":
        """Links with what a line about each of their tickets shows.

        Fetched after the links and not joined to them: most tickets have none.
        """
        shown = Ticket.objects.in_mentions()
        return self.prefetch_related(Prefetch("ticket", shown), Prefetch("other", shown))

    def dismissed(self, ticket: Ticket) -> "TicketLinkQuerySet":
        """Possible duplicates of a ticket that were found to be none, oldest first."""
        either = Q(ticket=ticket) | Q(other=ticket)
        return self.filter(either).exclude(dismissed_at=None).order_by("pk")


class TicketLink(models.Model):
    """Two tickets that belong together, told from `ticket`: a parent is `ticket`, its child `other`.

    A possible duplicate that somebody dismissed stays, so that it is not proposed again.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="linked_by")
    kind = models.CharField(max_length=10, choices=LinkKind)
    reason = models.CharField(max_length=12, choices=Suspicion, blank=True)
    created_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True, blank=True)

    objects = TicketLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("linked ticket")
        verbose_name_plural = _("linked tickets")
        constraints = [
            models.UniqueConstraint(
                Least("ticket", "other"), Greatest("ticket", "other"), name="two_tickets_linked_once"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="ticket_not_linked_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.other_id}"
