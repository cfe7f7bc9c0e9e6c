"""Rows every floor needs: what happened, what still has to be told, and the files people sent."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventQuerySet(models.QuerySet["Event"]):
    def undispatched(self) -> "EventQuerySet":
        """Events whose reactions have not all run, parked ones left out."""
        return self.filter(dispatched_at=None, parked_at=None)

    def due(self, at: datetime) -> "EventQuerySet":
        """Undispatched events whose next attempt is not in the future, oldest first."""
        return self.undispatched().filter(next_attempt_at__lte=at).order_by("next_attempt_at", "pk")

    def parked(self) -> "EventQuerySet":
        """Events that failed too often and wait for a person."""
        return self.exclude(parked_at=None).filter(dispatched_at=None)


class Event(models.Model):
    """One thing that happened. The timeline people read and the outbox workers drain.

    `subject` and `thread` are "<model>:<pk>": what it happened to, and on whose timeline it shows.
    """

    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    thread = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    public = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "id"], name="event_thread"),
            models.Index(fields=["subject", "id"], name="event_subject"),
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=models.Q(dispatched_at=None, parked_at=None),
                name="event_outbox",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def subject_pk(self) -> int:
        """The primary key inside `subject`."""
        return int(self.subject.partition(":")[2])


class ReactionRun(models.Model):
    """Proof that one reaction to one event has been carried out; committed with its effects."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="reaction_runs")
    reaction = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="reaction_once_per_event")]

    def __str__(self) -> str:
        return f"{self.reaction} after {self.event_id}"


class OutboxRow(models.Model):
    """Something that leaves the house after the commit (`core.outbox`); its kind may have further states.

    While it is sent, `next_attempt_at` is when the lease runs out under which a worker has it in hand.
    """

    QUEUED, SENDING, SENT, FAILED = "queued", "sending", "sent", "failed"
    OPEN = (QUEUED, SENDING)

    state = models.CharField(max_length=9, default=QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class OutgoingMail(OutboxRow):
    """One mail to one reader. `key` is unique, so the same cause never writes twice."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        WITHHELD = "withheld", pgettext_lazy("mail", "Not sent")
        BOUNCED = "bounced", pgettext_lazy("mail", "Came back")

    class Because(models.TextChoices):
        """Why a mail is withheld."""

        SUPPRESSED = "suppressed", _("Mail to this address came back")
        CAPPED = "capped", _("Too many automatic mails to one address")

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    headers = models.JSONField(default=dict)
    files: "models.ManyToManyField[Attachment, Any]" = models.ManyToManyField(
        "Attachment", related_name="+", blank=True
    )
    about = models.CharField(max_length=64, blank=True, db_index=True)
    sensitive = models.BooleanField(default=False)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    because = models.CharField(max_length=10, choices=Because, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="mail_due",
            ),
            models.Index(fields=["to", "-created_at"], name="mail_by_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} -> {self.to}"


class SuppressedAddress(models.Model):
    """An address to which nothing is sent any more, because mail to it came back."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("There is no such mailbox")
        SOFT_BOUNCES = "soft_bounces", _("Mail came back again and again")
        COMPLAINT = "complaint", _("Reported as unwanted")
        BY_HAND = "by_hand", _("Entered by hand")

    address = models.CharField(max_length=254, unique=True, help_text=_("In lower case."))
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=500, blank=True, help_text=_("What the other mail server said."))
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return self.address


class TextVersion(models.Model):
    """What administrators made of a text to customers (`core.texts`), one row for each time; rows are kept.

    The highest number stands. `wording` holds the languages that have words of their own, as
    {"en": {"subject", "body", "parts"}, "zh": …}; any other has the built-in ones. `failure` says why its
    words could not be sent when they should have been.
    """

    class Kind(models.TextChoices):
        CHANGED = "changed", pgettext_lazy("wording", "Changed")
        RESET = "reset", _("Set back to the built-in wording")
        RESTORED = "restored", _("Restored")

    text = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    restored = models.PositiveIntegerField(null=True, help_text=_("The version that was restored."))
    wording = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["text", "number"], name="text_version_once")]

    def __str__(self) -> str:
        return f"{self.text} {self.number}"


def attachment_path(attachment: "Attachment", _filename: str) -> str:
    """Where the bytes lie; nothing of the sender's file name reaches the disk."""
    token = str(attachment.uuid)
    return f"attachments/{token[:2]}/{token}"


class Attachment(models.Model):
    """A file somebody sent. `subject` is what it hangs on ("message:12", "case:3", "draft:<uuid>")."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=64, db_index=True)
    file = models.FileField(upload_to=attachment_path)
    thumbnail = models.FileField(upload_to="thumbnails/", blank=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    public = models.BooleanField(default=False, help_text=_("Customers may see it."))
    actor_kind = models.CharField(max_length=8)
    actor_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.uuid])

    @property
    def thumbnail_url(self) -> str:
        """Where its small picture is, "" if there is none."""
        return reverse("file-thumbnail", args=[self.uuid]) if self.thumbnail else ""

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")


def key_of(instance: models.Model) -> str:
    """ "<model>:<pk>" of a row, the form in which events and attachments name what they belong to."""
    meta: Any = instance._meta
    return f"{meta.model_name}:{instance.pk}"
