"""A solved ticket and its survey, as most tests of feedback begin."""

import pytest

from core.actors import SYSTEM
from feedback import actions
from feedback.defaults import ensure_survey_and_visits
from feedback.models import Survey, SurveyForm, VisitPlan
from tests import build
from tickets.models import Ticket
from tickets.states import TicketStatus


@pytest.fixture
def plans(db: None) -> None:
    """The default survey and visits, also after a test that emptied the tables."""
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)


@pytest.fixture
def solved(plans: None) -> Ticket:
    return build.ticket(status=TicketStatus.SOLVED, language="zh-hans")


@pytest.fixture
def survey(solved: Ticket) -> Survey:
    sent = actions.dispatch_survey(solved, cycle=solved.cycle, by=SYSTEM)
    assert sent is not None
    return sent
