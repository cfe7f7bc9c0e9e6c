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
    PUSH = "push", pgettext_lazy("notice", "In the page and on my devices")
    MAIL = "mail", pgettext_lazy("notice", "In the page and by mail")
    ALL = "all", pgettext_lazy("notice", "In the page, on my devices and by mail")
    NONE = "none", pgettext_lazy("notice", "Not at all")

    @property
    def mails(self) -> bool:
        """Whether it writes a mail."""
        return self in (NoticeWay.MAIL, NoticeWay.ALL)

    @property
    def pushes(self) -> bool:
        """Whether it reaches devices on which the page is not open."""
        return self in (NoticeWay.PUSH, NoticeWay.ALL)


class PushState(models.TextChoices):
    """How far a notice is on its way to a browser."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SPARED = "spared", pgettext_lazy("notice", "Not needed any more")
