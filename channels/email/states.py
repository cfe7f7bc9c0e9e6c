"""What becomes of a mail that came in, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MailState(models.TextChoices):
    """Where a mail stands. `LANDED` is kept, and not yet worked on."""

    LANDED = "landed", pgettext_lazy("mail", "Just in")
    TAKEN = "taken", pgettext_lazy("mail", "Taken in")
    IGNORED = "ignored", pgettext_lazy("mail", "Ignored")
    QUARANTINED = "quarantined", _("In quarantine")
    DISCARDED = "discarded", pgettext_lazy("mail", "Discarded")


WAITING = (MailState.QUARANTINED, MailState.IGNORED)
"""Mails that a person may still take in or discard."""


class Outcome(models.TextChoices):
    """The one word by which `ingest_email` says what came of a mail."""

    CREATED = "created", _("Opened a ticket")
    APPENDED = "appended", _("Added to a ticket")
    IGNORED = "ignored", pgettext_lazy("mail", "Ignored")
    QUARANTINED = "quarantined", _("In quarantine")
    DUPLICATE = "duplicate", _("Delivered before")


class Reason(models.TextChoices):
    """Why a mail was ignored or put into quarantine."""

    NONE = "", "–"
    AUTO_REPLY = "auto_reply", _("An automatic answer")
    BOUNCE = "bounce", _("A mail of ours that came back")
    RECEIPT = "receipt", _("A notice that a mail was read")
    BULK = "bulk", _("Sent to many, such as a newsletter")
    OWN = "own", _("Our own mail, coming back")
    TOO_MANY = "too_many", _("Too many mails from one address within an hour")
    TOO_LARGE = "too_large", _("Too large to be read")
    UNREADABLE = "unreadable", _("Cannot be read as a mail")
    NO_SENDER = "no_sender", _("No sender whom one could answer")
    EMPTY = "empty", _("Nothing in it")
    STAFF_UNPROVEN = "staff_unproven", _("From a colleague’s address, and nothing proves it was them")
    REFUSED = "refused", _("The ticket takes no such message now")
    FAILED = "failed", _("Something went wrong while it was taken in")
    BY_HAND = "by_hand", _("Decided by a person")


class Proof(models.TextChoices):
    """What the receiving mail server, if it is one we believe, found out about the sender."""

    NONE = "none", _("not checked")
    PASS = "pass", _("proven")
    FAIL = "fail", _("forged or broken")


class Fetching(models.TextChoices):
    """How the mail of a mailbox gets here."""

    IMAP = "imap", "IMAP"
    POP = "pop", "POP3"
    WEBHOOK = "webhook", _("Pushed to us (signed)")
    PIPE = "pipe", _("Handed over by our mail server")


FETCHED = (Fetching.IMAP, Fetching.POP)


class Provider(models.TextChoices):
    """Who lets us into a mailbox without its password."""

    MICROSOFT = "microsoft", "Microsoft 365"
    MICROSOFT_CN = "microsoft_cn", _("Microsoft 365 operated by 21Vianet")
    GOOGLE = "google", "Google"


class Security(models.TextChoices):
    """How the connection to a mail server is kept from being read."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", "STARTTLS"
    NONE = "none", _("none (only within your own network)")
