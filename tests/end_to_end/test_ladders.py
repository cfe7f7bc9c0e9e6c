"""Ladders of many late clocks, while workers are killed in the middle of the sweep or come in pairs: every
step once, in order."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F

from accounts.models import Team
from core import clock
from core.models import Event, OutgoingMail
from tests import build
from tests.background import Background
from tickets import actions
from tickets.clocks import replaying
from tickets.defaults import ensure_promises
from tickets.models import Clock, ClockEvent, PolicyVersion, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import ClockKind, ClockState, Priority

Eventually = Callable[..., Any]

COUNT, BATCH = 16, 3
HOUR = 3600
LADDER = [
    {"clock": "resolution", "offset": -2 * HOUR, "notify": ["assignee"]},
    {"clock": "resolution", "offset": 0, "notify": ["leads"], "raise_priority": True},
    {"clock": "resolution", "offset": 3 * HOUR, "notify": ["managers"], "reassign": "rescue"},
]
CLIMBED = ["activated", "stepped", "breached", "stepped", "stepped"]
TOLD = [("clock.warned", 0), ("clock.breached", None), ("clock.escalated", 1), ("clock.escalated", 2)]


@pytest.fixture
def late(transactional_db: None) -> list[Ticket]:
    """Tickets of Alice whose ladders have come as a whole, while no worker ran."""
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    PolicyVersion.objects.update(ladder=LADDER)
    desk = build.team("desk")
    alice, lea = build.user("Alice"), build.user("Lea", role="lead")
    desk.members.add(alice, lea)
    build.user("Mara", role="manager")
    Team.objects.create(code="rescue", name_en="Rescue", name_zh="救援组")
    with time_machine.travel(clock.now() - timedelta(days=60)):
        tickets = [build.ticket() for _ in range(COUNT)]
        for ticket in tickets:
            actions.assign(ticket, to=alice, team=desk, by=alice)
    answered = Clock.objects.exclude(kind=ClockKind.RESOLUTION)
    answered.update(state=ClockState.FULFILLED, fulfilled_at=F("started_at"), next_at=None)
    Event.objects.update(dispatched_at=clock.now())
    OutgoingMail.objects.all().delete()
    return tickets


@pytest.fixture
def hire(transactional_db: None, settings: Any) -> Iterator[Callable[[], Background]]:
    """`hire()`: one more worker and one more beat, not started yet; their sweeps take small batches."""
    hired: list[Background] = []

    def one_more() -> Background:
        background = Background(settings.PUBLIC_URL, settings.MAIL_DIR, settings.MEDIA_ROOT)
        background.environment["TEST_BATCH"] = str(BATCH)
        hired.append(background)
        return background

    yield one_more
    for background in hired:
        background.stop()


@contextmanager
def nobody_tells() -> Iterator[None]:
    """While it lasts no event can be written: a sweep stands still just before it would have committed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_event IN SHARE MODE")
        yield


def somebody_waits() -> bool:
    """Whether a sweep stands there with its clocks stored and cannot tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks AS wanted JOIN pg_locks AS held USING (pid)"
            " WHERE wanted.relation = 'core_event'::regclass AND NOT wanted.granted"
            " AND held.relation = 'tickets_clockevent'::regclass AND held.mode = 'RowExclusiveLock'"
        )
        return bool(cursor.fetchone()[0])


def taken() -> int:
    return ClockEvent.objects.filter(kind="stepped").count()


def all_done() -> bool:
    return taken() >= COUNT * len(LADDER) and not Event.objects.undispatched().exists()


def every_step_came_once(tickets: list[Ticket]) -> None:
    assert not Event.objects.parked().exists()
    clocks = Clock.objects.filter(ticket__in=tickets, kind=ClockKind.RESOLUTION)
    assert clocks.count() == COUNT
    for one in clocks.select_related("external").order_by("pk"):
        log = list(one.events.select_related("calendar", "policy_version").order_by("pk"))
        assert [event.kind for event in log] == CLIMBED
        assert [event.step for event in log if event.step is not None] == [0, 1, 2]
        assert replaying.differences(one, log) == {}
        told = Event.objects.filter(subject=f"clock:{one.pk}").order_by("pk")
        assert [(event.kind, event.data.get("step")) for event in told] == TOLD


def every_step_took_effect_once(tickets: list[Ticket]) -> None:
    told = Counter(OutgoingMail.objects.values_list("about", "to"))
    assert set(told.values()) == {1}
    assert len(told) == COUNT * 3  # Alice was warned, Lea and Mara were told
    rescue = Team.objects.get(code="rescue")
    for ticket in Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]):
        assert (ticket.priority, ticket.team_id, ticket.assignee_id) == (Priority.HIGH, rescue.pk, None)
        done = Event.objects.filter(thread=f"ticket:{ticket.pk}", actor_kind="system")
        kinds = Counter(done.values_list("kind", flat=True))
        assert (kinds["ticket.priority_set"], kinds["ticket.assigned"]) == (1, 1)


def test_killed_in_the_middle_of_a_sweep_every_step_comes_once(
    late: list[Ticket], hire: Callable[[], Background], eventually: Eventually
) -> None:
    background = hire()
    with nobody_tells():
        background.start()
        eventually(somebody_waits)
        background.kill()  # in the very first batch: nothing of it stays
    assert taken() == 0

    with nobody_tells():
        background.start()
        eventually(somebody_waits)
    with nobody_tells():  # behind the batches that stood there, before the next ones
        eventually(somebody_waits)
        background.kill()
    assert 0 < taken() < COUNT * len(LADDER)

    background.start()
    eventually(all_done)
    every_step_came_once(late)
    every_step_took_effect_once(late)


def test_two_workers_and_two_beats_take_every_step_once(
    late: list[Ticket], hire: Callable[[], Background], eventually: Eventually
) -> None:
    for background in (hire(), hire()):
        background.start()
    eventually(all_done)
    every_step_came_once(late)
    every_step_took_effect_once(late)
