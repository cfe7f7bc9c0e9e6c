"""Asking customers how it went, and taking their answer."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from feedback import rules
from feedback.emails import ask_for_score
from feedback.models import Survey, SurveyForm
from feedback.states import SurveyChannel
from tickets.models import Ticket


@transaction.atomic
def dispatch_survey(ticket: Ticket, *, cycle: int, by: Actor, solved_by: User | None = None) -> Survey | None:
    """Ask the customer about one cycle of a solved ticket, once; None while no survey form is active.

    `solved_by` is the agent the answer speaks about; without one it is the assignee.
    """
    now = clock.now()
    survey, created = _of_cycle(ticket, cycle, solved_by or ticket.assignee, now)
    if survey is not None and created:
        ask_for_score(survey)
        events.record("survey.sent", survey, by=by, thread=ticket, at=now, cycle=cycle)
    return survey


def _of_cycle(ticket: Ticket, cycle: int, agent: User | None, at: datetime) -> tuple[Survey | None, bool]:
    """The one survey about a cycle, and whether it is new; None while no survey form is active."""
    form = SurveyForm.objects.filter(is_active=True).first()
    if form is None:
        return None, False
    return Survey.objects.get_or_create(
        ticket=ticket,
        cycle=cycle,
        defaults={
            "form": form,
            "customer": ticket.customer,
            "agent": agent,
            "language": ticket.language,
            "sent_at": at,
            "expires_at": at + form.answer_within,
        },
    )


@transaction.atomic
def take_rating(
    ticket: Ticket, *, cycle: int, score: int, comment: str, agent: User | None, by: Actor
) -> Survey | None:
    """Keep what a customer thought of a chat as their answer about that cycle; no mail asks again.

    Another rating takes the place of the one before; an answer to the survey itself stays. None while no
    survey form is active.
    """
    now = clock.now()
    found, _new = _of_cycle(ticket, cycle, agent or ticket.assignee, now)
    if found is None:
        return None
    survey = Survey.objects.select_for_update().select_related("form", "ticket").get(pk=found.pk)
    kept = survey.is_answered and survey.channel == SurveyChannel.MAIL
    if kept or (survey.score, survey.comment) == (score, comment):
        return survey
    survey.channel = SurveyChannel.CHAT
    return _answered(survey, score, comment, by=by, at=now)


@transaction.atomic
def answer_survey(survey: Survey, *, score: int, comment: str, by: Actor) -> Survey:
    """Keep the customer's answer. The same answer again changes nothing; another one is refused.

    An answer after the survey ran out is kept and marked as late. `score` outside 1-5 is refused.
    """
    if score not in rules.SCORES:
        raise Refused("survey.score_out_of_range", score=score)
    survey = Survey.objects.select_for_update().select_related("form", "ticket").get(pk=survey.pk)
    comment = comment.strip()
    if survey.is_answered:
        if (survey.score, survey.comment) == (score, comment):
            return survey
        raise Refused("survey.already_answered", number=survey.ticket.number)
    return _answered(survey, score, comment, by=by, at=clock.now())


def _answered(survey: Survey, score: int, comment: str, *, by: Actor, at: datetime) -> Survey:
    """Store the answer to a locked survey and tell the house of it."""
    survey.answered_at, survey.score, survey.comment = at, score, comment
    survey.is_late = rules.is_late(at, survey.expires_at)
    survey.save(update_fields=["answered_at", "score", "comment", "is_late", "channel"])
    events.record(
        "survey.answered",
        survey,
        by=by,
        thread=survey.ticket,
        at=at,
        score=score,
        comment=comment,
        low=rules.is_low(score, survey.form.low_score),
    )
    return survey
