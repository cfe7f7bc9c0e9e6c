"""A Monday morning in Shanghai, the promises of a fresh installation, and who reads the figures."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from accounts.rights import Role
from customers.models import Customer
from feedback.defaults import ensure_survey_and_visits
from feedback.models import SurveyForm, VisitPlan
from returns.defaults import ensure_returns
from returns.models import PolicyAmounts, Reason, ReturnPolicy
from tests import build
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

MONDAY_10 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 10:00 in Shanghai: the office is open from 9 to 18."""


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_10, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(db: None, monday: time_machine.Traveller) -> time_machine.Traveller:
    """Default promises, surveys, visits and return policies, also after a test that emptied the tables."""
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    ensure_survey_and_visits(SurveyForm.objects, VisitPlan.objects)
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    return monday


@pytest.fixture
def alice(desk: time_machine.Traveller) -> User:
    return build.user("Alice")


@pytest.fixture
def mara(db: None) -> User:
    return build.user("Mara", role=Role.MANAGER)


@pytest.fixture
def ada(db: None) -> User:
    return build.user("Ada", role=Role.ADMINISTRATOR)


@pytest.fixture
def carol(desk: time_machine.Traveller) -> Customer:
    return build.customer("Carol", country="US")
