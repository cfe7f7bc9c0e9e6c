"""Asking customers how it went, and taking their answer."""

from django.db import transaction

from accounts.models import User
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from feedback import rules
from feedback.emails import ask_for_score
from feedback.models import Survey, SurveyForm
from tickets.models import Ticket


@transaction.atomic
def dispatch_survey(ticket: Ticket, *, cycle: int, by: Actor, solved_by: User | None = None) -> Survey | None:
    """Ask the customer about one cycle of a solved ticket, once; None while no survey form is active.

    `solved_by` is the agent the answer speaks about; without one it is the assignee.
    """
    form = SurveyForm.objects.filter(is_active=True).first()
    if form is None:
        return None
    now = clock.now()
    survey, created = Survey.objects.get_or_create(
        ticket=ticket,
        cycle=cycle,
        defaults={
            "form": form,
            "customer": ticket.customer,
            "agent": solved_by or ticket.assignee,
            "language": ticket.language,
            "sent_at": now,
            "expires_at": now + form.answer_within,
        },
    )
    if created:
        ask_for_score(survey)
        events.record("survey.sent", survey, by=by, thread=ticket, at=now, cycle=cycle)
    return survey


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
    now = clock.now()
    survey.answered_at, survey.score, survey.comment = now, score, comment
    survey.is_late = rules.is_late(now, survey.expires_at)
    survey.save(update_fields=["answered_at", "score", "comment", "is_late"])
    events.record(
        "survey.answered",
        survey,
        by=by,
        thread=survey.ticket,
        at=now,
        score=score,
        comment=comment,
        low=rules.is_low(score, survey.form.low_score),
    )
    return survey
