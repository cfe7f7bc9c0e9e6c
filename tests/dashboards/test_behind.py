"""Every number opens the rows behind it: the same query, only what one may see, page by page."""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import clock
from core.actors import SYSTEM
from customers.models import Customer
from dashboards import access, tasks
from dashboards.kpis import BACKLOG, EVERYTHING, MEASURES, REVIEWS, VISITS
from dashboards.periods import Period, day_of
from dashboards.states import Behind
from dashboards.traces import trace
from feedback import actions as feedback
from feedback.models import Survey
from feedback.states import VisitReason
from returns import actions as returns
from tests import build
from tests.dashboards.look import ever
from tests.returns import shop
from tickets import actions
from tickets.states import TicketStatus, TicketType

YEARS = Period(date(2020, 1, 1), date(2026, 12, 31))


@pytest.fixture
def one_of_each(alice: User, carol: Customer, desk: Traveller) -> Traveller:
    """Something behind every measure, kept and missed."""
    placed = shop.order(
        shop.line(quantity=3), customer=carol, placed_at=clock.now(), delivered_at=clock.now()
    )
    placed.lines.update(quantity_returned=1)
    returns.approve(shop.case(placed), by=alice)
    shop.case(shop.order(customer=carol, placed_at=clock.now(), delivered_at=clock.now()))
    answered = build.ticket(type=TicketType.COMPLAINT, customer=carol)
    actions.reply(answered, body="Hello", by=alice)
    actions.receive(answered, body="And when?", by=carol, channel="portal")
    actions.reply(answered, body="Tomorrow", by=alice)
    build.ticket(type=TicketType.COMPLAINT, customer=carol)
    for score in (5, 2):
        solved = build.ticket(status=TicketStatus.SOLVED, customer=carol)
        sent = feedback.dispatch_survey(solved, cycle=1, by=SYSTEM)
        assert sent is not None
        feedback.answer_survey(sent, score=score, comment="", by=carol)
        feedback.plan_visit(solved, reason=VisitReason.LOW_SCORE, cause=f"survey:{score}", by=SYSTEM)
    actions.reopen(solved, by=alice)
    desk.shift(timedelta(days=3))
    tasks.roll_up()
    return desk


def behind(user: User, measure: Any, which: str = Behind.ALL) -> list[Any]:
    return list(access.rows_behind(user, measure, YEARS, EVERYTHING, which, clock.now()))


def test_the_rows_add_up_to_the_figure(mara: User, one_of_each: Traveller) -> None:
    for measure in MEASURES:
        rows, figure = behind(mara, measure), ever(measure)
        assert sum(row.hits for row in rows) == figure.numerator, measure.slug
        assert sum(row.counts for row in rows) == figure.denominator, measure.slug
        hits, rest = behind(mara, measure, Behind.HITS), behind(mara, measure, Behind.REST)
        assert {row.pk for row in hits} | {row.pk for row in rest} == {row.pk for row in rows}, measure.slug
        assert all(row.hits for row in hits), measure.slug
        assert not any(row.hits == row.counts for row in rest), measure.slug


def test_every_row_leads_to_what_it_belongs_to(client: Client, mara: User, one_of_each: Traveller) -> None:
    client.force_login(mara)
    led = set()
    for measure in MEASURES:
        found = [trace(measure, row, clock.now()) for row in behind(mara, measure)]
        assert found or measure in BACKLOG, measure.slug
        page = client.get(f"/dashboards/{measure.slug}/behind/").content.decode()
        assert all(row.outcome and row.number in page for row in found), measure.slug
        led |= {row.url for row in found}
    assert {url: client.get(url).status_code for url in led} == dict.fromkeys(led, 200)


def test_who_may_not_read_the_rows_finds_none(one_of_each: Traveller) -> None:
    warehouse = build.user("Wei", role="warehouse")
    assert [measure for measure in MEASURES if behind(warehouse, measure)] == [REVIEWS]


def outcomes(client: Client, slug: str, which: str = "all") -> list[str]:
    text = client.get(f"/dashboards/{slug}/behind/", {"which": which}).content.decode()
    return re.findall(r'data-label="Outcome"><span class="status status--\w+">([^<]+)<', text)


