"""Warranties: their kinds and states, where they begin, and what a repair does to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WarrantyKind(models.TextChoices):
    STATUTORY = "statutory", _("Statutory warranty")
    MANUFACTURER = "manufacturer", _("Manufacturer's warranty")
    EXTENDED = "extended", _("Extended warranty")


class WarrantyStatus(models.TextChoices):
    PENDING = "pending", _("To verify")
    ACTIVE = "active", pgettext_lazy("warranty status", "Valid")
    VOID = "void", pgettext_lazy("warranty status", "Void")


class Start(models.TextChoices):
    """The day from which the months count."""

    DELIVERED = "delivered", _("The day of delivery")
    REGISTERED = "registered", _("The day of registration")
    ACTIVATED = "activated", _("The day of first use")


class PlanStart(models.TextChoices):
    AFTER_MANUFACTURER = "after_manufacturer", _("When the warranty it extends ends")
    AT_PURCHASE = "at_purchase", _("The day it is bought")


class AfterRepair(models.TextChoices):
    """What a repair under this warranty does to its end."""

    NOTHING = "nothing", _("Nothing")
    REPAIR_DAYS = "repair_days", _("The days in repair are added")
    MONTHS_ONCE = "months_once", _("Months are added, once")


class VoidReason(models.TextChoices):
    MISTAKE = "mistake", _("Registered by mistake")
    NO_PROOF = "no_proof", _("The proof of purchase does not fit")
    REFUNDED = "refunded", _("The goods were returned and refunded")
    REPLACED = "replaced", _("The goods were exchanged")
    MISUSE = "misuse", _("The goods were altered or misused")


TONES = {
    WarrantyStatus.PENDING: "attention",
    WarrantyStatus.ACTIVE: "good",
    WarrantyStatus.VOID: "neutral",
}
