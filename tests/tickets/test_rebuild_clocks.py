"""Every clock follows from its event log: random days at the desk, then the log alone tells the same."""

import io
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from core import clock
from core.errors import Refused
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps
from tickets.actions import promises as promising
from tickets.clocks import replaying
from tickets.defaults import ensure_promises
from tickets.models import Clock, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import Channel, Priority, TicketType

VERBS = {
    "reply": lambda ticket, by: actions.reply(ticket, body="Hello", by=by),
    "receive": lambda ticket, by: actions.receive(
        ticket, body="And?", by=ticket.customer, channel=Channel.PORTAL
    ),
    "wait": lambda ticket, by: actions.wait(ticket, by=by),
    "resume": lambda ticket, by: actions.resume(ticket, by=by),
    "solve": lambda ticket, by: actions.solve(ticket, by=by),
    "reopen": lambda ticket, by: actions.reopen(ticket, by=by),
    "complaint": lambda ticket, by: actions.set_type(ticket, type=TicketType.COMPLAINT, by=by),
    "enquiry": lambda ticket, by: actions.set_type(ticket, type=TicketType.ENQUIRY, by=by),
    "urgent": lambda ticket, by: actions.set_priority(ticket, priority=Priority.URGENT, by=by),
    "low": lambda ticket, by: actions.set_priority(ticket, priority=Priority.LOW, by=by),
    "hold": lambda ticket, by: promising.hold_to_policy(ticket, by=by),
    "sweep": lambda ticket, by: sweeps.sweep_clocks(clock.now()),
}

day = st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 60 * 40)), max_size=14)


def rebuild(*arguments: str) -> tuple[dict[str, Any], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("rebuild_clocks", *arguments, stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        code = int(str(ended.code))
    return json.loads(out.getvalue()), code


class Desk(TestCase):
    def setUp(self) -> None:
        ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
        standard = SlaPolicy.objects.get(order=100)
        version = standard.current
        assert version is not None
        promising.draft_policy(
            standard,
            calendar=version.calendar,
            conditions=version.conditions,
            targets={**version.targets, "resolution": {"1": 90_000, "2": 50_000, "4": 9_000}},
            ladder=version.ladder[1:],
            name_en=standard.name_en,
            name_zh=standard.name_zh,
            order=100,
            is_active=True,
            by=build.user("Ada"),
        )
        self.policy = standard

    @hypothesis_settings(max_examples=60)
    @given(day)
    def test_the_log_alone_tells_what_the_clock_says(self, done: list[tuple[str, int]]) -> None:
        alice = build.user("Alice")
        with time_machine.travel(MONDAY_10, tick=False) as traveller:
            ticket = build.ticket()
            promising.publish_policy(self.policy, by=alice)
            for verb, minutes in done:
                traveller.shift(timedelta(minutes=minutes))
                ticket = self._do(verb, ticket, alice)
        for one in ticket.clocks.all():
            log = list(one.events.select_related("calendar", "policy_version").order_by("pk"))
            assert replaying.differences(one, log) == {}

    def _do(self, verb: str, ticket: Ticket, by: User) -> Ticket:
        with suppress(Refused):
            VERBS[verb](ticket, by)
        return Ticket.objects.get(pk=ticket.pk)


def test_a_clean_house_passes_the_check(ticket: Ticket) -> None:
    assert rebuild("--check") == ({"clocks": 2, "differing": 0, "unreadable": 0, "mended": 0}, 0)


def test_a_row_that_was_tampered_with_is_named_and_mended(ticket: Ticket) -> None:
    first = ticket.clocks.get(kind="first_response")
    Clock.objects.filter(pk=first.pk).update(due_at=MONDAY_10, next_at=None, state="paused")
    assert rebuild("--check") == ({"clocks": 2, "differing": 1, "unreadable": 0, "mended": 0}, 1)
    assert rebuild() == ({"clocks": 2, "differing": 1, "unreadable": 0, "mended": 1}, 0)
    assert Clock.objects.get(pk=first.pk).due_at == first.due_at
    assert rebuild("--check")[1] == 0


def test_a_log_without_a_beginning_is_reported_and_left_alone(ticket: Ticket) -> None:
    first = ticket.clocks.get(kind="first_response")
    first.events.all().delete()
    assert rebuild() == ({"clocks": 2, "differing": 0, "unreadable": 1, "mended": 0}, 1)
    assert Clock.objects.get(pk=first.pk).due_at == first.due_at


@pytest.mark.parametrize("number", ["T-1", "T-99999999"])
def test_only_one_ticket_can_be_looked_at(ticket: Ticket, number: str) -> None:
    assert rebuild("--check", "--ticket", number)[0]["clocks"] == 0
    assert rebuild("--check", "--ticket", ticket.number)[0]["clocks"] == 2
