"""What lies on an agent's desk: words that are not sent yet."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.models import Attachment
from tickets.models.tickets import Message, Ticket
from tickets.states import DraftKind, HeldState


class Draft(models.Model):
    """What a member is writing on a ticket, a reply and a note apart; nobody else sees it.

    `key` is that of the form it was written in: once a message with that key was sent, late savings of the
    same words are let fall.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=DraftKind)
    body = models.TextField()
    key = models.CharField(max_length=60)
    macros = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    files = models.CharField(
        max_length=60, blank=True, help_text="Subject of the files of a reply that came back."
    )
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "ticket", "kind"], name="one_draft_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} on {self.ticket_id}"


class HeldReplyQuerySet(models.QuerySet["HeldReply"]):
    def held(self) -> "HeldReplyQuerySet":
        """Replies that have neither left nor come back."""
        return self.filter(state=HeldState.HELD)


class HeldReply(models.Model):
    """A reply between the click on "send" and its leaving; until `due_at` its author may take it back.

    `version` is the ticket's version it was written against, `then` what is done with the ticket after it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="held_replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="held_replies")
    body = models.TextField(blank=True)
    key = models.CharField(max_length=60)
    macros = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    then = models.CharField(max_length=5, blank=True)
    files: "models.ManyToManyField[Attachment, models.Model]" = models.ManyToManyField(
        Attachment, related_name="+", blank=True
    )
    state = models.CharField(max_length=8, choices=HeldState, default=HeldState.HELD)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, null=True, related_name="held_reply")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = HeldReplyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "key"], name="held_once_per_form"),
            models.CheckConstraint(
                condition=Q(state=HeldState.SENT, message__isnull=False) | ~Q(state=HeldState.SENT),
                name="sent_reply_is_a_message",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=HeldState.HELD), name="held_reply_due"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.body[:40]}"


class Follow(models.Model):
    """A member who wants to hear of what happens on a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="follows")
    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "member"], name="followed_once")]

    def __str__(self) -> str:
        return f"{self.member_id} follows {self.ticket_id}"
