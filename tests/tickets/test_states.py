"""Which status may follow which: the table, and that every verb keeps to it."""

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions
from tickets.models import Ticket
from tickets.states import FOLLOWS, UNSOLVED, TicketStatus, may_follow

NEW, OPEN, CUSTOMER, THIRD, SOLVED, CLOSED = TicketStatus

VERBS: dict[str, tuple[Callable[..., Ticket], dict[str, Any], TicketStatus]] = {
    "wait": (actions.wait, {}, CUSTOMER),
    "wait for a third party": (actions.wait, {"third_party": True}, THIRD),
    "resume": (actions.resume, {}, OPEN),
    "solve": (actions.solve, {}, SOLVED),
    "reopen": (actions.reopen, {}, OPEN),
    "close": (actions.close, {}, CLOSED),
}

ALLOWED = {
    (NEW, OPEN),
    (NEW, CUSTOMER),
    (NEW, THIRD),
    (NEW, SOLVED),
    (NEW, CLOSED),
    (OPEN, CUSTOMER),
    (OPEN, THIRD),
    (OPEN, SOLVED),
    (OPEN, CLOSED),
    (CUSTOMER, OPEN),
    (CUSTOMER, THIRD),
    (CUSTOMER, SOLVED),
    (CUSTOMER, CLOSED),
    (THIRD, OPEN),
    (THIRD, CUSTOMER),
    (THIRD, SOLVED),
    (THIRD, CLOSED),
    (SOLVED, OPEN),
    (SOLVED, CLOSED),
}


@pytest.mark.parametrize("target", TicketStatus)
@pytest.mark.parametrize("current", TicketStatus)
def test_every_pair_is_in_the_table_or_not(current: TicketStatus, target: TicketStatus) -> None:
    assert may_follow(current, target) == ((current, target) in ALLOWED)


def test_every_status_has_its_row() -> None:
    assert set(FOLLOWS) == set(TicketStatus)


def expected(verb: str, current: TicketStatus) -> str:
    """What a verb does to a ticket in a status: "changes", "stays" or "refuses"."""
    target = VERBS[verb][2]
    if current == target or (verb == "reopen" and current in UNSOLVED):
        return "stays"
    if verb == "resume" and current == SOLVED:
        return "refuses"
    return "changes" if (current, target) in ALLOWED else "refuses"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("current", TicketStatus)
def test_every_verb_in_every_status(promises: None, current: TicketStatus, verb: str) -> None:
    ticket = build.ticket(status=current)
    act, options, target = VERBS[verb]
    before = Event.objects.count()
    alice = build.user("Alice")
    match expected(verb, current):
        case "refuses":
            with pytest.raises(Refused):
                act(ticket, by=alice, **options)
            assert Ticket.objects.get(pk=ticket.pk).status == current
            assert Event.objects.count() == before
        case "stays":
            assert act(ticket, by=alice, **options).status == current
            assert Event.objects.count() == before
        case _:
            assert act(ticket, by=alice, **options).status == target
            changed = Ticket.objects.get(pk=ticket.pk)
            assert (changed.status, changed.version) == (target, ticket.version + 1)
            event = Event.objects.latest("pk")
            assert Event.objects.count() == before + 1
            assert event.actor_name == "Alice"


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_done_twice_changes_nothing(promises: None, verb: str) -> None:
    ticket = build.ticket(status=SOLVED if verb == "reopen" else NEW)
    act, options, _ = VERBS[verb]
    alice = build.user("Alice")
    once = act(ticket, by=alice, **options)
    events = Event.objects.count()
    twice = act(ticket, by=alice, **options)
    assert (once.version, once.status, once.cycle) == (twice.version, twice.status, twice.cycle)
    assert Event.objects.count() == events
