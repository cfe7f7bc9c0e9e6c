"""The cast, the promises of a fresh installation, and a Monday morning in Shanghai that does not pass."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from accounts.rights import Role
from customers.models import Customer
from tests import build
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy, Ticket

MONDAY_10 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 10:00 in Shanghai: the office is open from 9 to 18."""


@pytest.fixture
def monday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_10, tick=False) as traveller:
        yield traveller


@pytest.fixture
def promises(db: None) -> None:
    """The default calendars and policies, also after a test that emptied the tables."""
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)


@pytest.fixture
def alice(db: None) -> User:
    return build.user("Alice")


@pytest.fixture
def lea(db: None) -> User:
    return build.user("Lea", role=Role.LEAD)


@pytest.fixture
def wei(db: None) -> User:
    return build.user("Wei", role=Role.WAREHOUSE)


@pytest.fixture
def carol(db: None) -> Customer:
    return build.customer("Carol")


@pytest.fixture
def charlie(db: None) -> Customer:
    return build.customer("Charlie")


@pytest.fixture
def ticket(monday: time_machine.Traveller, promises: None, carol: Customer) -> Ticket:
    """Carol's ticket, opened on Monday at 10:00; nobody has looked at it yet."""
    return build.ticket(customer=carol)
