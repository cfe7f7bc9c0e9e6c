"""Return visits: planned once per cause, tried again, given up, or settled."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.rights import Role
from core import clock, dispatch
from core.actors import SYSTEM
from core.errors import Refused
from feedback import actions, rules
from feedback.models import FollowUpVisit, Survey
from feedback.states import FOLLOWS, Outcome, VisitReason, VisitStatus, may_follow
from tests import build
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.states import TicketStatus, TicketType


@pytest.fixture
def visit(survey: Survey) -> FollowUpVisit:
    planned = actions.plan_visit(
        survey.ticket, reason=VisitReason.LOW_SCORE, cause="survey:1", survey=survey, by=SYSTEM
    )
    assert planned is not None
    return planned


@pytest.fixture
def fola(plans: None) -> User:
    return build.user("Fola", role=Role.FOLLOW_UP)


def test_one_cause_plans_one_visit(visit: FollowUpVisit) -> None:
    again = actions.plan_visit(visit.ticket, reason=VisitReason.LOW_SCORE, cause="survey:1", by=SYSTEM)
    assert again == visit


def test_every_solved_complaint_is_visited(plans: None) -> None:
    complaint = build.ticket(status=TicketStatus.OPEN, type=TicketType.COMPLAINT)
    tickets.solve(complaint, by=build.user("Alice"))
    dispatch.drain()
    visit = FollowUpVisit.objects.get(ticket=complaint)
    assert visit.reason == VisitReason.COMPLAINT
    assert visit.due_at - visit.created_at == timedelta(hours=48)


def test_reaching_the_customer_ends_the_visit(visit: FollowUpVisit, fola: User) -> None:
    done = actions.log_attempt(visit, outcome=Outcome.SATISFIED, by=fola)
    assert (done.status, done.outcome, done.assignee) == (VisitStatus.DONE, Outcome.SATISFIED, fola)


def test_an_unsettled_matter_reopens_the_ticket_with_the_note(visit: FollowUpVisit, fola: User) -> None:
    actions.log_attempt(visit, outcome=Outcome.UNSATISFIED, note="Still no refund.", by=fola)
    ticket = Ticket.objects.get(pk=visit.ticket_id)
    assert ticket.status == TicketStatus.OPEN
    assert ticket.messages.filter(body="Still no refund.", visibility="internal").count() == 1


def test_an_unsettled_matter_of_a_closed_ticket_opens_another(visit: FollowUpVisit, fola: User) -> None:
    tickets.close(visit.ticket, by=build.user("Alice"))
    actions.log_attempt(visit, outcome=Outcome.UNSATISFIED, note="Still no refund.", by=fola)
    newest = Ticket.objects.filter(customer=visit.customer).latest("pk")
    assert newest.pk != visit.ticket_id
    assert newest.messages.get().body == "Still no refund."


def test_not_reached_is_tried_again_and_given_up_after_the_third_time(
    visit: FollowUpVisit, fola: User
) -> None:
    promised = visit.promised_at
    for _attempt in range(2):
        visit = actions.log_attempt(visit, outcome=Outcome.UNREACHABLE, by=fola)
        assert visit.status == VisitStatus.PLANNED
        assert visit.due_at > clock.now()
    visit = actions.log_attempt(visit, outcome=Outcome.UNREACHABLE, by=fola)
    assert visit.status == VisitStatus.GIVEN_UP
    assert visit.promised_at == promised
    assert visit.log.count() == 3


def test_a_finished_visit_takes_no_more_attempts(visit: FollowUpVisit, fola: User) -> None:
    actions.log_attempt(visit, outcome=Outcome.DECLINED, by=fola)
    with pytest.raises(Refused, match=r"visit\.finished"):
        actions.log_attempt(visit, outcome=Outcome.SATISFIED, by=fola)
    assert visit.log.count() == 1


def test_the_next_attempt_lies_in_the_future(visit: FollowUpVisit, fola: User) -> None:
    with pytest.raises(Refused, match=r"visit\.next_in_the_past"):
        actions.log_attempt(visit, outcome=Outcome.UNREACHABLE, next_at=clock.now(), by=fola)


def test_a_visit_goes_only_to_who_makes_visits(visit: FollowUpVisit, fola: User) -> None:
    assert actions.assign_visit(visit, to=fola, by=fola).assignee == fola
    wei = build.user("Wei", role=Role.WAREHOUSE)
    with pytest.raises(Refused, match=r"visit\.assignee_cannot_visit"):
        actions.assign_visit(visit, to=wei, by=fola)


def test_cancelling_twice_changes_nothing(visit: FollowUpVisit, fola: User) -> None:
    first = actions.cancel_visit(visit, note="Ordered again", by=fola)
    again = actions.cancel_visit(visit, note="Ordered again", by=fola)
    assert (first.status, again.finished_at) == (VisitStatus.CANCELLED, first.finished_at)


@pytest.mark.parametrize("current", VisitStatus.values)
@pytest.mark.parametrize("target", VisitStatus.values)
def test_every_pair_of_states(current: str, target: str) -> None:
    planned_ends = current == VisitStatus.PLANNED and target != VisitStatus.PLANNED
    assert may_follow(current, target) == planned_ends
    assert set(FOLLOWS) == set(VisitStatus.values)


@pytest.mark.parametrize(
    ("scores", "expected"), [([5, 4, 4, 3, 2, 5, 1, 4], 62.5), ([], None), ([1], 0.0), ([4], 100.0)]
)
def test_csat_is_the_share_of_fours_and_fives(scores: list[int], expected: float | None) -> None:
    assert rules.csat(scores) == expected
