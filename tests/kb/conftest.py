"""One published article on returns, and the browser of an agent."""

import pytest
from django.test import Client

from accounts.models import User
from kb.models import Article
from tests import build


@pytest.fixture
def article(db: None) -> Article:
    return build.article()


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    """Alice's browser."""
    client.force_login(alice)
    return client
