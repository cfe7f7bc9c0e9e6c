"""The outbox: every reaction takes effect exactly once, whatever fails and however many work."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from aftersales import reactions as reactions_of_the_house
from core import clock, dispatch, events
from core.actors import SYSTEM
from core.models import Event, OutgoingMail, ReactionRun
from tests import build

KIND = "customer.edited"
REACTIONS: dict[str, tuple[str, ...]] = {}
BROKEN: set[str] = set()


def first(event: Event) -> None:
    """Leaves a mail as a trace of its effect, then fails if it is meant to."""
    _leave("first", event)


def second(event: Event) -> None:
    """Another one."""
    _leave("second", event)


def _leave(name: str, event: Event) -> None:
    now = clock.now()
    OutgoingMail.objects.create(
        key=f"{name}:{event.pk}:{OutgoingMail.objects.count()}",
        to="x@example.com",
        created_at=now,
        next_attempt_at=now,
    )
    if name in BROKEN:
        raise RuntimeError(f"{name} is broken")


@pytest.fixture(autouse=True)
def reactions(settings: Any) -> Iterator[None]:
    settings.EVENT_REACTIONS = f"{__name__}.REACTIONS"
    REACTIONS[KIND] = (f"{__name__}.first", f"{__name__}.second")
    BROKEN.clear()
    yield
    REACTIONS.clear()


@pytest.fixture
def event(db: None) -> Event:
    Event.objects.update(dispatched_at=clock.now())
    return happen()


def happen() -> Event:
    return events.record(KIND, build.customer(), by=SYSTEM)


def effects() -> list[str]:
    return [
        key.partition(":")[0] for key in OutgoingMail.objects.order_by("pk").values_list("key", flat=True)
    ]


def fresh(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def test_reactions_run_in_the_listed_order_once(event: Event) -> None:
    dispatch.drain()
    dispatch.drain()
    assert effects() == ["first", "second"]
    assert fresh(event).dispatched_at is not None
    assert ReactionRun.objects.filter(event=event).count() == 2


def test_an_event_without_reactions_is_done(event: Event) -> None:
    REACTIONS.clear()
    dispatch.drain()
    assert fresh(event).dispatched_at is not None


def test_a_failing_reaction_leaves_no_trace_and_stops_no_other(event: Event) -> None:
    BROKEN.add("first")
    dispatch.drain()
    assert effects() == ["second"]
    waiting = fresh(event)
    assert (waiting.dispatched_at, waiting.attempts) == (None, 1)
    assert "first is broken" in waiting.last_error


def test_a_retry_runs_only_what_has_not_run(event: Event) -> None:
    BROKEN.add("first")
    dispatch.drain()
    BROKEN.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=6), tick=False):
        dispatch.drain()
    assert effects() == ["second", "first"]
    assert fresh(event).dispatched_at is not None


def test_it_waits_longer_each_time_and_is_parked_in_the_end(event: Event) -> None:
    BROKEN.add("first")
    waits = []
    with time_machine.travel(clock.now(), tick=False) as traveller:
        while not fresh(event).parked_at:
            dispatch.drain()
            waits.append(fresh(event).next_attempt_at - clock.now())
            traveller.move_to(fresh(event).next_attempt_at)
    assert len(waits) == dispatch.MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[0] == dispatch.FIRST_DELAY
    assert max(waits) <= dispatch.LONGEST_DELAY
    assert dispatch.drain() == 0


def test_a_failing_event_does_not_hold_up_others(event: Event) -> None:
    BROKEN.add("first")
    dispatch.drain()
    BROKEN.clear()
    other = happen()
    dispatch.drain()
    assert fresh(other).dispatched_at is not None
    assert fresh(event).dispatched_at is None


def test_a_parked_event_gets_another_round(event: Event) -> None:
    now = clock.now()
    Event.objects.filter(pk=event.pk).update(
        parked_at=now, attempts=8, next_attempt_at=now + timedelta(days=1)
    )
    assert dispatch.drain() == 0
    dispatch.retry(event)
    dispatch.drain()
    assert effects() == ["first", "second"]


def test_retrying_what_is_done_changes_nothing(event: Event) -> None:
    dispatch.drain()
    done = fresh(event)
    dispatch.retry(event)
    assert fresh(event).next_attempt_at == done.next_attempt_at
    dispatch.drain()
    assert effects() == ["first", "second"]


def test_a_reaction_that_spoils_the_connection_harms_only_itself(
    event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(_event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setitem(globals(), "first", spoil)
    dispatch.drain()
    assert effects() == ["second"]


def test_draining_stops_at_its_limit(event: Event) -> None:
    happen()
    assert dispatch.drain(limit=1) == 1
    assert Event.objects.undispatched().filter(kind=KIND).count() == 1


def test_every_listed_reaction_exists(settings: Any) -> None:
    settings.EVENT_REACTIONS = "aftersales.reactions.REACTIONS"
    for kind in reactions_of_the_house.REACTIONS:
        assert all(callable(reaction) for _name, reaction in dispatch.reactions_for(kind))


def test_many_workers_share_the_work_and_do_everything_once(
    together: Callable[..., list[Any]],
) -> None:
    customer = build.customer()
    Event.objects.update(dispatched_at=clock.now())
    count = 40
    for _ in range(count):
        events.record(KIND, customer, by=SYSTEM)
    handled = together(*[dispatch.drain] * 6)
    assert sum(handled) == count
    assert sorted(effects()) == ["first"] * count + ["second"] * count
    assert Event.objects.undispatched().count() == 0
