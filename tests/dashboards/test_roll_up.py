"""Stored sums are what the rows come to: on any data, in any zone, by however many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from accounts.models import Team
from core import clock
from core.numbers import next_number
from dashboards import actions, figures, rules, tasks
from dashboards.kpis import COMPLAINTS, FIRST_RESPONSE, MEASURES, OPENED, Scope
from dashboards.models import DailyFigure, RolledDay
from dashboards.periods import Period, day_of
from dashboards.rules import NO_DATA, Figure
from feedback.models import FollowUpVisit, Survey, SurveyForm, VisitPlan
from feedback.states import VisitReason, VisitStatus
from orders.models import Shop
from returns.models import Timer
from tests import build
from tests.dashboards.conftest import MONDAY_10
from tests.dashboards.look import counted, stored
from tests.returns import shop as returns_shop
from tickets import actions as tickets
from tickets.models import Clock, ServiceCalendar, Ticket
from tickets.states import PROMISED, Channel, ClockState, TicketStatus, TicketType

NOW = MONDAY_10
WEEK = Period(date(2026, 11, 18), date(2026, 11, 24))
ZONES = ["Asia/Shanghai", "UTC", "America/Los_Angeles", "Pacific/Auckland"]

moments = st.integers(-5 * 24 * 60, 12 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
maybe = st.one_of(st.none(), moments)
some_clock = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(PROMISED),
        "state": st.sampled_from(ClockState.values),
        "due_at": moments,
        "breached_at": maybe,
        "fulfilled_at": maybe,
    }
)
some_ticket = st.fixed_dictionaries(
    {
        "created_at": moments,
        "due_at": maybe,
        "team": st.sampled_from([None, 0, 1]),
        "order": st.sampled_from([None, 0, 1]),
        "channel": st.sampled_from([Channel.PORTAL, Channel.EMAIL]),
        "type": st.sampled_from([TicketType.COMPLAINT, TicketType.ENQUIRY]),
        "status": st.sampled_from(TicketStatus.values),
        "cycle": st.integers(1, 2),
        "clocks": st.lists(some_clock, max_size=3, unique_by=lambda clock: clock["kind"]),
        "score": st.one_of(st.none(), st.integers(1, 5)),
        "answered_at": moments,
        "visit": st.one_of(st.none(), st.sampled_from(VisitStatus.values)),
        "promised_at": moments,
        "finished_at": moments,
        "review": st.booleans(),
        "review_due_at": moments,
        "stopped_at": maybe,
        "fired_at": maybe,
        "returned": st.integers(0, 1),
        "delivered_at": maybe,
    }
)
some_data = st.lists(some_ticket, max_size=6)


class World:
    """Two teams, two shops, a survey form: what random rows hang on."""

    def __init__(self) -> None:
        self.serial = count(1)
        self.customer = build.customer("Carol", country="US")
        self.teams = [build.team("east", is_default=False), build.team("west", is_default=False)]
        self.shops = [
            Shop.objects.create(code=code, name=code, currency="USD", country=code) for code in ("us", "cn")
        ]
        self.calendar = ServiceCalendar.objects.get(code="always").published
        self.form = SurveyForm.objects.get()
        self.plan = VisitPlan.objects.get(reason=VisitReason.LOW_SCORE)

    def add(self, facts: dict[str, Any]) -> None:
        """A ticket with whatever hangs on it, written as it is told."""
        order = None
        if facts["order"] is not None:
            order = returns_shop.order(
                returns_shop.line(
                    quantity=2, paid=200, quantity_delivered=2, quantity_returned=facts["returned"]
                ),
                customer=self.customer,
                shop=self.shops[facts["order"]],
                delivered_at=facts["delivered_at"],
            )
        ticket = Ticket.objects.create(
            number=next_number("T"),
            customer=self.customer,
            subject="Lamp",
            team=None if facts["team"] is None else self.teams[facts["team"]],
            order=order,
            language="en",
            updated_at=facts["created_at"],
            last_message_at=facts["created_at"],
            last_message_by="customer",
            **{name: facts[name] for name in ("created_at", "due_at", "channel", "type", "status", "cycle")},
        )
        for told in facts["clocks"]:
            Clock.objects.create(
                ticket=ticket,
                budget=timedelta(hours=1),
                calendar=self.calendar,
                started_at=facts["created_at"],
                **told,
            )
        self._feedback(ticket, facts)
        if order is not None and facts["review"] and facts["delivered_at"]:
            self._review(order, facts)

    def _feedback(self, ticket: Ticket, facts: dict[str, Any]) -> None:
        Survey.objects.create(
            form=self.form,
            ticket=ticket,
            cycle=1,
            customer=self.customer,
            language="en",
            sent_at=facts["created_at"],
            expires_at=facts["created_at"],
            score=facts["score"],
            answered_at=facts["answered_at"] if facts["score"] else None,
        )
        if facts["visit"]:
            FollowUpVisit.objects.create(
                number=next_number("V"),
                cause=f"cause:{next(self.serial)}",
                plan=self.plan,
                ticket=ticket,
                customer=self.customer,
                status=facts["visit"],
                due_at=facts["promised_at"],
                promised_at=facts["promised_at"],
                created_at=facts["created_at"],
                finished_at=None if facts["visit"] == VisitStatus.PLANNED else facts["finished_at"],
            )

    def _review(self, order: Any, facts: dict[str, Any]) -> None:
        order.lines.update(quantity_returned=0)
        with time_machine.travel(order.delivered_at, tick=False):
            case = returns_shop.case(order)
        Timer.objects.filter(case=case).update(
            due_at=facts["review_due_at"], stopped_at=facts["stopped_at"], fired_at=facts["fired_at"]
        )

    def scopes(self) -> list[Scope]:
        """Every kind of filter, and all of them at once."""
        east, us, both = self.teams[0].pk, self.shops[0].pk, frozenset(shop.pk for shop in self.shops)
        return [
            Scope(),
            Scope(team=east),
            Scope(channel=Channel.EMAIL),
            Scope(shops=frozenset({us})),
            Scope(shops=both),
            Scope(shops=frozenset()),
            Scope(east, Channel.EMAIL, both),
        ]


@pytest.fixture
def world(desk: time_machine.Traveller) -> World:
    return World()


def assert_equal_to_the_rows(world: World) -> None:
    """Every measure, filtered in every way: day by day, rows added up one by one, days cut here."""
    at = clock.now()
    for scope in world.scopes():
        stored_days = figures.by_day(MEASURES, WEEK, scope)
        stored_whole = figures.totals(MEASURES, WEEK, scope)
        for measure in MEASURES:
            live: dict[date, Figure] = {}
            for row in figures.rows_in(measure, WEEK, scope, at).values_list("counts_at", "hits", "counts"):
                day = day_of(at) if measure.snapshot else day_of(row[0])
                live[day] = live.get(day, NO_DATA) + Figure(*row[1:])
            assert stored_days[measure.slug] == live, (measure.slug, scope)
            assert stored_whole[measure.slug] == rules.total(live.values()), (measure.slug, scope)


@runs(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=some_data, then=some_data, zone=st.sampled_from(ZONES))
def test_stored_sums_are_what_the_rows_come_to(
    world: World, settings: Any, first: list[Any], then: list[Any], zone: str
) -> None:
    settings.SERVICE_ZONE = zone
    with transaction.atomic():
        for facts in first:
            world.add(facts)
        actions.roll_up(WEEK)
        assert_equal_to_the_rows(world)
        for facts in then:
            world.add(facts)
        Ticket.objects.filter(team=world.teams[0]).update(team=None, type=TicketType.ENQUIRY)
        actions.roll_up(WEEK)
        assert_equal_to_the_rows(world)
        transaction.set_rollback(True)


def test_adding_up_twice_changes_nothing(world: World, alice: Any) -> None:
    tickets.solve(build.ticket(), by=alice)
    build.ticket()
    actions.roll_up(WEEK)
    before = list(DailyFigure.objects.order_by("pk").values())
    assert before
    actions.roll_up(WEEK)
    assert list(DailyFigure.objects.order_by("pk").values()) == before


def test_days_are_added_up_by_themselves_today_first(desk: time_machine.Traveller) -> None:
    desk.move_to(MONDAY_10 - timedelta(days=100))
    build.ticket()
    desk.move_to(MONDAY_10)
    build.ticket()
    assert tasks.roll_up() == actions.DAYS_AT_A_TIME
    assert stored(OPENED, day_of(MONDAY_10), day_of(MONDAY_10)) == Figure(0, 1)
    assert tasks.roll_up() == 1 + 101 - actions.DAYS_AT_A_TIME
    assert stored(OPENED, date(2020, 1, 1), day_of(MONDAY_10)) == Figure(0, 2)
    assert tasks.roll_up() == 1


def test_what_changes_later_is_noticed_within_the_hour(alice: Any, desk: time_machine.Traveller) -> None:
    ticket = build.ticket()
    desk.shift(timedelta(days=10))
    tasks.roll_up()
    assert stored(FIRST_RESPONSE, day_of(MONDAY_10), day_of(MONDAY_10)) == Figure(0, 1)
    tickets.assign(ticket, to=None, team=build.team("east"), by=alice)
    desk.shift(timedelta(hours=1))
    tasks.roll_up()
    scope = Scope(team=Team.objects.get(code="east").pk)
    assert stored(FIRST_RESPONSE, day_of(MONDAY_10), day_of(MONDAY_10), scope) == Figure(0, 1)


def test_another_zone_cuts_all_days_anew(desk: time_machine.Traveller, settings: Any) -> None:
    build.ticket()
    tasks.roll_up()
    settings.SERVICE_ZONE = "America/Los_Angeles"
    assert stored(OPENED, date(2026, 11, 23), date(2026, 11, 23)) == Figure(0, 1)
    desk.shift(timedelta(hours=12))
    tasks.roll_up()
    assert stored(OPENED, date(2026, 11, 22), date(2026, 11, 22)) == Figure(0, 1)
    assert stored(OPENED, date(2026, 11, 23), date(2026, 11, 23)) == NO_DATA


def test_the_backlog_of_a_past_day_stays_as_it_was(alice: Any, desk: time_machine.Traveller) -> None:
    ticket = build.ticket()
    tasks.roll_up()
    desk.shift(timedelta(days=1))
    tickets.solve(ticket, by=alice)
    actions.roll_up(Period(date(2026, 11, 22), day_of(clock.now())))
    kept = DailyFigure.objects.filter(measure="open-day-1", split=0).values_list("day", "denominator")
    assert list(kept) == [(date(2026, 11, 23), 1)]


def test_the_command_adds_up_what_it_is_told(
    desk: time_machine.Traveller, capsys: pytest.CaptureFixture[str]
) -> None:
    build.ticket(type=TicketType.COMPLAINT)
    desk.shift(timedelta(days=40))
    call_command("roll_up", since=date(2026, 11, 20), until=date(2026, 11, 24))
    assert capsys.readouterr().out == "5 days\n"
    assert stored(COMPLAINTS, date(2026, 11, 1), date(2026, 11, 30)) == Figure(0, 1)
    call_command("roll_up", verbosity=0)
    assert RolledDay.objects.count() == 44


def at_once(act: Callable[[], Any], times: int = 2) -> list[Any]:
    """Several real connections doing the same at the same moment."""
    barrier = Barrier(times)

    def worker(_number: int) -> Any:
        barrier.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(worker, range(times)))


@pytest.mark.django_db(transaction=True)
def test_two_workers_adding_up_the_same_days_write_each_sum_once() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 4, tzinfo=UTC), tick=False):
        for _ in range(5):
            build.ticket()
        assert at_once(lambda: actions.roll_up(WEEK), times=4) == [7] * 4
        assert stored(OPENED, WEEK.first, WEEK.last) == counted(OPENED) == Figure(0, 5)
        doubles = DailyFigure.objects.filter(measure=OPENED.slug, split=0)
        assert doubles.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_not_wait_for_another_that_is_at_it() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 4, tzinfo=UTC), tick=False):
        build.ticket()
        with transaction.atomic():
            assert tasks.roll_up() == 1
            assert at_once(tasks.roll_up, times=1) == [0]
        assert tasks.roll_up() == 1
