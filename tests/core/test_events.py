"""Recording what happened, and reading it back as a timeline."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import User
from core import events, words
from core.actors import SYSTEM, Actor
from core.models import Event
from customers.models import Customer

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def kinds(rows: object) -> list[str]:
    return [event.kind for event in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", ["user", "customer", "system"])
def test_an_event_says_what_to_whom_by_whom_and_when(alice: User, carol: Customer, who: str) -> None:
    actors: dict[str, Actor] = {"user": alice, "customer": carol, "system": SYSTEM}
    by = actors[who]
    with time_machine.travel(NOON, tick=False):
        event = events.record("customer.edited", carol, by=by, fields=["name"])
    assert (event.subject, event.thread, event.subject_pk) == (
        f"customer:{carol.pk}",
        f"customer:{carol.pk}",
        carol.pk,
    )
    assert (event.actor_kind, event.actor_id, event.actor_name) == (who, by.pk, by.display_name)
    assert (event.at, event.next_attempt_at, event.data) == (NOON, NOON, {"fields": ["name"]})
    assert not event.public


def test_an_event_shows_on_the_timeline_of_its_thread(alice: User, carol: Customer) -> None:
    events.record("customer.edited", alice, by=alice, thread=carol)
    events.record("customer.edited", carol, by=alice, public=True)
    events.record("customer.edited", alice, by=alice)
    assert len(events.timeline(carol)) == 2
    assert len(events.timeline(carol, public_only=True)) == 1
    assert len(events.history(alice)) == 2


def test_history_may_be_narrowed_to_kinds(carol: Customer) -> None:
    for kind in ("customer.edited", "customer.contact_removed", "customer.edited"):
        events.record(kind, carol, by=SYSTEM)
    assert kinds(events.history(carol, kinds=["customer.edited"])) == ["customer.edited"] * 2
    assert kinds(events.history(carol, kinds=[])) == []


def test_an_event_and_its_cause_are_one(carol: Customer) -> None:
    before = Event.objects.count()

    @transaction.atomic
    def act() -> None:
        events.record("customer.edited", carol, by=SYSTEM)
        Customer.objects.create(number=carol.number, name="Twin", created_at=NOON)

    with pytest.raises(IntegrityError):
        act()
    assert Event.objects.count() == before


def test_many_events_are_written_in_one_statement(carol: Customer, django_assert_num_queries: object) -> None:
    built = [events.build("customer.edited", carol, by=SYSTEM, turn=turn) for turn in range(20)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        written = events.record_all(built)
    assert [event.data["turn"] for event in written] == list(range(20))
    assert all(event.pk for event in written)


def test_words_name_the_actor_and_an_unknown_kind_shows_its_name(carol: Customer) -> None:
    assert words.event(events.build("no.such_kind", carol, by=SYSTEM)) == "no.such_kind"
    assert words.actor(events.build("customer.edited", carol, by=SYSTEM)) == "System"
    assert words.actor(events.build("customer.edited", carol, by=carol)) == carol.display_name
