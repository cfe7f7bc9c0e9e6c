"""Warnings before a deadline and escalations after it: each once, in order, however late the sweep comes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from time_machine import Traveller

from accounts.models import Team, User
from core import dispatch, events
from core.models import Event, OutgoingMail
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, clocks, ladder, sweeps
from tickets.models import Clock, ClockEvent, PolicyVersion, Ticket
from tickets.states import ClockKind, Priority, TicketStatus

HOUR = 3600
LADDER = [
    {"clock": "resolution", "offset": -2 * HOUR, "notify": ["assignee"]},
    {"clock": "resolution", "offset": 0, "notify": ["leads"], "raise_priority": True},
    {"clock": "resolution", "offset": 3 * HOUR, "notify": ["managers"], "reassign": "rescue"},
]
DUE = MONDAY_10 + timedelta(days=3)
"""27 working hours after Monday, 10:00, in an office that is open from 9 to 18."""


def climb_on(ticket: Ticket, steps: list[dict[str, Any]]) -> None:
    """Give the ticket's clocks another ladder, as if its policy had always had it."""
    assert ticket.policy_version is not None
    PolicyVersion.objects.filter(pk=ticket.policy_version.pk).update(ladder=steps)
    for clock in ticket.clocks.select_related("policy_version", "calendar"):
        Clock.objects.filter(pk=clock.pk).update(next_at=clocks.next_moment(clock))


@pytest.fixture
def climbing(ticket: Ticket, alice: User) -> Ticket:
    """Carol's ticket, answered by Alice who looks after it; only its resolution is open."""
    climb_on(ticket, LADDER)
    actions.reply(ticket, body="We look into it", by=alice)
    return actions.assign(ticket, to=alice, by=alice)


def steps_of(ticket: Ticket) -> list[tuple[str, Any]]:
    kinds = ("clock.warned", "clock.breached", "clock.escalated")
    return [
        (event.kind, event.data.get("step"))
        for event in events.timeline(ticket).filter(kind__in=kinds).order_by("pk")
    ]


def work_off(at: datetime, traveller: Traveller) -> None:
    """Sweep the clocks and do what follows; what happened before has been worked off."""
    Event.objects.update(dispatched_at=MONDAY_10)
    traveller.move_to(at)
    sweeps.sweep_clocks(at)
    dispatch.drain()


def test_every_step_comes_at_its_working_hour(climbing: Ticket) -> None:
    warned = MONDAY_10 + timedelta(days=2, hours=7)  # 2 working hours before Thursday 10:00: Wednesday 17:00
    sweeps.sweep_clocks(warned - timedelta(seconds=1))
    assert steps_of(climbing) == []
    sweeps.sweep_clocks(warned)
    assert steps_of(climbing) == [("clock.warned", 0)]
    sweeps.sweep_clocks(DUE)
    sweeps.sweep_clocks(DUE + timedelta(hours=3))
    assert steps_of(climbing) == [
        ("clock.warned", 0),
        ("clock.breached", None),
        ("clock.escalated", 1),
        ("clock.escalated", 2),
    ]


def test_a_sweep_that_comes_late_takes_the_same_steps_in_the_same_order(climbing: Ticket) -> None:
    assert sweeps.sweep_clocks(DUE + timedelta(days=9)) == 1
    assert sweeps.sweep_clocks(DUE + timedelta(days=99)) == 0
    assert [kind for kind, _step in steps_of(climbing)] == [
        "clock.warned",
        "clock.breached",
        "clock.escalated",
        "clock.escalated",
    ]
    log = ClockEvent.objects.filter(clock__ticket=climbing, clock__kind="resolution").order_by("pk")
    moments = [event.at for event in log]
    assert moments == sorted(moments)
    assert moments[-1] == DUE + timedelta(hours=3)


def test_a_pause_moves_the_steps_that_are_left(climbing: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(hours=1))
    actions.wait(climbing, by=alice)
    assert sweeps.sweep_clocks(DUE + timedelta(days=30)) == 0
    monday.shift(timedelta(hours=4))
    actions.resume(climbing, by=alice)
    resolution = climbing.clocks.get(kind=ClockKind.RESOLUTION)
    assert resolution.due_at == DUE + timedelta(hours=4)
    assert resolution.next_at == MONDAY_10 + timedelta(days=3, hours=2)  # two hours before, on the same day


def test_a_warning_tells_the_assignee_in_their_language(
    climbing: Ticket, alice: User, monday: Traveller
) -> None:
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    work_off(DUE - timedelta(hours=16), monday)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language) == (alice.email, "zh-hans")
    assert climbing.number in mail.subject
    assert "即将到期" in mail.subject


