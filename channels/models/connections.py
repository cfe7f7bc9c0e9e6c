"""Lines to systems through which customers write: what came, what went, who is at the other end."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team
from channels.connection_states import (
    PLATFORMS,
    UNSENT,
    ConnectionKind,
    DeliveryState,
    InboundState,
    Reason,
    Way,
)
from core import crypto
from core.models import Attachment, OutboxRow, OutgoingMail
from customers.models import Customer
from orders.models import Shop
from tickets.models import Message, Telling
from tickets.states import Channel

PURPOSE = "channel connection"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check_address(value: str) -> None:
    """Refuse addresses that would carry what customers write in the clear over a network."""
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValidationError(_("The address has to begin with https://."))
    if not parts.hostname or parts.fragment or parts.username:
        raise ValidationError(_("This is not the address of a system."))


class Connection(models.Model):
    """One line. `channel` is what its tickets are marked with; `account` is what the other side calls us.

    `secrets` and `former_secrets` are sealed. Former ones still open what comes in until `former_until`, so
    that both sides need not change at the same second. `mapping` says where a system that signs its calls
    keeps what we need: our field -> path.
    """

    slug = models.SlugField(_("name in addresses"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ConnectionKind)
    name = models.CharField(_("name"), max_length=100)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.SOCIAL)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shop")
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    account = models.CharField(_("our account there"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True, validators=[check_address])
    mapping = models.JSONField(default=dict, blank=True)
    sample = models.TextField(blank=True)
    trusts_contacts = models.BooleanField(_("vouches for e-mail addresses and phone numbers"), default=False)
    window_hours = models.PositiveSmallIntegerField(
        _("hours in which we may answer"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    silent_hours = models.PositiveSmallIntegerField(
        _("hours of silence that are unusual"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 30)],
    )
    secrets = models.TextField(blank=True, editable=False)
    former_secrets = models.TextField(blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    carries_news = models.BooleanField(_("automatic news go this way too"), default=False)
    business_account = models.CharField(_("id of our business account"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def keep(self, secrets: Mapping[str, str]) -> None:
        """Seal new secrets, unsaved."""
        self.secrets = crypto.seal(json.dumps(dict(secrets)), purpose=PURPOSE)

    def tell(self, name: str) -> str:
        """One secret in the clear, "" if there is none. Raises `core.crypto.CannotUnseal`."""
        return _opened(self.secrets).get(name, "")

    def tell_all(self, name: str, at: datetime) -> list[str]:
        """The secret, and the one before it as long as it is good; for what comes in."""
        former = bool(self.former_until and at < self.former_until)
        known = [self.tell(name), _opened(self.former_secrets).get(name, "") if former else ""]
        return [secret for secret in known if secret]

    @property
    def platform(self) -> str:
        """What people call the other side."""
        return str(PLATFORMS.get(self.kind, self.name))

    @property
    def has_secrets(self) -> bool:
        return bool(self.secrets)


def _opened(sealed: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(crypto.unseal(sealed, purpose=PURPOSE)) if sealed else {}
    return found


class Correspondent(models.Model):
    """Somebody at the other end of a connection. `told` is what they said of themselves, unproven.

    `closed_at` is when the platform said, before our clock did, that it takes no words of ours for them, and
    `closed_for` its reason; both hold until they write again.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="correspondents")
    external_id = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="correspondents")
    name = models.CharField(max_length=200, blank=True)
    told = models.JSONField(default=dict)
    last_in_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_for = models.CharField(max_length=14, choices=Reason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="correspondent_once")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id

    @property
    def open_until(self) -> datetime | None:
        """Until when the platform lets us answer; None where it does not mind."""
        if self.closed_at is not None:
            return self.closed_at
        hours = self.connection.window_hours
        return self.last_in_at + timedelta(hours=hours) if hours else None


class InboundQuerySet(models.QuerySet["InboundDelivery"]):
    def due(self, at: datetime) -> "InboundQuerySet":
        """What waits to be worked on; a paused connection's calls wait until it goes on."""
        waiting = self.filter(state=InboundState.WAITING, next_attempt_at__lte=at)
        return waiting.filter(connection__is_active=True).order_by("next_attempt_at", "pk")

    def stuck(self) -> "InboundQuerySet":
        """What nobody could make anything of, for a person to look at."""
        return self.filter(state=InboundState.FAILED)


