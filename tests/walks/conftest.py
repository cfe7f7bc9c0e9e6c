"""The whole product beside a walk: web server, worker, beat, database, Redis and a mail server."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.background import Background
from tests.mailbox import Mailbox
from tests.walks.web import Web

Eventually = Callable[..., Any]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Where all mails go that leave the house."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def surroundings(transactional_db: None, settings: Any) -> Background:
    """A worker and a beat that are not running yet; the web server shares their environment."""
    return Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)


@pytest.fixture
def address(surroundings: Background, eventually: Eventually, tmp_path: Path) -> Iterator[str]:
    """The web server of the product, instead of the one that tests usually get."""
    web = Web(surroundings.environment, tmp_path / "web.log")
    surroundings.environment["PUBLIC_URL"] = web.url
    eventually(web.answers)
    yield web.url
    web.stop()
    sys.stdout.write(web.said())  # shown when the test fails


@pytest.fixture
def background(mailbox: Mailbox, surroundings: Background, address: str) -> Iterator[Background]:
    """Worker and beat, telling customers by mail about the pages of the web server."""
    surroundings.environment |= {
        "EMAIL_URL": mailbox.url,
        "DEFAULT_FROM_EMAIL": "Lamps & More <service@lamps.example>",
    }
    surroundings.start()
    yield surroundings
    surroundings.stop()
    sys.stdout.writelines(surroundings.lines)
