"""Calls: written down by whoever spoke, told by telephone systems, found by number."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels.actions import calling, taking_in
from channels.connection_states import CallOutcome, CallState
from channels.models import Connection, PhoneCall
from core import clock, dispatch, events
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact
from customers.models import Customer
from tests import build
from tests.channels import wires
from tickets import actions
from tickets.access import messages_of
from tickets.defaults import ensure_promises
from tickets.models import Clock, Message, ServiceCalendar, SlaPolicy, Ticket
from tickets.states import Channel, ClockKind, ClockState, TicketStatus, Visibility

pytestmark = pytest.mark.django_db

NUMBER = "+8613800138000"


@pytest.fixture
def carol() -> Customer:
    carol = build.customer("Carol")
    add_contact(carol, kind="phone", value="13800138000", by=SYSTEM)
    return carol


def log(alice: User, **fields: Any) -> PhoneCall:
    told = {
        "number": "138 0013 8000",
        "direction": "inbound",
        "outcome": CallOutcome.TALKED,
        "summary": "Wants a new shade.",
        **fields,
    }
    return calling.log_call(by=alice, **told)


def test_a_call_opens_a_ticket_of_whoever_has_the_number(carol: Customer, alice: User) -> None:
    row = log(alice, subject="Broken shade", concern="The shade is broken.", seconds=250)
    ticket = row.ticket
    assert ticket is not None
    assert (row.customer, ticket.customer, row.number) == (carol, carol, NUMBER)
    assert (ticket.channel, ticket.assignee, ticket.status) == (Channel.PHONE, alice, TicketStatus.OPEN)
    first, note = ticket.messages.all()
    assert (first.body, first.visibility) == ("The shade is broken.", Visibility.PUBLIC)
    assert note.visibility == Visibility.INTERNAL
    assert "4:10" in note.body
    assert "Wants a new shade." in note.body
    assert list(messages_of(ticket)) == [first]  # what is written about a call is for us


def test_somebody_new_is_met_by_number(alice: User) -> None:
    row = log(alice, subject="Question", name="Nina")
    assert row.customer is not None
    assert (row.customer.name, row.customer.phone) == ("Nina", NUMBER)


def test_a_talk_is_a_first_response_and_a_call_in_vain_is_none(carol: Customer, alice: User) -> None:
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    ticket = build.ticket(customer=carol)

    def first() -> Clock:
        return ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)

    log(alice, ticket=ticket, outcome=CallOutcome.MISSED, summary="", direction="outbound")
    ticket.refresh_from_db()
    assert (first().state, ticket.first_response_at) == (ClockState.RUNNING, None)
    log(alice, ticket=ticket, direction="outbound")
    ticket.refresh_from_db()
    assert first().state == ClockState.FULFILLED
    assert ticket.first_response_at is not None
    assert (ticket.status, ticket.last_message_by) == (TicketStatus.OPEN, "user")


def test_no_clock_is_met_in_the_past_on_somebodys_word(carol: Customer, alice: User) -> None:
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=clock.now().year)
    ticket = build.ticket(customer=carol)
    later = clock.now() + timedelta(days=9)
    with clock.stopped(later):
        log(alice, ticket=ticket, started_at=later - timedelta(days=9))
    first = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert first.breached_at is not None
    assert first.fulfilled_at == later


def test_a_closed_ticket_takes_a_call_and_stays_closed(carol: Customer, alice: User) -> None:
    ticket = build.ticket(customer=carol, status=TicketStatus.CLOSED)
    log(alice, ticket=ticket)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.CLOSED
    assert ticket.messages.count() == 2


def test_a_call_writes_nothing_to_the_customer(carol: Customer, alice: User) -> None:
    ticket = build.ticket(customer=carol)
    dispatch.drain()
    before = OutgoingMail.objects.count()
    log(alice, ticket=ticket)
    dispatch.drain()
    assert OutgoingMail.objects.count() == before


def test_a_form_sent_twice_is_one_call(together: Callable[..., list[Any]], transactional_db: None) -> None:
    alice, carol = build.user(), build.customer("Carol")
    ticket = build.ticket(customer=carol)
    outcomes = together(*[lambda: log(alice, ticket=ticket, key="form-1")] * 5)
    assert {one.pk for one in outcomes} == {PhoneCall.objects.get().pk}
    assert ticket.messages.count() == 2


def test_a_withheld_number_needs_somebody_to_belong_to(alice: User, carol: Customer) -> None:
    with pytest.raises(Refused, match=r"call\.whose"):
        log(alice, number="", subject="Question")
    assert log(alice, number="", subject="Question", customer=carol).customer == carol
    wrong = log(alice, number="", outcome=CallOutcome.WRONG_NUMBER, summary="")
    assert (wrong.ticket, wrong.logged_at is not None) == (None, True)


# --- the pages ---------------------------------------------------------------------------------------


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "number": "13800138000",
        "direction": "inbound",
        "outcome": "talked",
        "minutes_ago": "5",
        "length": "4:30",
        "summary": "Wants a new shade.",
        "target": "new",
        "subject": "Broken shade",
        "type": "enquiry",
        "key": "k",
        **fields,
    }


def test_the_form_shows_who_is_calling(client: Client, alice: User, carol: Customer) -> None:
    order = build.order(customer=carol, number="SO-77")
    ticket = build.ticket(customer=carol)
    client.force_login(alice)
    page = client.get(reverse("console:call-who"), {"number": "138 0013 8000"}).content.decode()
    for said in ("Carol", order.number, ticket.number):
        assert said in page
    page = client.get(reverse("console:call-new"), {"customer": carol.number}).content.decode()
    assert "13800138000" in page
    looked_up = client.post(reverse("console:call-new"), typed(lookup="1", summary="Kept as typed"))
    assert looked_up.status_code == 200
    assert "Carol" in looked_up.content.decode()
    assert "Kept as typed" in looked_up.content.decode()
    assert not PhoneCall.objects.exists()


def test_what_depends_on_a_choice_is_not_called_optional(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get(reverse("console:call-new")).content.decode()
    labels = dict(re.findall(r'<label class="field__label" for="id_(\w+)">(.*?)</label>', page))
    assert not any("optional" in labels[name] for name in ("subject", "summary", "ticket"))
    assert "optional" in labels["order_number"]


def test_a_call_is_written_down_on_the_page(client: Client, alice: User, carol: Customer) -> None:
    client.force_login(alice)
    answer = client.post(reverse("console:call-new"), typed())
    ticket = Ticket.objects.get()
    assert answer["Location"].startswith(reverse("console:ticket", args=[ticket.number]))
    row = PhoneCall.objects.get()
    assert (row.seconds, row.agent, row.customer) == (270, alice, carol)
    page = client.get(reverse("console:ticket", args=[ticket.number])).content.decode()
    assert "Wants a new shade." in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"subject": ""}, "A new ticket needs a subject."),
        ({"target": "known", "ticket": ""}, "Which ticket does it belong to?"),
        ({"length": "a while"}, "minutes and seconds"),
        ({"summary": ""}, "what was said"),
        ({"number": "12", "name": "x"}, "not a phone number"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, alice: User, fields: dict[str, str], said: str
) -> None:
    client.force_login(alice)
    answer = client.post(reverse("console:call-new"), typed(**fields))
    assert answer.status_code in (409, 422)
    page = answer.content.decode()
    assert said in page
    assert "Broken shade" in page or "subject" in fields
    assert not PhoneCall.objects.exists()


def test_calls_are_found_by_number(client: Client, alice: User, carol: Customer) -> None:
    log(alice, ticket=build.ticket(customer=carol))
    log(alice, number="+49 30 123456", outcome=CallOutcome.MISSED, summary="")
    client.force_login(alice)
    page = client.get(reverse("console:calls"), {"q": "138-0013-8000"}).content.decode()
    assert NUMBER in page
    assert "+4930123456" not in page


# --- telephone systems -------------------------------------------------------------------------------


def tell(client: Client, event: str, **more: Any) -> None:
    exchange = Connection.objects.filter(slug="pbx").first() or wires.connect(
        slug="pbx", channel=Channel.PHONE, mapping=wires.CALLS
    )
    told = {"call": "c-1", "event": event, "caller": "13800138000", "direction": "in", **more}
    assert wires.push(client, exchange, told).status_code == 200
    taking_in.work_due()


def test_a_ringing_call_is_a_card_and_is_written_down(client: Client, alice: User, carol: Customer) -> None:
    tell(client, "ringing")
    row = PhoneCall.objects.get()
    assert (row.state, row.customer, row.number) == (CallState.RINGING, carol, NUMBER)
    client.force_login(alice)
    page = client.get(reverse("console:calls")).content.decode()
    assert "Carol" in page
    assert f"call={row.pk}" in page
    tell(client, "answered", agent=alice.email)
    tell(client, "ended", duration=95)
    row.refresh_from_db()
    assert (row.state, row.seconds, row.agent) == (CallState.ENDED, 95, alice)
    form = client.get(reverse("console:call-new"), {"call": row.pk}).content.decode()
    assert "1:35" in form
    client.post(reverse("console:call-new"), typed(call=str(row.pk), length="1:35"))
    row.refresh_from_db()
    assert (PhoneCall.objects.count(), row.ticket is not None, row.seconds) == (1, True, 95)
    again = client.post(reverse("console:call-new"), typed(call=str(row.pk), key="other"))
    assert again.status_code == 409
    assert Ticket.objects.count() == 1


def test_news_of_a_call_comes_in_any_order(client: Client) -> None:
    tell(client, "missed")
    tell(client, "ringing")
    row = PhoneCall.objects.get()
    assert (row.state, row.outcome) == (CallState.ENDED, CallOutcome.MISSED)


@pytest.mark.parametrize(
    "more", [{"duration": 10**15}, {"at": "9999-12-31T23:59:59-12:00"}, {"at": "0001-01-01T00:00:00+14:00"}]
)
def test_news_of_a_call_that_took_ages_is_kept_and_shown(
    client: Client, alice: User, more: dict[str, Any]
) -> None:
    line = wires.connect(slug="pbx", channel=Channel.PHONE, mapping={**wires.CALLS, "started_at": "at"})
    wires.push(client, line, {"call": "c-1", "event": "ended", "caller": NUMBER, **more})
    taking_in.work_due()
    assert PhoneCall.objects.get().number == NUMBER
    client.force_login(alice)
    assert client.get(reverse("console:calls")).status_code == 200


def test_the_api_writes_calls_down_and_finds_them(client: Client, alice: User, carol: Customer) -> None:
    client.force_login(alice)
    told = {
        "number": "13800138000",
        "outcome": "talked",
        "summary": "Hello",
        "subject": "Question",
        "key": "a",
    }
    url = reverse("api:calls")
    first = client.post(url, told, content_type="application/json")
    assert first.status_code == 201
    assert client.post(url, told, content_type="application/json").json()["id"] == first.json()["id"]
    found = client.get(url, {"number": "138 0013 8000"}).json()["results"]
    assert [one["ticket"] for one in found] == [Ticket.objects.get().number]
    assert Message.objects.filter(visibility=Visibility.INTERNAL).count() == 1
    assert [event.kind for event in events.timeline(PhoneCall.objects.get())] == ["call.logged"]


def test_a_call_on_a_merged_ticket_is_one_on_what_goes_on(carol: Customer, alice: User) -> None:
    first, second = build.ticket(customer=carol), build.ticket(customer=carol)
    actions.merge(second, into=first, by=alice)
    row = log(alice, ticket=second)
    assert row.ticket == first
    first.refresh_from_db()
    assert first.first_response_at is not None


def test_a_key_of_a_colleague_is_not_mine(carol: Customer, alice: User, lea: User) -> None:
    mine, theirs = log(alice, key="1"), log(lea, key="1")
    assert (mine.agent, theirs.agent) == (alice, lea)
    assert log(alice, key="1") == mine
