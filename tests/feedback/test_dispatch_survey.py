"""Every solved ticket is surveyed, once per cycle."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core import dispatch
from core.actors import SYSTEM
from core.models import Event, OutgoingMail
from feedback import actions
from feedback.defaults import ensure_survey_and_visits
from feedback.models import Survey, SurveyForm, VisitPlan
from tests import build
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.states import TicketStatus


def test_solving_a_ticket_asks_its_customer(plans: None) -> None:
    agent = build.user("Alice")
    ticket = build.ticket(status=TicketStatus.OPEN)
    tickets.solve(ticket, by=agent)
    dispatch.drain()
    survey = Survey.objects.get(ticket=ticket)
    assert (survey.cycle, survey.agent, survey.customer) == (1, agent, ticket.customer)
    assert Event.objects.filter(kind="survey.sent").count() == 1


def test_the_mail_is_in_the_customers_language_with_a_link_for_each_score(survey: Survey) -> None:
    mail = OutgoingMail.objects.get(key=f"survey:{survey.pk}")
    assert survey.ticket.number in mail.subject
    assert "满意" in mail.text
    assert [f"?score={score}" in mail.text for score in range(1, 6)] == [True] * 5


def test_asking_twice_asks_once(survey: Survey, solved: Ticket) -> None:
    again = actions.dispatch_survey(solved, cycle=solved.cycle, by=SYSTEM)
    assert again == survey
    assert OutgoingMail.objects.filter(key__startswith="survey:").count() == 1
    assert Event.objects.filter(kind="survey.sent").count() == 1


def test_a_new_cycle_is_asked_about_anew(survey: Survey, solved: Ticket) -> None:
    reopened = tickets.reopen(solved, by=build.user("Alice"))
    second = actions.dispatch_survey(reopened, cycle=reopened.cycle, by=SYSTEM)
    assert second is not None
    assert second != survey


def test_without_an_active_form_nobody_is_asked(solved: Ticket) -> None:
    SurveyForm.objects.update(is_active=False)
    assert actions.dispatch_survey(solved, cycle=1, by=SYSTEM) is None
    assert not Survey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_ask_once() -> None:
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    ticket = build.ticket(status=TicketStatus.SOLVED)

    def ask(_turn: int) -> int:
        try:
            sent = actions.dispatch_survey(ticket, cycle=1, by=SYSTEM)
            assert sent is not None
            return sent.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        surveys = set(pool.map(ask, range(10)))
    assert len(surveys) == 1
    assert OutgoingMail.objects.filter(key__startswith="survey:").count() == 1
    assert Event.objects.filter(kind="survey.sent").count() == 1