class InboundDelivery(models.Model):
    """A call of another system, kept before anything is made of it; the same call is one row.

    `body` is what was said (opened, where it came encrypted), `digest` its SHA-256. The same name with
    another body is another row: what it says is compared when it is worked on.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="inbound")
    event_id = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    body = models.TextField()
    state = models.CharField(max_length=9, choices=InboundState, default=InboundState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)

    objects = InboundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "event_id"], name="inbound_delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=InboundState.values), name="inbound_delivery_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="waiting"),
                name="inbound_delivery_due",
            ),
            models.Index(fields=["connection", "-id"], name="inbound_delivery_latest"),
            models.Index(fields=["-id"], condition=Q(state="failed"), name="inbound_delivery_stuck"),
            models.Index(fields=["processed_at"], condition=~Q(body=""), name="inbound_delivery_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.event_id}"


class Origin(models.Model):
    """Through whom a message came in; by it an answer finds its way back, wherever the message is moved.

    `digest` is that of what was told (`Incoming.digest`), "" where nobody noted it.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="origin")
    correspondent = models.ForeignKey(Correspondent, on_delete=models.PROTECT, related_name="origins")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["correspondent", "-id"], name="origin_latest")]

    def __str__(self) -> str:
        return f"{self.message_id} from {self.correspondent_id}"


class OutboundQuerySet(models.QuerySet["OutboundDelivery"]):
    def in_turn(self) -> "OutboundQuerySet":
        """What goes through a connection; of each conversation only the part that is next."""
        return self.filter(~Exists(_earlier()), way=Way.CONNECTION)

    def tried(self) -> "OutboundQuerySet":
        """All but what just waits to be sent; what waits behind a part that failed so far fails with it."""
        fails = Exists(_earlier().exclude(last_error=""))
        return self.exclude(~fails, state=DeliveryState.QUEUED, attempts=0)


def _earlier() -> "OutboundQuerySet":
    """What is to go to the same person before a part."""
    return OutboundDelivery.objects.filter(
        way=Way.CONNECTION, state__in=UNSENT, correspondent=OuterRef("correspondent"), pk__lt=OuterRef("pk")
    )


class OutboundDelivery(OutboxRow):
    """One part of an answer, or of news, on its way to a customer: its words, or one of its files.

    An answer is a `message` and went out with the event `event_id`; news is a `telling`. With a `template` it
    is not `text` that is sent, but the template with its `values`; the text is what they make together, and
    `link` is where a template leads that can be touched as a whole.
    `key` is the same with every attempt and, where the provider takes one, the name it knows the part by. For
    the way "email" the state is that of `mail`. `reason` says why it did not go the way it was meant to go.
    """

    key = models.CharField(max_length=100, unique=True)
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    event_id = models.BigIntegerField(null=True)
    telling = models.ForeignKey(
        Telling, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    way = models.CharField(max_length=10, choices=Way)
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, blank=True, related_name="outbound"
    )
    correspondent = models.ForeignKey(
        Correspondent, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    mail = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    template = models.ForeignKey(
        "channels.MessageTemplate", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    values = models.JSONField(default=list, blank=True)
    link = models.TextField(blank=True)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=9, choices=DeliveryState, default=DeliveryState.QUEUED)
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    receipt_at = models.DateTimeField(null=True, blank=True)

    objects = OutboundQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="outbound_delivery_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(way="connection") | Q(connection__isnull=False, correspondent__isnull=False),
                name="outbound_delivery_knows_its_connection",
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=False, event_id__isnull=False, telling__isnull=True)
                | Q(message__isnull=True, event_id__isnull=True, telling__isnull=False),
                name="outbound_delivery_is_answer_or_news",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=["queued", "sending"], way="connection"),
                name="outbound_delivery_due",
            ),
            models.Index(
                fields=["correspondent", "id"],
                condition=Q(state__in=["queued", "sending"], way="connection"),
                name="outbound_delivery_in_turn",
            ),
            models.Index(fields=["connection", "-id"], name="outbound_delivery_latest"),
            models.Index(
                fields=["connection", "provider_id"],
                condition=~Q(provider_id=""),
                name="outbound_delivery_provider",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def answer(self) -> Message:
        """The message, where it is one of an answer."""
        assert self.message is not None
        return self.message

    @property
    def standing(self) -> str:
        """Where it stands: a mail tells for itself."""
        if self.mail is None:
            return self.state
        return DeliveryState(self.mail.state) if self.mail.state in DeliveryState.values else self.state
