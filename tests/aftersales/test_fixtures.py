"""The tools that other tests stand on."""

import socket

import pytest
from django.db import connection
from django.utils import translation

from tests.browser import chromium
from tests.conftest import OutsideWorld


def test_the_outside_world_is_closed():
    with socket.socket() as door, pytest.raises(OutsideWorld):
        door.connect(("192.0.2.1", 80))


def test_calls_run_at_the_same_moment_on_connections_of_their_own(together):
    def backend():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    outcomes = together(backend, backend, lambda: 1 / 0)
    assert len(set(outcomes[:2])) == 2
    assert isinstance(outcomes[2], ZeroDivisionError)


@pytest.mark.browser
def test_the_browser_shows_a_page(visit):
    page = visit()
    page.goto("/accounts/login/")
    assert page.locator("input[type=password]").is_visible()


@pytest.mark.django_db
def test_the_sign_in_page_speaks_chinese(client):
    with translation.override("zh-hans"):
        assert "登录" in client.get("/accounts/login/", headers={"accept-language": "zh-CN"}).content.decode()


def test_without_a_browser_and_without_rights_it_says_what_to_install(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium()
