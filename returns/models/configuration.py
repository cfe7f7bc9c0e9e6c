"""What the staff configure: reasons, return policies and the places goods go back to."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import bilingual
from customers.models import Tier
from orders.models import Shop
from returns.states import CaseKind, Fault


def default_kinds() -> list[str]:
    """A new reason serves returns for a refund."""
    return [CaseKind.RETURN_REFUND.value]


class Reason(models.Model):
    """Why goods come back. Decides who is at fault and what the customer must show."""

    class Evidence(models.TextChoices):
        NONE = "", _("Nothing")
        PHOTO = "photo", _("A photo or video")
        FILE = "file", _("Any file")

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    kinds = models.JSONField(_("kinds of case"), default=default_kinds)
    fault_default = models.CharField(_("fault"), max_length=8, choices=Fault, default=Fault.UNKNOWN)
    denies_receipt = models.BooleanField(
        _("says that nothing arrived"),
        default=False,
        help_text=_("Counted when returns are judged for risk."),
    )
    evidence_required = models.CharField(
        _("evidence"), max_length=5, choices=Evidence, default=Evidence.NONE, blank=True
    )
    shows_on_goods = models.BooleanField(
        _("can be seen on the goods"),
        default=True,
        help_text=_("Then a refund without return asks for a photo."),
    )
    order = models.PositiveSmallIntegerField(pgettext_lazy("sorting", "order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("return reason")
        verbose_name_plural = _("return reasons")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class ReturnPolicy(models.Model):
    """What customers may expect. The matching one with the highest priority wins, then the most specific."""

    class Window(models.TextChoices):
        ELAPSED = "elapsed", _("Days of 24 hours")
        NEXT_DAY = "cn_next_day", _("Calendar days, from the day after")
        EU = "eu", _("Calendar days, ending on a working day (EU)")

    class Payer(models.TextChoices):
        FAULT = "fault", _("Whoever caused the return")
        SHOP = "shop", _("The shop")
        CUSTOMER = "customer", _("The customer")

    class Anchor(models.TextChoices):
        LAST_PARCEL = "last_parcel", _("Delivery of the last parcel")
        DELIVERED = "delivered", _("Delivery of the item")
        ORDERED = "ordered", _("The order")
        CONFIRMED = "confirmed", _("Confirmation of receipt, or delivery")

    class Proration(models.TextChoices):
        PROPORTIONAL = "proportional", _("Share of what was paid")
        RESETTLEMENT = "resettlement", _("Settled anew at the price of what is kept")

    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Empty: every country."))
    category = models.CharField(
        _("category"), max_length=100, blank=True, help_text=_("Empty: every category.")
    )
    sku = models.CharField(_("item number"), max_length=64, blank=True, help_text=_("Empty: every item."))
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tier"),
        help_text=_("Empty: every customer."),
    )
    shop = models.ForeignKey(
        Shop,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shop"),
        help_text=_("Empty: every shop. Narrows a policy, but gives it no precedence."),
    )
    reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reason"),
        help_text=_("Empty: every reason. Narrows a policy, but gives it no precedence."),
    )
    valid_from = models.DateField(
        _("for orders from"), null=True, blank=True, help_text=_("The day of the order counts.")
    )
    valid_to = models.DateField(_("for orders until"), null=True, blank=True)
    kinds = models.JSONField(
        _("kinds of case"), default=list, blank=True, help_text=_("Nothing chosen: every kind.")
    )
    excluded_flags = models.JSONField(
        _("goods that cannot be returned"),
        default=list,
        blank=True,
        help_text=_("Lines with one of these marks. What the law grants stays."),
    )
    priority = models.SmallIntegerField(_("priority"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    window_days = models.PositiveSmallIntegerField(
        _("days to return"), default=30, help_text=_("0: these goods cannot be returned.")
    )
    window_mode = models.CharField(
        _("way of counting"), max_length=11, choices=Window, default=Window.ELAPSED
    )
    window_anchor = models.CharField(
        _("counted from"), max_length=11, choices=Anchor, default=Anchor.LAST_PARCEL
    )
    review_hours = models.PositiveSmallIntegerField(_("hours to review"), default=48)
    approve_on_timeout = models.BooleanField(
        _("approve when the review is late"),
        default=True,
        help_text=_("Otherwise the case stays, marked as late."),
    )
    info_days = models.PositiveSmallIntegerField(_("days to send evidence"), default=7)
    ship_back_days = models.PositiveSmallIntegerField(_("days to send back"), default=7)
    receipt_days = models.PositiveSmallIntegerField(_("days to confirm receipt"), default=10)
    refund_days = models.PositiveSmallIntegerField(_("days to refund"), default=7)
    quote_days = models.PositiveSmallIntegerField(_("days to answer a quote"), default=7)
    dispatch_days = models.PositiveSmallIntegerField(_("days to send replacements"), default=3)
    acceptance_days = models.PositiveSmallIntegerField(_("days to confirm replacements"), default=10)
    escalate_days = models.PositiveSmallIntegerField(_("days to object to a refusal"), default=7)
    offer_days = models.PositiveSmallIntegerField(_("days to answer an offer"), default=7)
    evidence = models.CharField(
        _("evidence"),
        max_length=5,
        choices=Reason.Evidence,
        default=Reason.Evidence.NONE,
        blank=True,
        help_text=_("On top of what the reason asks for."),
    )
    auto_approve_risk_below = models.PositiveSmallIntegerField(
        _("approved without review below a risk of"),
        default=60,
        validators=[MaxValueValidator(101)],
        help_text=_("From 0 to 100."),
    )
    proration_method = models.CharField(
        _("partial returns"), max_length=12, choices=Proration, default=Proration.PROPORTIONAL
    )
    freight_payer = models.CharField(
        _("return postage paid by"), max_length=8, choices=Payer, default=Payer.FAULT
    )
    restocking_percent = models.DecimalField(
        _("restocking fee (%)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Taken only when the return is the customer's choice."),
    )
    refunds_shipping = models.BooleanField(
        _("give standard postage back"), default=False, help_text=_("Once the whole order has come back.")
    )

    class Meta:
        verbose_name = _("return policy")
        verbose_name_plural = _("return policies")
        ordering = ["-priority", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(restocking_percent__gte=0, restocking_percent__lte=100),
                name="restocking_percent_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=models.F("valid_to")),
                name="policy_valid_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class PolicyAmounts(models.Model):
    """Limits and fees of a policy in one currency, in minor units. Without a row they are 0."""

    policy = models.ForeignKey(ReturnPolicy, on_delete=models.CASCADE, related_name="amounts")
    currency = models.CharField(_("currency"), max_length=3)
    auto_approve_limit = models.BigIntegerField(
        _("approved without review up to"), default=0, validators=[MinValueValidator(0)]
    )
    agent_limit = models.BigIntegerField(
        _("approved by any agent up to"), default=0, validators=[MinValueValidator(0)]
    )
    one_payer_limit = models.BigIntegerField(
        _("paid without a second person up to"), default=0, validators=[MinValueValidator(0)]
    )
    label_fee = models.BigIntegerField(_("fee for our label"), default=0, validators=[MinValueValidator(0)])
    standard_shipping = models.BigIntegerField(
        _("standard postage"), default=0, validators=[MinValueValidator(0)]
    )
    free_shipping_from = models.BigIntegerField(
        _("free postage from"), default=0, validators=[MinValueValidator(0)]
    )

    keep_item_below = models.BigIntegerField(
        _("goods stay below"),
        default=0,
        validators=[MinValueValidator(0)],
        help_text=_("Refunds below this amount need no goods back."),
    )

    class Meta:
        verbose_name = _("amounts in a currency")
        verbose_name_plural = _("amounts by currency")
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "currency"], name="policy_amounts_once_per_currency")
        ]

    def __str__(self) -> str:
        return self.currency


class ServiceCentre(models.Model):
    """A place that takes goods back. The first active one that serves country and goods is used."""

    class Capability(models.TextChoices):
        INSPECT = "inspect", pgettext_lazy("service centre", "Inspects")
        REPAIR = "repair", pgettext_lazy("service centre", "Repairs")
        REFURBISH = "refurbish", pgettext_lazy("service centre", "Refurbishes")
        CONSOLIDATE = "consolidate", pgettext_lazy("service centre", "Collects and forwards")
        SCRAP = "scrap", pgettext_lazy("service centre", "Scraps")

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    recipient = models.CharField(_("recipient"), max_length=200)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("region"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    lines = models.TextField(_("street and number"))
    serves = models.JSONField(
        pgettext_lazy("service centre", "serves"),
        default=list,
        blank=True,
        help_text=_("Country codes; empty: every country."),
    )
    categories = models.JSONField(
        _("takes goods of"),
        default=list,
        blank=True,
        help_text=_("Categories of goods; empty: every category."),
    )
    capabilities = models.JSONField(
        _("can do"), default=list, blank=True, help_text=_("Nothing chosen: everything.")
    )
    hours_en = models.CharField(_("open hours (English)"), max_length=200, blank=True)
    hours_zh = models.CharField(_("open hours (Chinese)"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(pgettext_lazy("sorting", "order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("service centre")
        verbose_name_plural = _("service centres")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")
