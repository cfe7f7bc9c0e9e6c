"""Wrong combinations of settings are named, with a way out."""

import pytest
from django.core import checks
from django.core.checks import Error

from aftersales.checks import settings_fit_together

LONG = "k" * 40


@pytest.fixture
def production(settings):
    """An installation with its own servers where everything fits."""
    settings.EMBEDDED = settings.DEBUG = False
    settings.DATABASE_URL_GIVEN = "postgres://db/aftersales"
    settings.REDIS_URL_GIVEN = "redis://redis"
    settings.SECRET_KEY_GIVEN = LONG
    settings.PUBLIC_URL, settings.PUBLIC_URL_GIVEN = "https://service.example.com", True
    settings.ALLOWED_HOSTS = ["service.example.com", "localhost", "127.0.0.1", "[::1]"]
    settings.EMAIL_URL, settings.DEFAULT_FROM_EMAIL_GIVEN = "smtp+tls://u:p@mail.example.com:587", True
    settings.LOG_FORMAT = "json"
    return settings


def found():
    return [message.id.removeprefix("aftersales.") for message in settings_fit_together()]


def test_what_fits_together_is_not_mentioned(production):
    assert found() == []


def test_embedded_servers_need_nothing(settings):
    settings.EMBEDDED = True
    settings.DATABASE_URL_GIVEN = settings.REDIS_URL_GIVEN = settings.SECRET_KEY_GIVEN = ""
    settings.PUBLIC_URL, settings.PUBLIC_URL_GIVEN = "http://127.0.0.1:8000", False
    settings.EMAIL_URL = ""
    assert found() == []


WRONG: list[tuple[str, dict[str, object]]] = [
    ("E001", {"REDIS_URL_GIVEN": ""}),
    ("E001", {"DATABASE_URL_GIVEN": ""}),
    ("E003", {"SECRET_KEY_GIVEN": ""}),
    ("E004", {"SECRET_KEY_GIVEN": "short"}),
    ("E004", {"SECRET_KEY_GIVEN": "change-me-to-something-long-enough-to-pass"}),
    ("E005", {"DEBUG": True}),
    ("E005", {"DEBUG": True, "ALLOWED_HOSTS": ["*"]}),
    ("E006", {"PUBLIC_URL_GIVEN": False}),
    ("E007", {"PUBLIC_URL": "service.example.com"}),
    ("E007", {"PUBLIC_URL": "https://service.example.com/help"}),
    ("E008", {"ALLOWED_HOSTS": ["www.example.com"]}),
    ("E009", {"DEFAULT_FROM_EMAIL_GIVEN": False}),
    ("E010", {"EMAIL_URL": "smtp://"}),
    ("E011", {"LOG_FORMAT": "xml"}),
    ("W001", {"PUBLIC_URL": "http://service.example.com"}),
    ("E012", {"SERVICE_ZONE": "Asia/Atlantis"}),
    ("W002", {"EMAIL_URL": ""}),
]


@pytest.mark.parametrize(("code", "changes"), WRONG, ids=[f"{code}-{'-'.join(c)}" for code, c in WRONG])
def test_a_wrong_combination_is_named_with_a_hint(production, code, changes):
    for name, value in changes.items():
        setattr(production, name, value)
    messages = {message.id.removeprefix("aftersales."): message for message in settings_fit_together()}
    assert code in messages
    assert messages[code].hint
    assert isinstance(messages[code], Error if code.startswith("E") else checks.Warning)


def test_only_postgres_will_do(production, monkeypatch):
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert found() == ["E002"]


@pytest.mark.parametrize("pattern", ["*", ".example.com", "SERVICE.example.com"])
def test_host_patterns_cover_the_site(production, pattern):
    production.ALLOWED_HOSTS = [pattern]
    assert found() == []


def test_loopback_may_debug(production):
    production.DEBUG = True
    production.PUBLIC_URL = "http://localhost:8000"
    production.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    assert found() == []
