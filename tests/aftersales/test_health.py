"""The two health pages."""

import pytest

from aftersales import health

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_everything_in_order_is_ready(client):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")


def test_what_is_broken_is_named(client, monkeypatch):
    def broken():
        raise ConnectionError

    monkeypatch.setitem(health.CHECKS, "redis", broken)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["redis"] == {"ok": False, "error": "ConnectionError"}
