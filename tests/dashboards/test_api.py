"""Figures for other systems: the same numbers as on the pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts import actions as accounts
from accounts.models import User
from core.actors import SYSTEM
from customers.models import Customer
from dashboards import tasks
from dashboards.kpis import KPIS
from feedback import actions as feedback
from tests import build
from tickets.states import TicketStatus


@pytest.fixture
def csat(carol: Customer, desk: Traveller) -> Traveller:
    """5, 4, 4, 3, 2, 5, 1, 4: 62.5 %."""
    for score in (5, 4, 4, 3, 2, 5, 1, 4):
        sent = feedback.dispatch_survey(build.ticket(status=TicketStatus.SOLVED), cycle=1, by=SYSTEM)
        assert sent is not None
        feedback.answer_survey(sent, score=score, comment="", by=carol)
    desk.shift(timedelta(hours=1))
    tasks.roll_up()
    return desk


@pytest.fixture
def get(client: Client, mara: User) -> Callable[..., Any]:
    _token, text = accounts.issue_token(mara, name="reports", by=mara)

    def ask(path: str = "", **parameters: str) -> Any:
        return client.get(f"/api/v1/kpis/{path}", parameters, headers={"Authorization": f"Token {text}"})

    return ask


def test_all_figures(get: Callable[..., Any], csat: Traveller) -> None:
    told = get().json()
    assert (told["first"], told["last"], told["zone"]) == ("2026-10-25", "2026-11-23", "Asia/Shanghai")
    assert told["as_of"] == "2026-11-23T03:00:00Z"
    assert [kpi["slug"] for kpi in told["kpis"]] == [kpi.slug for kpi in KPIS]


def test_one_figure(get: Callable[..., Any], csat: Traveller) -> None:
    (kpi,) = get("csat/", period="7").json()["kpis"]
    shown = {
        name: kpi[name]
        for name in ("numerator", "denominator", "value", "target", "is_met", "change", "better")
    }
    assert shown == {
        "numerator": 5,
        "denominator": 8,
        "value": "62.5000",
        "target": "95.00",
        "is_met": False,
        "change": None,
        "better": "higher",
    }
    assert kpi["before"] == {"numerator": 0, "denominator": 0, "value": None}
    assert [point["denominator"] for point in kpi["trend"]] == [0, 0, 0, 0, 0, 0, 8]
    assert kpi["trend"][0]["value"] is None


def test_no_data_is_null(get: Callable[..., Any], csat: Traveller) -> None:
    (kpi,) = get("visits/").json()["kpis"]
    assert (kpi["value"], kpi["is_met"]) == (None, None)


def test_wrong_filters_are_named(get: Callable[..., Any], csat: Traveller) -> None:
    response = get(team="nobody", period="custom", since="2026-11-20", until="2026-11-10")
    assert response.status_code == 400
    assert set(response.json()["fields"]) == {"team", "until"}


def test_an_unknown_figure_is_not_there(get: Callable[..., Any], csat: Traveller) -> None:
    assert get("nonsense/").status_code == 404


def test_texts_are_in_the_callers_language(client: Client, mara: User, csat: Traveller) -> None:
    client.force_login(mara)
    told = client.get("/api/v1/kpis/return-rate/", headers={"Accept-Language": "zh-hans"}).json()
    assert told["kpis"][0]["name"] == "退货率"


def test_only_readers_of_figures(client: Client, alice: User, csat: Traveller) -> None:
    assert client.get("/api/v1/kpis/").status_code == 401
    client.force_login(alice)
    assert client.get("/api/v1/kpis/").status_code == 403
