"""Customers: one person, many ways to reach them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from accounts.models import Language
from core import bilingual
from core.addresses import PostalAddress
from customers.states import NewsWay, Topic


class Tier(models.Model):
    """A membership level (会员等级)."""

    code = models.SlugField(unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)
    name_en = models.CharField(_("name (English)"), max_length=60)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    window_bonus_days = models.PositiveSmallIntegerField(
        _("more days to return"),
        default=0,
        help_text=_("On top of a return policy that is not made for this tier."),
    )
    free_returns = models.BooleanField(
        _("free return postage"),
        default=False,
        help_text=_("Under a return policy that is not made for this tier."),
    )
    auto_approve_bonus = models.PositiveSmallIntegerField(
        _("more approved without review (%)"),
        default=0,
        help_text=_("On top of the limit of a return policy that is not made for this tier."),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class Customer(models.Model):
    """A person who bought something or wrote to us. `search` holds name, number and contact points.

    One who turned out to be the same person as another was merged into them, and stays as an old number.
    """

    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    country = models.CharField(_("country"), max_length=2, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    tier = models.ForeignKey(
        Tier,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("tier"),
    )
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    news_way = models.CharField(
        _("how to tell news"), max_length=10, choices=NewsWay, default=NewsWay.AS_I_WRITE
    )
    news_off = ArrayField(
        models.CharField(max_length=10, choices=Topic),
        verbose_name=_("news that are not wanted"),
        default=list,
        blank=True,
    )
    visits_epoch = models.PositiveIntegerField(
        default=0, help_text=_("Grows when everybody who is signed in has to prove who they are again.")
    )
    search = SearchVectorField(null=True, editable=False)

    actor_kind = "customer"

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            GinIndex(fields=["search"], name="customer_search"),
            models.Index(
                fields=["merged_into"], condition=~models.Q(merged_into=None), name="customer_merged_into"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("pk")),
                name="customer_not_merged_into_itself",
            )
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.number

    @property
    def email(self) -> str:
        """The e-mail address to write to, "" if none is known."""
        return self._reached_by(ContactPoint.Kind.EMAIL)

    @property
    def phone(self) -> str:
        """The phone number to call, as it was given, "" if none is known."""
        return self._reached_by(ContactPoint.Kind.PHONE)

    def _reached_by(self, kind: str) -> str:
        """The first contact point of a kind; they are ordered with the preferred one first."""
        return next((point.value for point in self.contact_points.all() if point.kind == kind), "")


class BareEmail(models.Func):
    """An address without its "+tag": what two addresses of one mailbox have in common."""

    function = "regexp_replace"
    template = r"regexp_replace(%(expressions)s, '\+[^@]*@', '@')"
    output_field = models.CharField()


class ContactPoint(models.Model):
    """A way to reach a customer; one address or number belongs to one person."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        EXTERNAL = "external", _("Shop account")
        SOCIAL = "social", _("Social account")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=254, help_text=_("As it was given."))
    normalized = models.CharField(
        max_length=254, help_text=_("Lower-case e-mail, E.164 phone, shop:id, connection:id.")
    )
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "normalized"], name="contact_point_belongs_to_one"),
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=models.Q(is_primary=True), name="one_primary_per_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-is_primary", "id"], name="contact_points_of_customer"),
            models.Index(
                BareEmail("normalized"), condition=models.Q(kind="email"), name="contact_point_bare_email"
            ),
        ]

    def __str__(self) -> str:
        return self.value


class Address(models.Model):
    """A postal address of a customer; orders keep their own copy."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    lines = models.TextField()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["pk"]
        indexes = [models.Index(fields=["postcode", "recipient"], name="address_of_recipient")]

    def __str__(self) -> str:
        return f"{self.recipient}, {self.city}"

    @property
    def postal_lines(self) -> list[str]:
        """The address as it is written on a parcel in its country."""
        place = PostalAddress(
            recipient=self.recipient,
            lines=self.lines,
            city=self.city,
            region=self.region,
            postcode=self.postcode,
            country=self.country,
        )
        return place.written()


class CustomerMerge(models.Model):
    """Two customers who are one person. `was` is what undoing restores in this app; see `actions.merging`."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges_into")
    note = models.TextField(blank=True)
    was = models.JSONField(default=dict)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(undone_at=None), name="customer_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} into {self.into_id}"


class DifferentPersons(models.Model):
    """Two customers who look alike and were found to be two persons; they are not proposed again."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Least("customer", "other"), Greatest("customer", "other"), name="two_persons_told_apart_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(customer=models.F("other")), name="nobody_differs_from_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} is not {self.other_id}"


class MovedRows(models.Model):
    """Rows of one table that went along with a merged customer, by key, so that they can be given back."""

    merge = models.ForeignKey(CustomerMerge, on_delete=models.CASCADE, related_name="moved")
    table = models.CharField(max_length=60)
    keys = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "table"], name="moved_once_per_table")]

    def __str__(self) -> str:
        return f"{len(self.keys)} of {self.table}"


class SignInCode(models.Model):
    """A short code mailed to an address to prove it; only its hash is kept. The latest one counts."""

    email = models.EmailField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["email", "-id"], name="sign_in_code_latest"),
            models.Index(fields=["expires_at"], name="sign_in_code_expired"),
        ]

    def __str__(self) -> str:
        return f"code for {self.email}"
