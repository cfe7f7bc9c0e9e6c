"""How a team shares its tickets, and where a member is: at work, off shift or away."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Strategy(models.TextChoices):
    """Who gets the next ticket of a team."""

    MANUAL = "manual", _("By hand: members take tickets themselves")
    ROUND_ROBIN = "round_robin", _("In turn: whoever got none for longest")
    LEAST_BUSY = "least_busy", _("Least busy: whoever has the fewest open")


class Presence(models.TextChoices):
    ON_DUTY = "on_duty", _("On duty")
    OFF_SHIFT = "off_shift", _("Off shift")
    AWAY = "away", _("Out of office")
