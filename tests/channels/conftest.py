"""A desk with Alice at it, and visitors who begin chats."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from channels.actions import chat
from channels.actions.chat_desk import set_available
from channels.models import ChatSession
from customers import doors
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

_serial = count(1)


@pytest.fixture
def promises(db: None) -> None:
    """The default calendars and policies."""
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)


@pytest.fixture
def at_the_desk(alice: User) -> User:
    """Alice, who takes chats."""
    set_available(alice, on=True, by=alice)
    return alice


@pytest.fixture
def begin() -> Callable[..., ChatSession]:
    """Begin a chat of a new visitor; what is not said is ordinary."""

    def start(**given: Any) -> ChatSession:
        number = next(_serial)
        beginning = {
            "visitor": f"visitor-{number}",
            "key": f"chat-key-{number:04}",
            "message_key": f"first-key-{number:04}",
            "body": "Where is my lamp?",
            "language": "en",
            **given,
        }
        return chat.start(chat.Beginning(**beginning))

    return start


@pytest.fixture
def browser_of() -> Callable[[ChatSession], Client]:
    """The browser in which a chat was begun."""

    def client_of(session: ChatSession) -> Client:
        client = Client()
        remembered = client.session
        remembered[doors.VISITOR] = session.visitor
        remembered.save()
        return client

    return client_of
