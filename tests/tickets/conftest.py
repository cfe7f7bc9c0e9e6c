"""The promises of a fresh installation, and a Monday morning in Shanghai that does not pass."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
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
def ticket(monday: time_machine.Traveller, promises: None, carol: Customer) -> Ticket:
    """Carol's ticket, opened on Monday at 10:00; nobody has looked at it yet."""
    return build.ticket(customer=carol)


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    """Alice at her desk."""
    client.force_login(alice)
    return client


@pytest.fixture
def token(alice: User) -> dict[str, str]:
    """The headers of a system that acts in Alice's name."""
    _row, text = issue_token(alice, name="shop", by=alice)
    return {"Authorization": f"Token {text}"}
