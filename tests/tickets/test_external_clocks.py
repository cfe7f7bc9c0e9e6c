"""Deadlines that somebody else sets run beside those of the policy, in a calendar of their own."""

from datetime import timedelta

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, sweeps
from tickets.actions.external_deadlines import edit_external_deadline
from tickets.clocks import ladder_of
from tickets.models import Clock, ExternalPromise, ServiceCalendar, Ticket
from tickets.states import Channel, ClockKind, ClockState, ExternalStart, MetBy


@pytest.fixture
def platform(promises: None) -> ExternalPromise:
    """A marketplace that wants an answer to shop messages within 24 hours, day and night."""
    return ExternalPromise.objects.create(
        name_en="Marketplace answer",
        name_zh="平台回复时限",
        consequence_en="The marketplace decides for the customer.",
        consequence_zh="平台将判定支持买家。",
        conditions={"field": "channel", "op": "is", "value": "shop"},
        starts_on=ExternalStart.CUSTOMER_WROTE,
        met_by=MetBy.REPLIED,
        calendar=ServiceCalendar.objects.get(code="always"),
        budget=timedelta(hours=24),
        ladder=[{"clock": "external", "offset": -3600, "notify": ["leads"]}],
    )


def external(ticket: Ticket) -> list[Clock]:
    return list(ticket.clocks.filter(kind=ClockKind.EXTERNAL).order_by("pk"))


def test_it_starts_with_what_the_customer_writes(platform: ExternalPromise, monday: Traveller) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    monday.shift(timedelta(minutes=5))  # the worker comes late; the clock does not
    dispatch.drain()
    [clock] = external(ticket)
    assert (clock.started_at, clock.due_at) == (MONDAY_10, MONDAY_10 + timedelta(hours=24))
    assert clock.next_at == MONDAY_10 + timedelta(hours=23)
    assert events.timeline(ticket).filter(kind="clock.started").count() == 1


def test_it_applies_only_where_its_conditions_hold(platform: ExternalPromise, monday: Traveller) -> None:
    ticket = build.ticket(channel=Channel.EMAIL)
    dispatch.drain()
    assert external(ticket) == []


def test_a_reply_of_a_person_meets_it_and_the_next_message_starts_another(
    platform: ExternalPromise, monday: Traveller, alice: User
) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    actions.reply(ticket, body="Hello", by=alice)
    actions.receive(ticket, body="And?", by=ticket.customer, channel=Channel.SHOP)
    actions.receive(ticket, body="Hello?", by=ticket.customer, channel=Channel.SHOP)
    dispatch.drain()
    first, second = external(ticket)
    assert (first.state, second.state, second.turn) == (ClockState.FULFILLED, ClockState.RUNNING, 2)


def test_an_answer_quicker_than_the_worker_meets_it_too(
    platform: ExternalPromise, monday: Traveller, alice: User
) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    monday.shift(timedelta(seconds=1))
    actions.reply(ticket, body="Hello", by=alice)
    dispatch.drain()
    [clock] = external(ticket)
    assert (clock.state, clock.fulfilled_at) == (ClockState.FULFILLED, MONDAY_10 + timedelta(seconds=1))


def test_it_does_not_wait_with_the_ticket(platform: ExternalPromise, monday: Traveller, alice: User) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    actions.wait(ticket, by=alice)
    assert external(ticket)[0].state == ClockState.RUNNING


def test_it_is_shown_with_what_follows_when_it_is_missed(
    page: Client, platform: ExternalPromise, monday: Traveller
) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    assert "Marketplace answer" in page.get(f"/console/tickets/{ticket.number}/").content.decode()
    shown = page.get(f"/console/tickets/{ticket.number}/clocks/external/1/1/").content.decode()
    assert "The marketplace decides for the customer." in shown
    page.cookies["django_language"] = "zh-hans"
    shown = page.get(f"/console/tickets/{ticket.number}/clocks/external/1/1/").content.decode()
    assert "平台将判定支持买家。" in shown


def test_a_running_clock_keeps_the_ladder_it_began_with(
    platform: ExternalPromise, monday: Traveller, ada: User
) -> None:
    ticket = build.ticket(channel=Channel.SHOP)
    dispatch.drain()
    edit_external_deadline(platform, ladder=[], by=ada)
    [clock] = external(ticket)
    assert len(ladder_of(clock)) == 1
    monday.shift(timedelta(hours=23, minutes=1))
    sweeps.sweep_clocks(MONDAY_10 + timedelta(hours=23, minutes=1))
    assert external(ticket)[0].taken == 1
