"""Carol's estate, built once for all tests of a file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from tests.house.estate import NOW, Estate, build_estate


@pytest.fixture(scope="session")
def estate_in(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], AbstractContextManager[Estate]]:
    """`with estate_in(language)`: an estate with the words of a language; nothing of it is kept."""

    @contextmanager
    def build(language: str) -> Iterator[Estate]:
        folder = tmp_path_factory.mktemp("estate")
        # Sessions in the database alone, so that they too are as before after each visit.
        sessions = "django.contrib.sessions.backends.db"
        with (
            django_db_blocker.unblock(),
            override_settings(MEDIA_ROOT=folder, SESSION_ENGINE=sessions),
            time_machine.travel(NOW, tick=False),
            transaction.atomic(),
        ):
            yield build_estate(language, folder)
            transaction.set_rollback(True)

    return build


@pytest.fixture(autouse=True)
def own_folders(own_folders: None, request: pytest.FixtureRequest, settings: Any) -> None:
    """Files of an estate stay where they were put when it was built."""
    if "estate" in request.fixturenames:
        settings.MEDIA_ROOT = request.getfixturevalue("estate").folder
