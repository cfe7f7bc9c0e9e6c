"""What is said of customers in one word."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Resemblance(models.TextChoices):
    """Why two customers may be one person."""

    MAILBOX = "mailbox", _("The same e-mail address, but for what stands after a +")
    PHONE = "phone", _("The phone number of an address")
    ADDRESS = "address", _("The same name at the same address")