def test_an_escalation_tells_the_leads_of_the_team_and_gets_more_urgent(
    climbing: Ticket, alice: User, lea: User, monday: Traveller
) -> None:
    team = build.team("desk")
    lea.teams.add(team)
    build.user("Other lead", role="lead")
    actions.assign(climbing, to=alice, team=team, by=alice)
    work_off(DUE, monday)
    assert {mail.to for mail in OutgoingMail.objects.all()} == {alice.email, lea.email}
    climbing.refresh_from_db()
    assert climbing.priority == Priority.HIGH
    dispatch.drain()
    assert OutgoingMail.objects.count() == 2


def test_the_last_step_hands_the_ticket_over(climbing: Ticket, mara: User, monday: Traveller) -> None:
    rescue = Team.objects.create(code="rescue", name_en="Rescue", name_zh="救援组")
    work_off(DUE + timedelta(hours=3), monday)
    climbing.refresh_from_db()
    assert (climbing.team, climbing.assignee) == (rescue, None)
    assert OutgoingMail.objects.filter(to=mara.email).count() == 1


def test_a_step_of_a_clock_that_ended_meanwhile_does_nothing(
    climbing: Ticket, alice: User, monday: Traveller
) -> None:
    monday.move_to(DUE)
    sweeps.sweep_clocks(DUE)
    actions.solve(climbing, by=alice)
    Event.objects.exclude(kind__startswith="clock.").update(dispatched_at=MONDAY_10)
    dispatch.drain()
    climbing.refresh_from_db()
    assert (climbing.priority, climbing.status) == (Priority.NORMAL, TicketStatus.SOLVED)
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_several_workers_take_every_step_once(promises: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "BATCH", 5)
    count, workers = 30, 4
    tickets = [build.ticket() for _ in range(count)]
    climb_on(tickets[0], LADDER)
    Clock.objects.filter(kind=ClockKind.RESOLUTION).update(next_at=MONDAY_10)
    at = tickets[0].created_at + timedelta(days=60)
    together = Barrier(workers)

    def work(_: int) -> None:
        try:
            together.wait(timeout=30)
            for _round in range(20):
                sweeps._sweep_batch(at)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        list(pool.map(work, range(workers)))
    for ticket in tickets:
        taken = list(ClockEvent.objects.filter(clock__ticket=ticket, clock__kind="resolution").order_by("pk"))
        assert [event.kind for event in taken] == ["activated", "stepped", "breached", "stepped", "stepped"]
        assert [event.step for event in taken if event.step is not None] == [0, 1, 2]


def somebody_waits() -> bool:
    """Whether somebody waits for a row that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_worker_waits_for_the_one_that_has_an_earlier_step_in_hand(
    climbing: Ticket, alice: User, mara: User, monday: Traveller, eventually: Callable[..., Any]
) -> None:
    Team.objects.create(code="rescue", name_en="Rescue", name_zh="救援组")
    Event.objects.update(dispatched_at=MONDAY_10)
    monday.move_to(late := DUE + timedelta(hours=3))
    sweeps.sweep_clocks(late)

    def other_worker() -> None:
        try:
            dispatch.drain()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            dispatch.dispatch_next(late)  # the warning, not committed yet
            waiting = pool.submit(other_worker)
            eventually(somebody_waits)
        waiting.result(timeout=60)
    told = OutgoingMail.objects.order_by("pk").values_list("to", flat=True)
    assert list(told) == [alice.email, mara.email]


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({}, "A ladder is a list"),
        (["step"], "A step has these parts"),
        ([{"clock": "lunch", "offset": 0, "notify": ["leads"]}], "“lunch” is not a kind of clock"),
        ([{"clock": "resolution", "offset": "soon", "notify": ["leads"]}], "“soon” is not a number"),
        ([{"clock": "resolution", "offset": 0, "notify": ["boss"]}], "“boss” cannot be told"),
        ([{"clock": "resolution", "offset": 0, "notify": "leads"}], "Who is told is a list"),
        ([{"clock": "resolution", "offset": 0}], "A step tells somebody"),
        ([{"clock": "resolution", "offset": 0, "reassign": 4}], "gives the ticket to a team"),
        ([{"clock": "resolution", "offset": 0, "notify": ["leads"]}] * 13, "at most 12 steps"),
    ],
)
def test_a_ladder_that_is_none_is_refused_with_a_sentence(stored: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ladder.parse(stored)


def test_steps_are_read_in_the_order_in_which_they_come() -> None:
    steps = ladder.parse(list(reversed(LADDER)))
    assert [step.as_stored["offset"] for step in steps] == [-2 * HOUR, 0, 3 * HOUR]
    assert ladder.parse([step.as_stored for step in steps]) == steps
