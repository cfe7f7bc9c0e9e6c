"""Missed deadlines are noted once, by however many workers, and one bad row stops nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from core import clock, events
from core.models import Event
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps, tasks
from tickets.models import CalendarVersion, Clock, ClockEvent, Ticket
from tickets.states import ClockKind


def test_a_missed_deadline_is_noted_once(ticket: Ticket) -> None:
    assert sweeps.sweep_clocks(MONDAY_10 + timedelta(minutes=44)) == 0
    late = MONDAY_10 + timedelta(minutes=61)
    assert sweeps.sweep_clocks(late) == 1
    assert sweeps.sweep_clocks(late) == 0
    first = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert first.breached_at == first.due_at
    event = events.timeline(ticket).filter(kind="clock.breached").get()
    assert (event.subject, event.actor_kind, event.public) == (f"clock:{first.pk}", "system", False)
    assert event.data == {"clock": "first_response", "cycle": 1, "due_at": first.due_at.isoformat()}


def test_a_missed_deadline_keeps_its_place_in_the_queue(ticket: Ticket) -> None:
    late = MONDAY_10 + timedelta(hours=2)
    sweeps.sweep_clocks(late)
    assert list(Ticket.objects.overdue(late)) == [ticket]


def test_a_paused_clock_is_never_missed(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Which one?", by=alice)
    actions.wait(ticket, by=alice)
    assert sweeps.sweep_clocks(MONDAY_10 + timedelta(days=99)) == 0


def test_a_worker_that_comes_late_notes_the_same(ticket: Ticket) -> None:
    sweeps.sweep_clocks(MONDAY_10 + timedelta(days=30))
    missed = dict(ticket.clocks.values_list("kind", "breached_at"))
    assert missed == {
        "first_response": MONDAY_10 + timedelta(hours=1),
        "resolution": MONDAY_10 + timedelta(days=3),
    }


def test_the_task_sweeps_what_is_due_now(ticket: Ticket, monday: Traveller) -> None:
    monday.shift(timedelta(hours=2))
    assert tasks.sweep_clocks() == 1


def test_many_clocks_take_few_statements(
    promises: None, monday: Traveller, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        build.ticket()
    with django_assert_max_num_queries(14):
        assert sweeps.sweep_clocks(MONDAY_10 + timedelta(days=9)) == 60


def spoil(clock: Clock) -> CalendarVersion:
    """Let the clock count in a calendar of its own whose zone is none."""
    ordinary = clock.calendar
    spoilt = CalendarVersion.objects.create(
        calendar=ordinary.calendar, number=99, zone="Nowhere", weekly=ordinary.weekly, created_at=MONDAY_10
    )
    Clock.objects.filter(pk=clock.pk).update(calendar=spoilt)
    return spoilt


def test_a_bad_clock_is_pushed_ahead_and_reported(
    promises: None, monday: Traveller, caplog: pytest.LogCaptureFixture
) -> None:
    tickets = [build.ticket() for _ in range(3)]
    bad = tickets[1].clocks.get(kind=ClockKind.FIRST_RESPONSE)
    spoil(bad)
    late = MONDAY_10 + timedelta(hours=2)
    assert sweeps.sweep_clocks(late) == 3
    assert Event.objects.filter(kind="clock.breached").count() == 2
    bad.refresh_from_db()
    assert (bad.breached_at, bad.failing_since, bad.next_at) == (None, late, late + sweeps.FIRST_DELAY)
    assert bad.last_error == 'ValueError: "Nowhere" is not a known time zone.'
    assert tickets[1].number in Clock.objects.failing().get().ticket.number
    assert any("pushed ahead" in record.message for record in caplog.records)
    assert sweeps.sweep_clocks(late) == 0


def test_a_bad_clock_is_tried_again_and_heals(promises: None, monday: Traveller) -> None:
    bad = build.ticket().clocks.get(kind=ClockKind.FIRST_RESPONSE)
    spoilt = spoil(bad)
    late = MONDAY_10 + timedelta(hours=2)
    sweeps.sweep_clocks(late)
    sweeps.sweep_clocks(late + sweeps.FIRST_DELAY)
    bad.refresh_from_db()
    assert (bad.failures, bad.failing_since) == (2, late)
    assert bad.next_at == late + 3 * sweeps.FIRST_DELAY
    spoilt.zone = "Asia/Shanghai"
    spoilt.save()
    sweeps.sweep_clocks(late + 3 * sweeps.FIRST_DELAY)
    bad.refresh_from_db()
    assert (bad.breached_at, bad.failures, bad.failing_since) == (bad.due_at, 0, None)


@pytest.mark.django_db(transaction=True)
def test_several_workers_note_every_deadline_once(promises: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 7)
    count = 60
    for _ in range(count):
        build.ticket()
    at = clock.now() + timedelta(days=30)
    workers = 6
    together = Barrier(workers)

    def work(_: int) -> int:
        try:
            together.wait(timeout=30)
            return sum(sweeps._sweep_batch(at) for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        handled = sum(pool.map(work, range(workers)))
    assert handled == Event.objects.filter(kind="clock.breached").count() == 2 * count
    assert ClockEvent.objects.filter(kind="breached").count() == 2 * count


@pytest.mark.django_db(transaction=True)
def test_a_reply_and_a_sweep_at_once_note_the_deadline_once(promises: None) -> None:
    alice = build.user("Alice")
    tickets = [build.ticket() for _ in range(10)]
    at = clock.now() + timedelta(days=30)
    past = clock.now() - timedelta(hours=1)
    Clock.objects.filter(kind=ClockKind.FIRST_RESPONSE).update(due_at=past, next_at=past)

    def answer(_: int) -> None:
        try:
            for ticket in tickets:
                actions.reply(ticket, body="Hello", by=alice)
        finally:
            connection.close()

    def sweep(_: int) -> None:
        try:
            sweeps.sweep_clocks(at)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda work: work(0), [answer, sweep]))
    first = Clock.objects.filter(kind=ClockKind.FIRST_RESPONSE)
    assert first.filter(breached_at=None).count() == 0
    assert ClockEvent.objects.filter(kind="breached", clock__in=first).count() == len(tickets)