def test_what_came_of_it_is_said(client: Client, mara: User, one_of_each: Traveller) -> None:
    client.force_login(mara)
    assert outcomes(client, "first-response", "hits") == ["in time"]
    assert outcomes(client, "csat") == ["2 of 5", "5 of 5"]
    assert outcomes(client, "return-rate", "hits") == ["1 of 3 units returned"]
    assert outcomes(client, "reviews") == ["still open, 24 h late", "in time"]
    assert outcomes(client, "reopened", "hits") == ["reopened"]
    assert outcomes(client, "visits", "hits") == []
    assert outcomes(client, VISITS.slug, "rest") == ["still open, 2 days late"] * 2


def test_rows_are_walked_page_by_page(client: Client, mara: User, desk: Traveller) -> None:
    client.force_login(mara)
    for _ in range(access.PAGE + 3):
        build.ticket()
    first = client.get("/dashboards/opened/behind/")
    older = re.search(r'href="(\?[^"]*cursor=[^"]+)"', first.content.decode())
    assert older
    second = client.get(f"/dashboards/opened/behind/{older[1]}")
    numbers = [row.number for response in (first, second) for row in response.context["traces"]]
    assert len(numbers) == len(set(numbers)) == access.PAGE + 3


@pytest.fixture
def table(client: Client, mara: User) -> Callable[..., list[list[str]]]:
    client.force_login(mara)

    def read(path: str, **parameters: str) -> list[list[str]]:
        response: Any = client.get(path, parameters)
        text = b"".join(response.streaming_content).decode()
        assert text.startswith("\ufeff")
        assert "attachment" in response["Content-Disposition"]
        return list(csv.reader(StringIO(text.removeprefix("\ufeff"))))

    return read


def test_a_figure_is_exported_day_by_day(
    table: Callable[..., list[list[str]]], one_of_each: Traveller
) -> None:
    day = day_of(clock.now() - timedelta(days=3)).isoformat()
    assert table("/dashboards/csat/export/") == [
        ["Day", "satisfied", "answers", "Satisfaction (CSAT)", "Target"],
        [day, "1", "2", "50.0", "95"],
    ]
    assert (
        table("/dashboards/csat/export/", period="custom", since="2026-11-01", until="2026-11-02")[1:] == []
    )


def test_rows_behind_are_exported_without_formulas(
    table: Callable[..., list[list[str]]], alice: User, desk: Traveller
) -> None:
    for subject in ('=HYPERLINK("http://bad")', "+1", "-1", "@sum", "＝1", "  =1", "plain"):
        build.ticket(subject=subject, customer=build.customer("=cmd|' /C calc'!A0"))
    rows = table("/dashboards/opened/behind/export/")
    assert rows[0] == ["Number", "Subject", "Customer", "Team", "Channel", "Counts on", "Outcome"]
    subjects = [row[1] for row in rows[1:]]
    assert subjects == ["plain", "'=1", "'＝1", "'@sum", "'-1", "'+1", '\'=HYPERLINK("http://bad")']
    assert {row[2] for row in rows[1:]} == {"'=cmd|' /C calc'!A0"}
    assert rows[1][5] == "2026-11-23 10:00"


def test_the_side_of_the_line_stays_while_the_period_changes(
    client: Client, mara: User, desk: Traveller
) -> None:
    client.force_login(mara)
    text = client.get("/dashboards/csat/behind/", {"which": "rest", "period": "7"}).content.decode()
    assert 'href="?period=90&amp;which=rest"' in text
    assert '<input type="hidden" name="which" value="rest">' in text


def test_what_is_a_matter_of_now_asks_for_no_period(client: Client, mara: User, desk: Traveller) -> None:
    client.force_login(mara)
    build.ticket()
    text = client.get("/dashboards/open-day-1/behind/", {"period": "7"}).content.decode()
    assert "90 days" not in text
    assert "Lamp arrived broken" in text


@pytest.mark.parametrize("which", ["hits", "rest"])
def test_where_sums_say_nothing_is_to_be_found_nothing_is_looked_for(
    client: Client, mara: User, one_of_each: Traveller, which: str
) -> None:
    client.force_login(mara)
    long_ago = {"period": "custom", "since": "2026-01-01", "until": "2026-03-31", "which": which}
    text = client.get("/dashboards/csat/behind/", long_ago).content.decode()
    assert "No rows" in text


def test_today_is_looked_at_before_it_is_added_up(client: Client, mara: User, one_of_each: Traveller) -> None:
    client.force_login(mara)
    Survey.objects.filter(score=2).update(answered_at=clock.now())
    assert outcomes(client, "csat", "rest") == ["2 of 5"]
