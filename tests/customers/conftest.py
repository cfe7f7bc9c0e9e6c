"""The cast of the customer tests."""

import pytest

from core.actors import SYSTEM
from customers import actions
from customers.models import Customer


@pytest.fixture
def carol(db: None) -> Customer:
    return actions.get_or_create_customer(
        email="carol@example.com", phone="13800138000", name="Carol Chen", language="en", by=SYSTEM
    )


@pytest.fixture
def charlie(db: None) -> Customer:
    return actions.get_or_create_customer(
        email="charlie@example.com", name="Charlie", language="en", by=SYSTEM
    )
