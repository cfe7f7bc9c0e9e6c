"""Where a follow-up visit stands, and what an attempt at one brought."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("visit status", "Planned")
    DONE = "done", pgettext_lazy("visit status", "Done")
    GIVEN_UP = "given_up", pgettext_lazy("visit status", "Not reached")
    CANCELLED = "cancelled", pgettext_lazy("visit status", "Cancelled")


FOLLOWS: Mapping[str, frozenset[str]] = {
    VisitStatus.PLANNED: frozenset({VisitStatus.DONE, VisitStatus.GIVEN_UP, VisitStatus.CANCELLED}),
    VisitStatus.DONE: frozenset(),
    VisitStatus.GIVEN_UP: frozenset(),
    VisitStatus.CANCELLED: frozenset(),
}


def may_follow(current: str, target: str) -> bool:
    """Whether a visit in `current` may become `target`."""
    return target in FOLLOWS[current]


class SurveyChannel(models.TextChoices):
    """Where a customer was asked, or answered."""

    MAIL = "mail", pgettext_lazy("survey", "By mail")
    CHAT = "chat", pgettext_lazy("survey", "In the chat")


class VisitReason(models.TextChoices):
    LOW_SCORE = "low_score", _("Low score")
    COMPLAINT = "complaint", _("Complaint solved")
    REPAIR = "repair", _("Repair finished")


class Outcome(models.TextChoices):
    """What one attempt to reach the customer brought."""

    SATISFIED = "satisfied", _("Reached, the matter is settled")
    UNSATISFIED = "unsatisfied", _("Reached, the matter is not settled")
    DECLINED = "declined", _("Reached, does not wish to talk")
    UNREACHABLE = "unreachable", _("Not reached")


REACHED = frozenset({Outcome.SATISFIED, Outcome.UNSATISFIED, Outcome.DECLINED})


class VisitMethod(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    WECHAT = "wechat", _("WeChat")
    ON_SITE = "on_site", _("On site")
