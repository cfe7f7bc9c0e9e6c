"""What feedback does when something happens on the floors below."""

from accounts.models import User
from core.actors import SYSTEM
from core.models import Event
from customers import actions as people
from feedback import actions
from feedback.models import FollowUpVisit, Survey
from feedback.states import VisitReason
from tickets.models import Ticket
from tickets.states import TicketType


def survey_after_solving(event: Event) -> None:
    """Ask about the cycle that was solved. The agent is who solved it, not who holds the ticket by now.

    A ticket that was merged meanwhile is not over: the one in which it goes on is asked about.
    """
    solved_by = User.objects.filter(pk=event.actor_id or 0).first() if event.actor_kind == "user" else None
    ticket = _ticket(event)
    if ticket.merged_into_id is not None:
        return
    actions.dispatch_survey(ticket, cycle=event.data["cycle"], solved_by=solved_by, by=SYSTEM)


def take_rating(event: Event) -> None:
    """What a customer thought of a chat is their answer about that cycle of its ticket."""
    ticket = Ticket.objects.select_related("customer", "assignee").get(pk=event.thread.partition(":")[2])
    said = event.data
    actions.take_rating(
        ticket,
        cycle=said["cycle"],
        score=said["score"],
        comment=said["comment"],
        agent=User.objects.filter(pk=said["agent"] or 0).first(),
        by=ticket.customer,
    )


def visit_after_complaint(event: Event) -> None:
    """Every complaint is visited again after it was solved."""
    ticket = _ticket(event)
    if ticket.type == TicketType.COMPLAINT:
        cause = f"ticket:{ticket.pk}:{event.data['cycle']}"
        actions.plan_visit(ticket, reason=VisitReason.COMPLAINT, cause=cause, by=SYSTEM)


def visit_after_low_score(event: Event) -> None:
    """Every low score is visited."""
    if not event.data["low"]:
        return
    survey = Survey.objects.select_related("ticket__customer").get(pk=event.subject_pk)
    actions.plan_visit(
        survey.ticket, reason=VisitReason.LOW_SCORE, cause=f"survey:{survey.pk}", survey=survey, by=SYSTEM
    )


def _ticket(event: Event) -> Ticket:
    return Ticket.objects.select_related("customer", "assignee").get(pk=event.subject_pk)


def follow_person(event: Event) -> None:
    """Surveys and visits of a customer who was merged follow to the person they are."""
    people.take_along(event, FollowUpVisit.objects.all(), Survey.objects.all())


def part_persons(event: Event) -> None:
    """Surveys and visits that came with a merged customer are theirs again."""
    people.bring_back(event, FollowUpVisit.objects.all(), Survey.objects.all())
