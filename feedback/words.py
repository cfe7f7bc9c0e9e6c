"""Sentences for refusals and events of surveys and visits."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.states import Outcome, VisitReason, VisitStatus

Facts = Mapping[str, Any]
Words = str | Promise | Callable[[Facts], str]

REFUSALS: dict[str, Words] = {
    "survey.already_answered": gettext_lazy(
        "Your answer about %(number)s has been received already. Thank you!"
    ),
    "survey.score_out_of_range": gettext_lazy("Please choose a score from 1 to 5."),
    "visit.finished": gettext_lazy("The follow-up visit %(number)s is finished already."),
    "visit.assignee_cannot_visit": gettext_lazy("%(name)s does not make follow-up visits."),
    "visit.next_in_the_past": gettext_lazy("The next attempt must lie in the future."),
}


def _planned(facts: Facts) -> str:
    due_at = datetime.fromisoformat(facts["due_at"])
    return _("Follow-up visit %(number)s planned for %(date)s: %(reason)s") % {
        "number": facts["number"],
        "date": f"{due_at:%Y-%m-%d}",
        "reason": VisitReason(facts["reason"]).label,
    }


def _assigned(facts: Facts) -> str:
    if facts["to"]:
        return _("%(actor)s gave the follow-up visit %(number)s to %(to)s") % facts
    return _("%(actor)s put the follow-up visit %(number)s back into the queue") % facts


def _attempted(facts: Facts) -> str:
    if facts["status"] == VisitStatus.GIVEN_UP:
        return (
            _("%(actor)s could not reach the customer; the follow-up visit %(number)s was given up") % facts
        )
    named = {**facts, "outcome": Outcome(facts["outcome"]).label}
    return _("%(actor)s made the follow-up visit %(number)s: %(outcome)s") % named


EVENTS: dict[str, Words] = {
    "survey.sent": gettext_lazy("The customer was asked how satisfied they are"),
    "survey.answered": gettext_lazy("The customer gave %(score)s of 5"),
    "visit.planned": _planned,
    "visit.assigned": _assigned,
    "visit.attempted": _attempted,
    "visit.cancelled": gettext_lazy("%(actor)s cancelled the follow-up visit %(number)s: %(note)s"),
}
