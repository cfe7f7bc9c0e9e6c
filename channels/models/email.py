"""Mail as it came in, and the mailboxes it comes from."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team
from channels.email.states import (
    FETCHED,
    WAITING,
    Fetching,
    MailState,
    Outcome,
    Proof,
    Provider,
    Reason,
    Security,
)
from orders.models import Shop
from tickets.models import Message, Ticket


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def due(self, at: datetime) -> "MailboxQuerySet":
        """Mailboxes whose mail is to be fetched now."""
        return self.filter(is_active=True, fetching__in=FETCHED, next_poll_at__lte=at)

    def answering(self) -> "MailboxQuerySet":
        """Mailboxes from which answers go out."""
        return self.filter(is_active=True, answers=True).order_by("pk")


class Mailbox(models.Model):
    """A place where customers' mail arrives, and how it gets here. Secrets are sealed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("mailbox name"), max_length=100)
    address = models.EmailField(_("e-mail address"), unique=True, help_text=_("What customers write to."))
    fetching = models.CharField(_("arrives by"), max_length=8, choices=Fetching, default=Fetching.IMAP)
    host = models.CharField(_("mail server"), max_length=253, blank=True)
    port = models.PositiveIntegerField(_("port"), null=True, blank=True, help_text=_("Empty: the usual one."))
    security = models.CharField(_("encryption"), max_length=8, choices=Security, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=254, blank=True)
    sealed_secret = models.TextField(blank=True, editable=False)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX", blank=True)
    deletes = models.BooleanField(
        _("delete what was fetched"),
        default=False,
        help_text=_(
            "Else it is marked as read. By POP3 it is always deleted, as nothing can be marked there."
        ),
    )
    language = models.CharField(
        _("language where a mail shows none"), max_length=10, choices=Language, default=Language.ENGLISH
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    answers = models.BooleanField(
        _("answer from this address"),
        default=True,
        help_text=_("Off: answers come from the address of the whole installation."),
    )
    is_default = models.BooleanField(
        _("for everything else"),
        default=False,
        help_text=_("Mails that belong to no other mailbox, its shop or its team come from this address."),
    )
    from_name = models.CharField(
        _("sender name"), max_length=100, blank=True, help_text=_("What customers see as the sender.")
    )
    reply_address = models.EmailField(
        _("answers go to"), blank=True, help_text=_("Empty: the address of the mailbox.")
    )
    plus = models.BooleanField(
        _("plus addresses arrive"),
        default=True,
        help_text=_(
            "Mail to name+anything@ reaches name@. Off for providers that do not deliver it (QQ, 163)."
        ),
    )
    sealed_smtp = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    next_poll_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["address"]
        indexes = [
            models.Index(fields=["next_poll_at"], condition=Q(is_active=True), name="mailbox_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_mailbox"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.address

    @property
    def is_fetched(self) -> bool:
        """Whether we call for its mail ourselves."""
        return self.fetching in FETCHED

    @property
    def answered_at(self) -> str:
        """The address for answers, in lower case."""
        return (self.reply_address or self.address).lower()


class MailGrant(models.Model):
    """The leave that the owner of a mailbox gave us at its provider (OAuth 2), instead of a password.

    `refused` is what the provider said when it stopped giving access; "" while all is well.
    """

    mailbox = models.OneToOneField(Mailbox, on_delete=models.CASCADE, related_name="grant")
    provider = models.CharField(max_length=12, choices=Provider)
    client_id = models.CharField(max_length=255)
    sealed_client_secret = models.TextField(blank=True, editable=False)
    tenant = models.CharField(max_length=100, blank=True)
    sealed_refresh = models.TextField(blank=True, editable=False)
    sealed_access = models.TextField(blank=True, editable=False)
    access_until = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField(null=True, blank=True)
    refused = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.mailbox_id}"

    @property
    def is_given(self) -> bool:
        """Whether somebody signed in at the provider, and the provider still honours it."""
        return bool(self.sealed_refresh) and not self.refused


def raw_path(mail: "IncomingMail", _filename: str) -> str:
    """Where the bytes of a mail lie, named by what they are."""
    return f"mail/{mail.sha256[:2]}/{mail.uuid}"


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def due(self, at: datetime) -> "IncomingMailQuerySet":
        """Mails that were kept and not worked on, as whoever took them in died or failed."""
        return self.filter(next_attempt_at__lte=at).order_by("next_attempt_at", "pk")

    def with_raw(self) -> "IncomingMailQuerySet":
        """Mails whose bytes are still here."""
        return self.filter(raw_gone_at=None)

    def waiting(self) -> "IncomingMailQuerySet":
        """Mails of which nothing was made, until a person says otherwise."""
        return self.filter(state__in=WAITING)

    def listed(self) -> "IncomingMailQuerySet":
        """Without their long texts."""
        return self.defer("text", "quoted", "html", "headers")


class IncomingMail(models.Model):
    """One mail. Its bytes are kept first, as they came; all else is filled in afterwards.

    `fingerprint` tells two deliveries of one mail from two mails: it covers what its sender wrote, head and
    body, and not what servers on the way add. A Message-ID alone would not do, since programs
    reuse them, and anybody could send one first to make us swallow the real mail.

    `text` is all that was written, `quoted` the part of it that was cut off as a quotation; the message on
    the ticket has the rest.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    raw = models.FileField(upload_to=raw_path, blank=True)
    raw_gone_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField()
    source = models.CharField(max_length=8, choices=Fetching)
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    recipient = models.CharField(
        max_length=320, blank=True, help_text=_("To whom it was delivered, if told.")
    )
    received_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=MailState, default=MailState.LANDED)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    mail_id = models.CharField(max_length=400, blank=True, help_text=_("Its Message-ID."))
    sender = models.CharField(max_length=320, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text=_("As its sender says."))
    language = models.CharField(max_length=10, blank=True)
    proof = models.CharField(max_length=4, choices=Proof, default=Proof.NONE)
    attachments = models.PositiveIntegerField(default=0)
    left_out: "models.JSONField[Any, Any]" = models.JSONField(
        default=list, help_text=_("Files that could not be taken: name, size and why.")
    )
    headers: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    html = models.TextField(blank=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="mails")
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="mail"
    )

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=~Q(next_attempt_at=None),
                name="incoming_mail_due",
            ),
            models.Index(fields=["state", "-id"], name="incoming_mail_by_state"),
            models.Index(fields=["mail_id"], condition=~Q(mail_id=""), name="incoming_mail_by_id"),
            models.Index(fields=["sender", "-received_at"], name="incoming_mail_by_sender"),
            models.Index(
                fields=["received_at"], condition=Q(raw_gone_at=None), name="incoming_mail_raw_kept"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"

    @property
    def is_waiting(self) -> bool:
        """Whether a person may still take it in or discard it."""
        return self.state in WAITING


class MailKeeping(models.Model):
    """How long the bytes of mails are kept; one row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    days = models.PositiveIntegerField(
        _("keep original mails for so many days"),
        default=400,
        help_text=_("0 keeps them for ever. What they say stays on their tickets."),
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="mail_keeping_once")]

    def __str__(self) -> str:
        return f"{self.days}"
