"""The cast, the policies of a fresh installation, and a day in March on which nothing else happens."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import User
from accounts.rights import Role
from customers.models import Customer
from orders.models import Order
from returns.defaults import ensure_law, ensure_returns
from returns.models import PolicyAmounts, Reason, ReturnPolicy, RiskRule, StatutoryRule
from tests import build
from tests.returns import shop
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
"""Thursday, four days after everything was delivered."""


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(db: None, now: time_machine.Traveller) -> time_machine.Traveller:
    """Default reasons, policies and promises, also after a test that emptied the tables."""
    ensure_returns(Reason.objects, ReturnPolicy.objects, PolicyAmounts.objects)
    ensure_law(StatutoryRule.objects, RiskRule.objects)
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    return now


@pytest.fixture
def alice(desk: time_machine.Traveller) -> User:
    return shop.staff(Role.AGENT)


@pytest.fixture
def lea(desk: time_machine.Traveller) -> User:
    return shop.staff(Role.LEAD)


@pytest.fixture
def wei(desk: time_machine.Traveller) -> User:
    return shop.staff(Role.WAREHOUSE)


@pytest.fixture
def fin(desk: time_machine.Traveller) -> User:
    return shop.staff(Role.FINANCE)


@pytest.fixture
def flora(desk: time_machine.Traveller) -> User:
    return shop.second_payer()


@pytest.fixture
def carol(desk: time_machine.Traveller) -> Customer:
    return build.customer("Carol", country="US")


@pytest.fixture
def order(carol: Customer) -> Order:
    """One lamp for 100.00, delivered on Sunday."""
    return shop.order(customer=carol)
