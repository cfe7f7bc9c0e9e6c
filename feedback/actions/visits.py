"""Return visits: planned once per cause, worked until the customer was reached or attempts ran out."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from core.numbers import next_number
from feedback import rules
from feedback.models import FollowUpVisit, Survey, VisitAttempt, VisitPlan
from feedback.states import REACHED, Outcome, VisitMethod, VisitStatus, may_follow
from tickets import actions as tickets
from tickets import merged
from tickets.models import Ticket
from tickets.states import TicketStatus


@transaction.atomic
def plan_visit(
    ticket: Ticket, *, reason: str, cause: str, by: Actor, survey: Survey | None = None
) -> FollowUpVisit | None:
    """Plan a visit for a cause ("survey:12", "ticket:5:1"), once; None while its plan is switched off."""
    plan = VisitPlan.objects.filter(reason=reason, is_active=True).first()
    if plan is None:
        return None
    planned = FollowUpVisit.objects.filter(cause=cause).first()
    if planned is not None:
        return planned
    now = clock.now()
    due_at = now + plan.delay
    visit, created = FollowUpVisit.objects.get_or_create(
        cause=cause,
        defaults={
            "number": next_number("V"),
            "plan": plan,
            "ticket": ticket,
            "customer": ticket.customer,
            "survey": survey,
            "due_at": due_at,
            "promised_at": due_at,
            "created_at": now,
        },
    )
    if created:
        events.record(
            "visit.planned",
            visit,
            by=by,
            thread=ticket,
            at=now,
            number=visit.number,
            reason=reason,
            due_at=due_at.isoformat(),
        )
    return visit


@transaction.atomic
def assign_visit(visit: FollowUpVisit, *, to: User | None, by: Actor) -> FollowUpVisit:
    """Give a planned visit to somebody, or back to the queue."""
    visit = _locked(visit)
    if visit.assignee_id == (to.pk if to else None):
        return visit
    if visit.status != VisitStatus.PLANNED:
        raise Refused("visit.finished", number=visit.number)
    if to is not None and not to.may(Right.WORK_VISITS):
        raise Refused("visit.assignee_cannot_visit", name=to.display_name)
    visit.assignee = to
    visit.save(update_fields=["assignee"])
    events.record(
        "visit.assigned",
        visit,
        by=by,
        thread=visit.ticket,
        number=visit.number,
        to=to.display_name if to else "",
    )
    return visit


@transaction.atomic
def log_attempt(
    visit: FollowUpVisit,
    *,
    outcome: str,
    by: User,
    method: str = VisitMethod.PHONE,
    note: str = "",
    next_at: datetime | None = None,
) -> FollowUpVisit:
    """Write down an attempt. Reaching the customer ends the visit; a matter not settled reopens the ticket.

    Not reached, the visit is due again at `next_at` (default: by `rules.next_attempt`), and is given up
    after the attempts its plan allows.
    """
    visit = _locked(visit)
    if visit.status != VisitStatus.PLANNED:
        raise Refused("visit.finished", number=visit.number)
    now = clock.now()
    if next_at is not None and next_at <= now:
        raise Refused("visit.next_in_the_past", number=visit.number)
    VisitAttempt.objects.create(visit=visit, by=by, at=now, method=method, outcome=outcome, note=note.strip())
    visit.attempts += 1
    visit.outcome = outcome
    visit.assignee = visit.assignee or by
    _go_on(visit, now, next_at)
    visit.save(update_fields=["attempts", "outcome", "assignee", "status", "finished_at", "due_at"])
    events.record(
        "visit.attempted",
        visit,
        by=by,
        thread=visit.ticket,
        at=now,
        number=visit.number,
        outcome=outcome,
        status=visit.status,
    )
    if outcome == Outcome.UNSATISFIED:
        _take_up_again(visit, by=by, note=note)
    return visit


def _go_on(visit: FollowUpVisit, now: datetime, next_at: datetime | None) -> None:
    """What follows from the attempt just made: the end, or the next one."""
    if visit.outcome in REACHED:
        _finish(visit, VisitStatus.DONE, now)
    elif visit.attempts >= visit.plan.max_attempts:
        _finish(visit, VisitStatus.GIVEN_UP, now)
    else:
        visit.due_at = next_at or rules.next_attempt(now, visit.attempts)


@transaction.atomic
def cancel_visit(visit: FollowUpVisit, *, by: Actor, note: str) -> FollowUpVisit:
    """Strike a planned visit that is no longer wanted; the reason is kept on the timeline."""
    visit = _locked(visit)
    if visit.status == VisitStatus.CANCELLED:
        return visit
    if not may_follow(visit.status, VisitStatus.CANCELLED):
        raise Refused("visit.finished", number=visit.number)
    now = clock.now()
    _finish(visit, VisitStatus.CANCELLED, now)
    visit.save(update_fields=["status", "finished_at"])
    events.record(
        "visit.cancelled", visit, by=by, thread=visit.ticket, at=now, number=visit.number, note=note.strip()
    )
    return visit


def _locked(visit: FollowUpVisit) -> FollowUpVisit:
    rows = FollowUpVisit.objects.select_for_update(of=("self",))
    return rows.select_related("plan", "ticket__customer", "customer").get(pk=visit.pk)


def _finish(visit: FollowUpVisit, status: VisitStatus, at: datetime) -> None:
    visit.status, visit.finished_at = status, at


def _take_up_again(visit: FollowUpVisit, *, by: User, note: str) -> None:
    """What the customer said goes to the agents with the ticket; a closed one gets a follow-up ticket."""
    ticket = merged.surviving(visit.ticket)
    if ticket.status == TicketStatus.CLOSED:
        ticket, _created = tickets.open_ticket(
            customer=ticket.customer,
            subject=ticket.subject,
            body=note.strip() or visit.number,
            channel=ticket.channel,
            order=ticket.order,
            type=ticket.type,
            language=ticket.language,
            external_id=f"visit:{visit.number}",
            by=by,
        )
        return
    if note.strip():
        tickets.add_note(ticket, body=note.strip(), by=by)
    tickets.reopen(ticket, by=by)
