"""How a team shares its tickets, and where a member is: at work, off shift or away."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Strategy(models.TextChoices):
    """Who gets the next ticket of a team."""

    MANUAL = "manual", _("By hand: members take tickets themselves")
    ROUND_ROBIN = "round_robin", _("In turn: whoever got none for longest")
    LEAST_BUSY = "least_busy", _("Least busy: whoever has the fewest open")


class Presence(models.TextChoices):
    ON_DUTY = "on_duty", _("On duty")
    OFF_SHIFT = "off_shift", _("Off shift")
    AWAY = "away", _("Out of office")


class NoticeKind(models.TextChoices):
    """What a member of staff is told of."""

    MENTIONED = "mentioned", _("Somebody mentions you in a note")
    ASSIGNED = "assigned", _("A ticket is given to you")
    ANSWERED = "answered", _("A customer writes on a ticket of yours")
    FOLLOWED = "followed", _("Something happens on a ticket you follow")
    RETURNED = "returned", _("A reply of yours could not be sent")


class NoticeWay(models.TextChoices):
    """How a member is told."""

    PAGE = "page", pgettext_lazy("notice", "In the page")
    MAIL = "mail", pgettext_lazy("notice", "In the page and by mail")
    NONE = "none", pgettext_lazy("notice", "Not at all")
