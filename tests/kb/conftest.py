"""Who writes, who reads, and one published article on returns."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.rights import Role
from customers.models import Customer
from kb.models import Article
from tests import build


@pytest.fixture
def alice(db: None) -> User:
    return build.user("Alice")


@pytest.fixture
def mara(db: None) -> User:
    return build.user("Mara", role=Role.MANAGER)


@pytest.fixture
def wei(db: None) -> User:
    return build.user("Wei", role=Role.WAREHOUSE)


@pytest.fixture
def carol(db: None) -> Customer:
    return build.customer("Carol")


@pytest.fixture
def article(db: None) -> Article:
    return build.article()


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client
