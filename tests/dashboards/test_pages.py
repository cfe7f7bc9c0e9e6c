"""The pages: who sees them, what they say, what filters do, how many questions they ask."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import Team, User
from accounts.rights import Role
from core import clock
from core.actors import SYSTEM
from customers.models import Customer
from dashboards import actions as figures
from dashboards import tasks
from dashboards.kpis import CSAT, KPIS, MEASURES
from feedback import actions as feedback
from orders.models import Shop
from tests import build
from tests.returns import shop
from tickets import actions
from tickets.states import Channel, TicketStatus

OVERVIEW = "/dashboards/"


@pytest.fixture
def east(db: None) -> Team:
    return build.team("east", is_default=False, name_en="East", name_zh="东区")


@pytest.fixture
def filled(alice: User, carol: Customer, east: Team, desk: Traveller) -> Traveller:
    """Four tickets: three answered in time, two of them in the team East; two scores; a return."""
    build.team("west", name_en="West")
    Shop.objects.create(code="cn", name="Tmall", currency="CNY", country="CN")
    placed = shop.order(shop.line(quantity=4), customer=carol, delivered_at=clock.now())
    placed.lines.update(quantity_returned=1)
    for number in range(4):
        ticket = build.ticket(channel=Channel.EMAIL if number else Channel.PORTAL, order=placed)
        if number < 2:
            actions.assign(ticket, to=None, team=east, by=alice)
        if number < 3:
            actions.reply(ticket, body="Hello", by=alice)
    for score in (5, 1):
        sent = feedback.dispatch_survey(build.ticket(status=TicketStatus.SOLVED), cycle=1, by=SYSTEM)
        assert sent is not None
        feedback.answer_survey(sent, score=score, comment="", by=carol)
    desk.shift(timedelta(hours=2))
    tasks.roll_up()
    return desk


@pytest.fixture
def page(client: Client, mara: User) -> Callable[..., str]:
    client.force_login(mara)

    def get(path: str = OVERVIEW, **parameters: Any) -> str:
        response = client.get(path, parameters)
        assert response.status_code == 200
        text = re.sub(r"<svg.*?</svg>|<title>.*?</title>", "", response.content.decode(), flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))

    return get


def tile(text: str, name: str) -> str:
    """What one tile of the overview says."""
    start = text.rindex(f" {name} ")
    return text[start : start + 160]


# --- who --------------------------------------------------------------------------------------------------

PATHS = [
    "",
    "targets/",
    "csat/",
    "csat/export/",
    "csat/behind/",
    "csat/behind/export/",
    "opened/behind/",
]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AGENT, 403),
        (Role.LEAD, 200),
        (Role.MANAGER, 200),
        (Role.WAREHOUSE, 403),
        (Role.FINANCE, 403),
        (Role.FOLLOW_UP, 403),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_who_reads_figures(client: Client, desk: Traveller, role: str, status: int) -> None:
    client.force_login(build.user("Somebody", role=role))
    assert [client.get(OVERVIEW + path).status_code for path in PATHS] == [status] * len(PATHS)


def test_a_stranger_is_led_to_the_door(client: Client, db: None) -> None:
    for path in PATHS:
        response = client.get(OVERVIEW + path)
        assert (response.status_code, response["Location"].startswith("/accounts/login/")) == (302, True)


@pytest.mark.parametrize(
    "path", ["nonsense/", "nonsense/behind/", "opened/", "opened/export/", "nonsense/export/"]
)
def test_what_is_not_defined_is_not_there(client: Client, mara: User, path: str) -> None:
    client.force_login(mara)
    assert client.get(OVERVIEW + path).status_code == 404


# --- what -------------------------------------------------------------------------------------------------


def test_an_empty_house_has_no_data_and_neither_0_nor_100(page: Callable[..., str], desk: Traveller) -> None:
    text = page()
    assert text.count("No data") == len(KPIS)
    assert "Nothing has been added up yet" in text
    assert not re.search(r"\b(0|100)(\.0)? %", text.replace("≥ 100 %", ""))


def test_the_overview_sets_promises_beside_what_was_kept(page: Callable[..., str], filled: Traveller) -> None:
    text = page()
    assert tile(text, "First response in time").startswith(
        " First response in time 75.0 % Off target Target ≥ 95 % 3 / 4 first responses due"
    )
    assert tile(text, "Satisfaction (CSAT)").startswith(
        " Satisfaction (CSAT) 50.0 % Off target Target ≥ 95 % 1 / 2"
    )
    assert tile(text, "Return rate").startswith(
        " Return rate 25.0 % Off target Target ≤ 3 % 1 / 4 units delivered"
    )
    assert tile(text, "Complaints solved in time").startswith(" Complaints solved in time – No data")
    assert "6 opened 2 solved" in text
    assert "under 1 day 4" in text
    assert "1 past a deadline" in text
    assert "As of 12:00, Shanghai time" in text


def test_stopped_work_is_noticed(page: Callable[..., str], filled: Traveller) -> None:
    assert "not up to date" not in page()
    filled.shift(timedelta(minutes=6))
    assert "not up to date" in page()


def test_filters_narrow_what_they_can(page: Callable[..., str], filled: Traveller) -> None:
    text = page(team="east")
    assert "100.0 % On target Target ≥ 95 % 2 / 2 first responses due" in text
    assert tile(text, "Return rate").startswith(" Return rate 25.0 %")
    assert "this figure is not filtered by them" in text
    assert "2 / 3 first responses due" in page(channel="email")
    assert "3 / 4 first responses due" in page(country="US", shop="lamps")
    assert tile(page(shop="cn"), "First response in time").startswith(" First response in time – No data")
    assert tile(page(shop="lamps", country="CN"), "First response in time").startswith(
        " First response in time – No data"
    )


def test_what_cannot_be_read_is_not_chosen(page: Callable[..., str], filled: Traveller) -> None:
    assert "3 / 4 first responses due" in page(team="nobody", period="soon", channel="pigeon", shop="x")


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-11-20", "2026-11-10", "The period ends before it begins."),
        ("2026-11-20", "2026-12-10", "The period ends in the future."),
        ("2020-11-20", "2026-11-10", "A period may have up to two years."),
        ("nonsense", "2026-11-10", "Enter a valid date."),
    ],
)
def test_a_period_that_makes_no_sense_is_named(
    page: Callable[..., str], desk: Traveller, since: str, until: str, said: str
) -> None:
    assert said in page(period="custom", since=since, until=until)


def test_filters_stay_while_moving(client: Client, mara: User, filled: Traveller) -> None:
    client.force_login(mara)
    chosen = {"period": "7", "team": "east", "channel": "email"}
    for path in ("", "first-response/", "first-response/behind/"):
        text = unescape(client.get(OVERVIEW + path, chosen).content.decode())
        links = [
            link for link in re.findall(r'href="(/dashboards/[^"]+|\?[^"]+)"', text) if "targets" not in link
        ]
        assert len(links) > 5 or path.endswith("behind/")
        kept = [link for link in links if "team=east" in link and "channel=email" in link]
        loose = [link for link in links if link not in kept]
        assert all(("team=" in link) != ("channel=" in link) or link == "?period=7" for link in loose), loose


def test_a_figure_has_chart_table_definition_and_parts(page: Callable[..., str], filled: Traveller) -> None:
    text = page(reverse("dashboards:kpi", args=["first-response"]))
    assert "75.0 % Off target" in text
    assert "23 Nov 75.0 % 3 4 ≥ 95 %" in text
    assert "24 Nov" not in text
    assert "Only a public reply by a person stops it" in text
    assert "midnight Shanghai time" in text
    assert "By team East 100.0 % 2 / 2 West 50.0 % 1 / 2" in text
    assert "By channel E-mail 66.6 % 2 / 3 Portal 100.0 % 1 / 1" in text


def test_the_change_is_against_as_many_days_before(
    page: Callable[..., str], carol: Customer, filled: Traveller
) -> None:
    filled.shift(timedelta(days=1))
    sent = feedback.dispatch_survey(build.ticket(status=TicketStatus.SOLVED), cycle=1, by=SYSTEM)
    assert sent is not None
    feedback.answer_survey(sent, score=5, comment="", by=carol)
    tasks.roll_up()
    text = page(period="custom", since="2026-11-24", until="2026-11-24")
    assert tile(text, "Satisfaction (CSAT)").startswith(
        " Satisfaction (CSAT) 100.0 % On target Target ≥ 95 % up by 50.0 points"
    )


def test_a_target_judges_from_its_day_on(page: Callable[..., str], ada: User, filled: Traveller) -> None:
    figures.set_target(CSAT, value=Decimal(50), valid_from=date(2026, 11, 23), by=ada)
    assert " 50.0 % On target Target ≥ 50 %" in page()


def test_the_wallboard_refreshes_itself(client: Client, mara: User, filled: Traveller) -> None:
    client.force_login(mara)
    text = client.get(OVERVIEW, {"wall": "1", "team": "east"}).content.decode()
    assert 'hx-get="/dashboards/?wall=1&amp;team=east"' in text
    assert 'hx-trigger="every 30s"' in text
    assert "console/tickets" not in text


def test_in_chinese(client: Client, mara: User, filled: Traveller) -> None:
    client.force_login(mara)
    client.cookies["django_language"] = "zh-hans"
    for path in ("", "first-response/", "csat/behind/", "targets/"):
        text = client.get(OVERVIEW + path).content.decode()
        words = re.sub(r"<(svg|script|template).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
        assert not re.search(r"\b(the|and|of|by|in)\b", words), path


# --- how many questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "queries"),
    [("", 9), ("first-response/", 10), ("first-response/behind/", 6), ("targets/", 2)],
)
def test_pages_ask_a_fixed_number_of_questions(
    client: Client, mara: User, filled: Traveller, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    client.force_login(mara)
    client.get(OVERVIEW)
    with django_assert_num_queries(queries):
        client.get(OVERVIEW + path, {"period": "90"})


def test_every_measure_has_words(desk: Traveller) -> None:
    assert len({str(measure.name) for measure in MEASURES}) == len(MEASURES)
    assert all(str(measure.formula) for measure in MEASURES)
