"""An answer goes the way the customer came, else by mail, and never silently nowhere."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels import reactions
from channels.actions import connecting, delivering, taking_in
from channels.connection_states import DeliveryState, Reason, Way
from channels.models import Connection, OutboundDelivery
from channels.reading import Undeliverable
from core import clock, dispatch, events, files, outbox, signatures
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact
from customers.models import Customer
from tests import build
from tests.channels import wires
from tests.channels.wires import Asked, OtherSide
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def side() -> Iterator[OtherSide]:
    with wires.other_side(lambda asked: wires.told({"id": f"theirs-{asked.json['id']}"})) as side:
        yield side


@pytest.fixture
def shop(side: OtherSide) -> Connection:
    return wires.connect(address=f"{side.url}/answers")


@pytest.fixture
def ticket(client: Client, shop: Connection) -> Ticket:
    wires.push(client, shop, wires.written())
    taking_in.work_due()
    return Ticket.objects.get()


def answer(ticket: Ticket, alice: User, body: str = "It is on its way.", **more: Any) -> Message:
    message = actions.reply(ticket, body=body, by=alice, **more)
    dispatch.drain()
    return message


def kinds(ticket: Ticket) -> list[str]:
    return [event.kind for event in events.timeline(ticket)]


def state(message: Message) -> list[str]:
    return list(message.deliveries.values_list("state", flat=True))


def test_a_reply_goes_the_way_the_customer_came(ticket: Ticket, alice: User, side: OtherSide) -> None:
    message = answer(ticket, alice)
    assert state(message) == [DeliveryState.QUEUED]
    assert not side.asked  # nothing leaves before the commit
    assert delivering.send_due() == 1
    row = message.deliveries.get()
    assert (row.state, row.provider_id) == (DeliveryState.SENT, f"theirs-message:{message.pk}:0")
    assert side.asked[0].json == {
        "id": f"message:{message.pk}:0",
        "type": "message",
        "to": "buyer-7",
        "ticket": ticket.number,
        "text": "It is on its way.",
    }
    assert not OutgoingMail.objects.exists()


def test_our_calls_are_signed(ticket: Ticket, alice: User, side: OtherSide) -> None:
    answer(ticket, alice)
    delivering.send_due()
    (asked,) = side.asked
    assert signatures.is_genuine(wires.SECRET, asked.headers, asked.body, clock.now())


def test_files_go_along(ticket: Ticket, alice: User, side: OtherSide) -> None:
    photo = files.store(pictures.upload(pictures.image(), "a.jpg"), subject="draft:x", by=alice)
    answer(ticket, alice, attachments=[photo])
    delivering.send_due()
    assert [("text" in one.json, "file" in one.json) for one in side.asked] == [(True, False), (False, True)]
    assert side.asked[1].json["file"]["name"] == "a.jpg"


def test_the_reaction_twice_sends_once(ticket: Ticket, alice: User, side: OtherSide) -> None:
    message = answer(ticket, alice)
    event = events.timeline(ticket).filter(kind="message.sent").get()
    reactions.deliver(event)
    delivering.send_due()
    assert (message.deliveries.count(), len(side.asked)) == (1, 1)


def test_many_workers_send_each_part_once(
    together: Callable[..., list[Any]], client: Client, side: OtherSide
) -> None:
    alice = build.user()
    shop = wires.connect(address=f"{side.url}/answers")
    wires.push(client, shop, wires.written())
    taking_in.work_due()
    ticket = Ticket.objects.get()
    for number in range(8):
        actions.reply(ticket, body=f"Part {number}", by=alice)
    dispatch.drain()
    assert sum(together(*[delivering.send_due] * 4)) == 8
    assert [one.json["text"] for one in side.asked] == [f"Part {number}" for number in range(8)]


def test_an_answer_waits_for_the_one_before_it(ticket: Ticket, alice: User, side: OtherSide) -> None:
    well, side.answer = side.answer, lambda asked: (503, {}, b"")
    answer(ticket, alice, "First")
    answer(ticket, alice, "Second")
    assert delivering.send_due() == 0
    side.answer = well
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        assert delivering.send_due() == 2
    assert [one.json["text"] for one in side.asked] == ["First", "First", "Second"]


def test_an_answer_waits_for_nobody_elses(
    client: Client, ticket: Ticket, alice: User, shop: Connection, side: OtherSide
) -> None:
    wires.push(client, shop, wires.written(2, **{"from": {"id": "buyer-8", "name": "Dora"}}))
    taking_in.work_due()
    well = side.answer
    side.answer = lambda asked: (503, {}, b"") if asked.json["to"] == "buyer-7" else well(asked)
    answer(ticket, alice, "To Carol")
    other = answer(Ticket.objects.exclude(pk=ticket.pk).get(), alice, "To Dora")
    assert delivering.send_due() == 1
    assert state(other) == [DeliveryState.SENT]


def test_an_answer_that_is_given_up_lets_the_next_one_go(
    ticket: Ticket, alice: User, side: OtherSide
) -> None:
    well = side.answer
    side.answer = lambda asked: wires.told({}, 422) if asked.json["text"] == "First" else well(asked)
    answer(ticket, alice, "First")
    second = answer(ticket, alice, "Second")
    assert delivering.send_due() == 1
    assert state(second) == [DeliveryState.SENT]


def test_the_other_side_is_left_alone_as_long_as_it_asks(
    ticket: Ticket, alice: User, side: OtherSide
) -> None:
    side.answer = lambda asked: (429, {"Retry-After": "300"}, b"")
    message = answer(ticket, alice)
    with clock.stopped(clock.now()):
        delivering.send_due()
        assert message.deliveries.get().next_attempt_at == clock.now() + timedelta(minutes=5)


def test_who_asks_for_too_long_a_time_is_not_waited_for(ticket: Ticket, alice: User, side: OtherSide) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    side.answer = lambda asked: (429, {"Retry-After": "7200"}, b"")
    answer(ticket, alice)
    delivering.send_due()
    assert OutgoingMail.objects.get().to == "carol@example.com"


def test_a_worker_that_was_too_slow_does_not_send_a_mail_as_well(
    ticket: Ticket, alice: User, side: OtherSide
) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    message, now = answer(ticket, alice), clock.now()
    slow = delivering.OUTBOX.claim(now)
    assert slow is not None
    with clock.stopped(now + outbox.LEASE):
        assert delivering.send_due() == 1
    delivering.OUTBOX.give_up(slow, Undeliverable(Reason.REFUSED))
    assert state(message) == [DeliveryState.SENT]
    assert not OutgoingMail.objects.exists()


def test_a_worker_that_died_is_followed_by_another(ticket: Ticket, alice: User, side: OtherSide) -> None:
    message = answer(ticket, alice)
    now = clock.now()
    assert delivering.OUTBOX.claim(now) is not None  # and then nothing more is heard of it
    assert delivering.send_due() == 0
    with clock.stopped(now + outbox.LEASE + timedelta(seconds=1)):
        assert delivering.send_due() == 1
    assert state(message) == [DeliveryState.SENT]


def test_no_answer_is_tried_again_and_at_last_goes_by_mail(
    ticket: Ticket, alice: User, side: OtherSide
) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    side.answer = lambda asked: (503, {}, b"")
    message, now = answer(ticket, alice), clock.now()
    for hours in range(12):
        with clock.stopped(now + timedelta(hours=hours)):
            delivering.send_due()
    assert len(side.asked) == delivering.OUTBOX.tries
    assert OutgoingMail.objects.get().to == "carol@example.com"
    assert [(row.way, row.reason) for row in message.deliveries.all()] == [
        (Way.CONNECTION, Reason.UNREACHABLE),
        (Way.EMAIL, Reason.UNREACHABLE),
    ]
    assert kinds(ticket)[-1] == "delivery.fell_back"


def test_what_is_refused_and_has_no_other_way_is_shown(
    ticket: Ticket, alice: User, side: OtherSide, client: Client
) -> None:
    side.answer = lambda asked: wires.told({"message": "the buyer has gone"}, 422)
    message = answer(ticket, alice)
    delivering.send_due()
    assert set(state(message)) == {DeliveryState.FAILED}
    assert kinds(ticket)[-1] == "delivery.failed"
    client.force_login(alice)
    page = client.get(reverse("console:ticket", args=[ticket.number])).content.decode()
    assert "Not delivered: the platform refused the message" in page
    assert reverse("console:delivery-retry", args=[ticket.number, message.pk]) in page


def test_an_agent_tries_again(ticket: Ticket, alice: User, side: OtherSide, client: Client) -> None:
    well, side.answer = side.answer, lambda asked: wires.told({}, 400)
    message = answer(ticket, alice)
    delivering.send_due()
    side.answer = well
    client.force_login(alice)
    url = reverse("console:delivery-retry", args=[ticket.number, message.pk])
    assert client.post(url).status_code == 302
    assert delivering.send_due() == 1
    assert state(message) == [DeliveryState.SENT]
    assert kinds(ticket)[-1] == "delivery.retried"
    client.post(url)
    assert delivering.send_due() == 0  # what went well is left as it is


def test_after_an_address_was_added_another_try_goes_by_mail(carol: Customer, alice: User) -> None:
    nobody = build.customer("Nina", email="")
    ticket = build.ticket(customer=nobody)
    message = answer(ticket, alice)
    assert [(row.way, row.state, row.reason) for row in message.deliveries.all()] == [
        (Way.NONE, DeliveryState.FAILED, Reason.NO_WAY)
    ]
    with pytest.raises(Refused, match=r"delivery\.no_way"):
        delivering.retry(message, by=alice)
    add_contact(nobody, kind="email", value="nina@example.com", by=SYSTEM)
    delivering.retry(message, by=alice)
    assert OutgoingMail.objects.filter(to="nina@example.com").count() == 1
    assert message.deliveries.get().way == Way.EMAIL


def test_without_a_connection_a_reply_is_a_mail(carol: Customer, alice: User, client: Client) -> None:
    ticket = build.ticket(customer=carol)
    message = answer(ticket, alice)
    assert OutgoingMail.objects.filter(to=carol.email, subject__contains=ticket.number).exists()
    assert message.deliveries.get().way == Way.EMAIL
    client.force_login(alice)
    page = client.get(reverse("console:ticket", args=[ticket.number])).content.decode()
    assert "By e-mail, on its way" in page


def test_a_paused_connection_lets_the_answer_go_by_mail(
    ticket: Ticket, alice: User, shop: Connection
) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    connecting.pause(shop, by=SYSTEM)
    message = answer(ticket, alice)
    assert message.deliveries.get().reason == Reason.PAUSED
    assert OutgoingMail.objects.count() == 1


def test_a_window_that_closed_lets_the_answer_go_by_mail(
    ticket: Ticket, alice: User, shop: Connection, side: OtherSide
) -> None:
    connecting.change(shop, window_hours=24, by=SYSTEM)
    with clock.stopped(clock.now() + timedelta(hours=25)):
        message = answer(ticket, alice)
        delivering.send_due()
    assert not side.asked
    assert message.deliveries.get().reason == Reason.WINDOW_CLOSED
    assert kinds(ticket)[-1] == "delivery.failed"


def test_whoever_wrote_by_mail_last_gets_a_mail(ticket: Ticket, alice: User, side: OtherSide) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    actions.receive(ticket, body="From my desk.", by=ticket.customer, channel=Channel.EMAIL)
    message = answer(ticket, alice)
    assert message.deliveries.get().way == Way.EMAIL


def test_an_answer_meant_for_mail_is_a_mail(ticket: Ticket, alice: User) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    message = answer(ticket, alice, channel=Channel.EMAIL)
    assert message.deliveries.get().way == Way.EMAIL


def test_the_ticket_shows_through_whom_it_came_and_until_when_it_may_be_answered(
    client: Client, ticket: Ticket, alice: User, shop: Connection
) -> None:
    dora = build.customer("Dora", email="dora@example.com")
    connecting.change(shop, window_hours=24, by=SYSTEM)
    told = wires.written(2, **{"from": {"id": "buyer-7", "name": "Carol", "email": dora.email}})
    wires.push(client, shop, told)
    taking_in.work_due()
    client.force_login(alice)
    url = reverse("console:ticket-channel", args=[ticket.number])
    page = client.get(url).content.decode()
    assert "Carol" in page
    assert dora.number in page  # may be the same person: an agent decides
    with clock.stopped(clock.now() + timedelta(hours=25)):
        assert "Not any more" in client.get(url).content.decode()


# --- receipts ----------------------------------------------------------------------------------------


def receipt(client: Client, shop: Connection, row: OutboundDelivery, word: str) -> None:
    told = {"receipt": {"message": row.provider_id, "state": word}}
    assert wires.push(client, shop, told).status_code == 200
    taking_in.work_due()


def test_receipts_come_in_any_order(client: Client, ticket: Ticket, alice: User, shop: Connection) -> None:
    message = answer(ticket, alice)
    delivering.send_due()
    row = message.deliveries.get()
    for word in ("read", "delivered", "sent"):
        receipt(client, shop, row, word)
    assert state(message) == [DeliveryState.READ]


def test_a_receipt_of_failure_lets_it_go_by_mail(
    client: Client, ticket: Ticket, alice: User, shop: Connection
) -> None:
    add_contact(ticket.customer, kind="email", value="carol@example.com", by=SYSTEM)
    message = answer(ticket, alice)
    delivering.send_due()
    receipt(client, shop, message.deliveries.get(), "failed")
    assert OutgoingMail.objects.count() == 1
    assert kinds(ticket)[-1] == "delivery.fell_back"


def test_a_receipt_may_be_quicker_than_our_own_note(
    client: Client, ticket: Ticket, alice: User, shop: Connection, side: OtherSide
) -> None:
    def tell_at_once(asked: Asked) -> Any:
        return wires.told({"id": "theirs"})

    side.answer = tell_at_once
    message = answer(ticket, alice)
    wires.push(client, shop, {"receipt": {"message": "theirs", "state": "read"}})
    taking_in.work_due()  # it is not known yet, and kept
    delivering.send_due()
    with clock.stopped(clock.now() + timedelta(minutes=1)):
        taking_in.work_due()
    assert state(message) == [DeliveryState.READ]
