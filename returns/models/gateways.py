"""Lines to the systems that hold payments, and everything they have ever said about refunds."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import crypto
from orders.models import Shop
from returns.models.refunds import Refund
from returns.states import RefundStatus

PURPOSE = "refund gateway"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def check_address(value: str) -> None:
    """Refuse addresses that would carry refunds in the clear over a network."""
    parts = urlsplit(value)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValidationError(_("The address has to begin with https://."))
    if not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValidationError(_("This is not the address of a system."))


class GatewayConnection(models.Model):
    """Where a shop's own system pays back what was paid through `gateway`; every call is signed.

    `secret` is sealed. The rules are what that system allows, see `GatewayRules`.
    """

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="gateway_connections", verbose_name=_("shop")
    )
    gateway = models.CharField(
        _("payments through"), max_length=30, help_text=_("As the orders of the shop name it.")
    )
    url = models.CharField(_("address"), max_length=300, validators=[check_address])
    key_id = models.SlugField(
        _("key"), max_length=60, unique=True, help_text=_("By which both sides name the secret.")
    )
    secret = models.TextField(editable=False)
    timeout_s = models.PositiveSmallIntegerField(
        _("seconds to wait for an answer"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    retry_same_key = models.BooleanField(
        _("takes the key of a failed refund again"),
        default=True,
        help_text=_("Otherwise a failure is final there, and a new attempt is a new refund."),
    )
    max_partials = models.PositiveSmallIntegerField(_("refunds per payment at most"), null=True, blank=True)
    min_gap_s = models.PositiveIntegerField(_("seconds between refunds of a payment"), default=0)
    max_age_days = models.PositiveSmallIntegerField(
        _("days after which a payment is not refunded any more"), null=True, blank=True
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("refund connection")
        verbose_name_plural = _("refund connections")
        ordering = ["shop", "gateway"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "gateway"], name="gateway_connection_once_per_shop"),
        ]

    def __str__(self) -> str:
        return f"{self.shop} · {self.gateway}"

    def keep(self, secret: str) -> None:
        """Seal a new secret, unsaved."""
        self.secret = crypto.seal(secret, purpose=PURPOSE)

    def tell(self) -> str:
        """The secret in the clear, to sign with. Raises `core.crypto.CannotUnseal`."""
        return crypto.unseal(self.secret, purpose=PURPOSE)


class GatewayAnswer(models.Model):
    """What a gateway said about a refund, as it said it. Never changed; the same again is no new row."""

    class Way(models.TextChoices):
        CALL = "call", _("When asked")
        NOTICE = "notice", _("By itself")

    class Outcome(models.TextChoices):
        SUCCEEDED = "succeeded", pgettext_lazy("gateway", "Paid")
        PENDING = "pending", pgettext_lazy("gateway", "Accepted, not paid yet")
        REFUSED = "refused", pgettext_lazy("gateway", "Refused")
        UNKNOWN = "unknown", pgettext_lazy("gateway", "No answer")
        NOT_FOUND = "not_found", pgettext_lazy("gateway", "Knows nothing of it")

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="answers")
    way = models.CharField(max_length=6, choices=Way)
    outcome = models.CharField(max_length=9, choices=Outcome)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    gateway_refund_id = models.CharField(max_length=100, blank=True)
    message = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["refund", "-id"], name="gateway_answer_latest")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.refund_id}"

    @property
    def agrees(self) -> bool:
        """Whether our books, as they are now, leave room for this answer."""
        refund = self.refund
        if self.outcome == self.Outcome.SUCCEEDED:
            asked = (refund.amount, refund.currency)
            return refund.status == RefundStatus.SUCCEEDED and (self.amount, self.currency) == asked
        if self.outcome == self.Outcome.PENDING:
            return refund.status != RefundStatus.FAILED
        return self.outcome == self.Outcome.UNKNOWN or refund.status != RefundStatus.SUCCEEDED


class GatewayNoticeQuerySet(models.QuerySet["GatewayNotice"]):
    def waiting(self) -> "GatewayNoticeQuerySet":
        """Notices nobody has looked at yet, in the order in which they came."""
        return self.filter(processed_at=None).order_by("pk")


class GatewayNotice(models.Model):
    """What a gateway sent without being asked, its signature checked: kept first, understood afterwards.

    The same event of the same source is one row, however often it is delivered.
    """

    class Verdict(models.TextChoices):
        BOOKED = "booked", _("Agrees with our books")
        CONTRADICTS = "contradicts", _("Contradicts our books")
        STRANGER = "stranger", _("Names a refund we do not know")
        UNREADABLE = "unreadable", _("Cannot be read")

    connection = models.ForeignKey(
        GatewayConnection, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    source = models.CharField(max_length=60)
    event_id = models.CharField(max_length=100)
    body = models.TextField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=11, choices=Verdict, blank=True)
    refund = models.ForeignKey(
        Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )

    objects = GatewayNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="gateway_notice_once"),
            models.CheckConstraint(
                condition=Q(processed_at=None, verdict="") | Q(processed_at__isnull=False) & ~Q(verdict=""),
                name="gateway_notice_has_a_verdict",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(processed_at=None), name="gateway_notice_waiting"),
            models.Index(
                fields=["-id"],
                condition=Q(verdict__in=["contradicts", "stranger", "unreadable"]),
                name="gateway_notice_odd",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
