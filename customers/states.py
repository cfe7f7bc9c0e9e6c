"""What is said of customers in one word, and what they may choose."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Resemblance(models.TextChoices):
    """Why two customers may be one person."""

    MAILBOX = "mailbox", _("The same e-mail address, but for what stands after a +")
    PHONE = "phone", _("The phone number of an address")
    ADDRESS = "address", _("The same name at the same address")


class NewsWay(models.TextChoices):
    """How a customer wants to hear from us."""

    AS_I_WRITE = "as_i_write", _("The way I wrote to you")
    MAIL = "mail", _("As an e-mail")


class Topic(models.TextChoices):
    """News a customer may do without. Decisions, deadlines and money are not among them."""

    ARRIVAL = "arrival", _("That a request of mine has arrived")
    PROGRESS = "progress", _("Where a return or repair of mine stands")
    SOLVED = "solved", _("That a request of mine is solved")
    SURVEY = "survey", _("Questions about how satisfied I am")
    REMINDER = "reminder", _("Reminders of vouchers that end soon")
