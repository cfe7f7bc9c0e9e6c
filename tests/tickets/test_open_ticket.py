"""Opening a ticket: once per delivery, with number, clocks and an event."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from time_machine import Traveller

from core import events, search
from core.errors import Refused
from core.models import Event
from customers.models import Customer
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions
from tickets.models import Clock, ClockEvent, Message, SlaPolicy, Ticket
from tickets.states import Channel, ClockKind, ClockState, Priority, TicketStatus, TicketType, Visibility


def test_a_ticket_begins_with_number_message_clocks_and_event(ticket: Ticket, carol: Customer) -> None:
    assert ticket.number.startswith("T-")
    assert ticket.status == TicketStatus.NEW
    assert (ticket.language, ticket.version, ticket.cycle) == (carol.language, 1, 1)
    message = ticket.messages.get()
    assert (message.body, message.visibility) == ("The shade is cracked.", Visibility.PUBLIC)
    assert message.is_from_customer
    assert ticket.last_message_preview == "The shade is cracked."
    event = events.timeline(ticket).get()
    assert (event.kind, event.public, event.actor_name) == ("ticket.opened", True, "Carol")


def test_clocks_run_from_the_opening(ticket: Ticket) -> None:
    first, resolution = ticket.clocks.order_by("kind")
    assert (first.kind, first.due_at) == (ClockKind.FIRST_RESPONSE, MONDAY_10 + timedelta(hours=1))
    assert resolution.due_at == MONDAY_10 + timedelta(days=3)
    assert ticket.due_at == ticket.queue_at == first.due_at
    assert {clock.state for clock in (first, resolution)} == {ClockState.RUNNING}
    assert list(ClockEvent.objects.values_list("kind", flat=True)) == ["activated", "activated"]


@pytest.mark.parametrize(
    ("fields", "first", "resolution"),
    [
        ({"channel": Channel.CHAT}, timedelta(minutes=5), timedelta(days=3)),
        ({"channel": Channel.PHONE}, timedelta(minutes=5), timedelta(days=3)),
        ({"type": TicketType.COMPLAINT}, timedelta(hours=1), timedelta(hours=24)),
        ({"type": TicketType.COMPLAINT, "channel": Channel.CHAT}, timedelta(hours=1), timedelta(hours=24)),
        ({"priority": Priority.URGENT}, timedelta(hours=1), timedelta(days=3)),
    ],
)
def test_promises_follow_type_and_channel(
    monday: Traveller, promises: None, fields: dict[str, Any], first: timedelta, resolution: timedelta
) -> None:
    opened = build.ticket(**fields)
    due = dict(opened.clocks.values_list("kind", "due_at"))
    assert due == {"first_response": MONDAY_10 + first, "resolution": MONDAY_10 + resolution}


def test_without_any_policy_there_is_a_ticket_without_clocks(promises: None) -> None:
    SlaPolicy.objects.update(is_active=False)
    opened = build.ticket()
    assert (opened.policy_version, opened.due_at, opened.clocks.count()) == (None, None, 0)


def test_it_goes_to_the_default_team(promises: None) -> None:
    support = build.team("support")
    build.team("finance", is_default=False)
    assert build.ticket().team == support


def test_it_is_found_by_its_words_and_names(promises: None) -> None:
    found = build.ticket(subject="快递破损", body="灯罩碎了，我要退货", customer=build.customer("王小明"))
    for words in ("退货", "破损", "小明", found.number):
        query = search.query(words)
        assert query is not None
        assert list(Ticket.objects.filter(search=query)) == [found]


def test_a_long_subject_is_cut_and_null_bytes_vanish(promises: None) -> None:
    opened = build.ticket(subject="s\x00 " * 300, body="a\x00b\r\nc")
    assert len(opened.subject) == 200
    assert opened.messages.get().body == "ab\nc"


def test_a_body_of_any_size_is_kept_whole(promises: None) -> None:
    body = "".join(chr(0x4E00 + number % 20000) for number in range(100_000))
    assert build.ticket(body=body).messages.get().body == body


def test_the_same_delivery_again_is_the_same_ticket(promises: None, carol: Customer) -> None:
    def deliver() -> tuple[Ticket, bool]:
        return actions.open_ticket(
            customer=carol, subject="Hello", body="Hi", channel=Channel.SHOP, by=carol, external_id="m-1"
        )

    first, new = deliver()
    again, new_again = deliver()
    assert (new, new_again) == (True, False)
    assert again == first
    assert Message.objects.count() == Event.objects.count() == 1


def test_deliveries_of_two_channels_do_not_meet(promises: None) -> None:
    assert build.ticket(channel=Channel.SHOP, external_id="1") != build.ticket(
        channel=Channel.API, external_id="1"
    )


def test_without_an_external_id_every_call_opens_one(promises: None, carol: Customer) -> None:
    build.ticket(customer=carol)
    build.ticket(customer=carol)
    assert Ticket.objects.count() == 2


def test_a_message_that_was_received_before_opens_no_ticket(promises: None, carol: Customer) -> None:
    known = build.ticket(customer=carol)
    actions.receive(known, body="More", by=carol, channel=Channel.EMAIL, external_id="<1@mail>")
    opened, new = actions.open_ticket(
        customer=carol, subject="Re", body="More", channel=Channel.EMAIL, by=carol, external_id="<1@mail>"
    )
    assert (opened, new) == (known, False)


def test_opening_takes_few_statements(
    promises: None, carol: Customer, django_assert_num_queries: Any
) -> None:
    """Intake has to be fast: known?, begin, number, team, policies, five inserts, commit."""
    with django_assert_num_queries(11):
        actions.open_ticket(
            customer=carol, subject="Hello", body="Hi", channel=Channel.API, by=carol, external_id="m-1"
        )


def test_an_order_of_the_customer_is_attached_by_its_number(promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    assert build.ticket(customer=carol, order_number=f" {order.number} ").order == order
    assert build.ticket(customer=carol, order_number=order.reference).order == order


@pytest.mark.parametrize("whose", ["nobody", "charlie"])
def test_a_number_that_is_no_order_of_hers_is_kept_for_staff(
    promises: None, carol: Customer, charlie: Customer, whose: str
) -> None:
    number = build.order(customer=charlie).number if whose == "charlie" else "SO-4711"
    opened = build.ticket(customer=carol, order_number=number)
    assert opened.order is None
    event = events.timeline(opened).last()
    assert event is not None
    assert (event.kind, event.public, event.data) == ("ticket.order_unknown", False, {"order_number": number})
    query = search.query(number)
    assert query is not None
    assert Ticket.objects.filter(search=query).get() == opened


@pytest.fixture
def connections() -> Iterator[ThreadPoolExecutor]:
    """Threads with database connections of their own, closed at the end."""
    with ThreadPoolExecutor(max_workers=20) as pool:
        yield pool


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_deliveries_are_one_ticket(promises: None, connections: ThreadPoolExecutor) -> None:
    carol = build.customer("Carol")
    together = Barrier(20)

    def deliver(_: int) -> tuple[str, bool]:
        try:
            together.wait(timeout=30)
            ticket, new = actions.open_ticket(
                customer=carol, subject="Hello", body="Hi", channel=Channel.SHOP, by=carol, external_id="m-1"
            )
            return ticket.number, new
        finally:
            connection.close()

    answers = list(connections.map(deliver, range(20)))
    assert len({number for number, _ in answers}) == 1
    assert [new for _, new in answers].count(True) == 1
    assert (Ticket.objects.count(), Message.objects.count(), Clock.objects.count()) == (1, 1, 2)
    assert Event.objects.filter(kind="ticket.opened").count() == 1


def test_other_words_or_another_customer_under_the_name_of_a_ticket_are_refused(
    promises: None, carol: Customer, charlie: Customer
) -> None:
    build.ticket(customer=carol, body="Hi", channel=Channel.SHOP, external_id="m-1")
    for customer, body in ((carol, "Hi there"), (charlie, "Hi")):
        with pytest.raises(Refused, match=r"message\.told_otherwise"):
            build.ticket(customer=customer, body=body, channel=Channel.SHOP, external_id="m-1")
    assert Ticket.objects.count() == 1
