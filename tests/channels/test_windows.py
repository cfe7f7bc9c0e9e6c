"""A platform says itself that it takes no words of ours any more, while our clock says that it does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from channels import health
from channels.actions import delivering, taking_in
from channels.actions import templates as message_templates
from channels.carrying import messengers
from channels.connection_states import DeliveryState, Reason, Way
from channels.models import Connection, Correspondent, OutboundDelivery
from channels.reading import Receipt
from core import clock, dispatch, files
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact
from tests.channels import test_carrying as carrying
from tests.channels.test_carrying import chosen, kinds, told
from tests.channels.test_whatsapp import Cloud, push, status, written
from tests.channels.wires import OtherSide
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Telling, Ticket
from tickets.states import Told

pytestmark = pytest.mark.django_db

cloud, side, line, listed = carrying.cloud, carrying.side, carrying.line, carrying.listed

TOO_LATE = 131047
ERROR = {"code": TOO_LATE, "title": "Re-engagement message"}


@pytest.fixture
def ticket(client: Client, line: Connection) -> Ticket:
    """Written a moment ago, and the news of that delivered."""
    assert push(client, line, written(text={"body": "Where is it?"})).status_code == 200
    taking_in.work_due()
    dispatch.drain()
    delivering.send_due()
    return Ticket.objects.get()


@pytest.fixture
def templates(line: Connection, listed: Any) -> None:
    """One stands for "your request is solved", another for an answer."""
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "solved", "ticket.solved", "ticket.number", "link")
    chosen(line, "answer", "message.sent", "answer", "link")


@pytest.fixture
def address(ticket: Ticket) -> str:
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    return "sheena@example.com"


def types(side: OtherSide) -> list[str]:
    return [one.json["type"] for one in side.asked if one.path.endswith("/messages")]


def answer(ticket: Ticket, alice: User, body: str = "On its way.", **more: Any) -> Message:
    message = actions.reply(ticket, body=body, by=alice, **more)
    dispatch.drain()
    delivering.send_due()
    return message


def page_of(client: Client, ticket: Ticket, alice: User) -> str:
    client.force_login(alice)
    return client.get(reverse("console:ticket", args=[ticket.number])).content.decode()


# --- news --------------------------------------------------------------------------------------------


def test_news_that_comes_too_late_goes_as_its_template_once(
    ticket: Ticket, templates: None, address: str, cloud: Cloud, side: OtherSide
) -> None:
    cloud.errors = [TOO_LATE]
    row = told(ticket)
    delivering.send_due()
    delivering.send_due()
    row.refresh_from_db()
    assert types(side) == ["text", "text", "template"]  # that it arrived, the news, the news once more
    assert (row.outcome, row.reason) == (Told.CARRIED, Reason.WINDOW_CLOSED)
    assert kinds(ticket) == ["news.carried", "news.carried", "news.as_template"]
    assert not OutgoingMail.objects.exists()


def test_what_follows_knows_that_the_window_is_closed(
    ticket: Ticket, templates: None, cloud: Cloud, side: OtherSide, client: Client, alice: User
) -> None:
    cloud.errors = [TOO_LATE]
    told(ticket)
    delivering.send_due()
    told(ticket, key="test:2")
    delivering.send_due()
    assert types(side)[-2:] == ["template", "template"]
    client.force_login(alice)
    panel = client.get(reverse("console:ticket-channel", args=[ticket.number])).content.decode()
    assert "Not any more" in panel
    assert "takes only approved templates now" in panel


def test_who_writes_again_is_answered_in_our_own_words(
    client: Client, ticket: Ticket, templates: None, cloud: Cloud, side: OtherSide, line: Connection
) -> None:
    cloud.errors = [TOO_LATE]
    told(ticket)
    delivering.send_due()
    push(client, line, written(number=2, text={"body": "Hello?"}))
    taking_in.work_due()
    told(ticket, key="test:2")
    delivering.send_due()
    assert types(side)[-2:] == ["template", "text"]


def test_a_message_that_is_told_again_opens_no_window(
    client: Client, ticket: Ticket, cloud: Cloud, line: Connection
) -> None:
    cloud.errors = [TOO_LATE]
    told(ticket)
    delivering.send_due()
    again = written(text={"body": "Where is it?"})
    push(client, line, {**again, "told": "again"})
    taking_in.work_due()
    sender = Correspondent.objects.get()
    assert sender.closed_for == Reason.WINDOW_CLOSED
    assert line.inbound.filter(state="done").count() == 2


def test_without_a_template_it_goes_by_mail(
    ticket: Ticket, address: str, cloud: Cloud, side: OtherSide
) -> None:
    cloud.errors = [TOO_LATE]
    row = told(ticket)
    delivering.send_due()
    row.refresh_from_db()
    assert (row.outcome, row.reason) == (Told.MAIL, Reason.WINDOW_CLOSED)
    assert OutgoingMail.objects.get(key=row.key).to == address
    assert types(side) == ["text", "text"]
    assert Correspondent.objects.get().closed_at is not None


def test_without_any_way_the_ticket_says_so(ticket: Ticket, cloud: Cloud) -> None:
    cloud.errors = [TOO_LATE]
    row = told(ticket)
    delivering.send_due()
    row.refresh_from_db()
    assert (row.outcome, row.reason) == (Told.NOWHERE, Reason.WINDOW_CLOSED)
    assert kinds(ticket)[-1] == "news.untold"


def test_receipts_of_all_its_parts_make_one_template(
    client: Client, ticket: Ticket, templates: None, address: str, side: OtherSide, line: Connection
) -> None:
    """WhatsApp says yes first, and that it is too late afterwards; once for each part, and twice for some."""
    row = told(ticket)
    Telling.objects.filter(pk=row.pk).update(text="long " * 2000)
    OutboundDelivery.objects.filter(telling=row).delete()
    row.refresh_from_db()
    messengers.take(row, messengers.way_to(row))
    delivering.send_due()
    parts = list(row.deliveries.all())
    assert len(parts) > 1
    for number, part in enumerate([*parts, parts[0]]):
        push(client, line, status(part, "failed", errors=[ERROR], pricing={"n": number}))
        taking_in.work_due()
    delivering.send_due()
    assert types(side).count("template") == 1
    assert not OutgoingMail.objects.exists()
    row.refresh_from_db()
    assert row.outcome == Told.CARRIED


def test_many_reports_at_once_make_one_template(
    together: Callable[..., list[Any]], client: Client, line: Connection, listed: Any, side: OtherSide
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "solved", "ticket.opened", "ticket.number", "link")
    push(client, line, written(text={"body": "Where is it?"}))
    taking_in.work_due()
    dispatch.drain()
    add_contact(Ticket.objects.get().customer, kind="email", value="sheena@example.com", by=SYSTEM)
    delivering.send_due()
    provider_id = OutboundDelivery.objects.get().provider_id
    failed = Receipt(provider_id, DeliveryState.FAILED, "", Reason.WINDOW_CLOSED)
    assert together(*[lambda: delivering.note_receipt(line, failed)] * 4) == [True] * 4
    delivering.send_due()
    assert types(side) == ["text", "template"]
    assert not OutgoingMail.objects.exists()


def test_a_template_that_fails_too_leaves_the_mail_and_late_reports_change_nothing(
    client: Client, ticket: Ticket, templates: None, address: str, line: Connection
) -> None:
    row = told(ticket)
    delivering.send_due()
    own = row.deliveries.get()
    push(client, line, status(own, "failed", errors=[ERROR]))
    taking_in.work_due()
    delivering.send_due()
    template = row.deliveries.exclude(template=None).get()
    for number in range(2):
        gone = {"code": 131026, "title": "Undeliverable"}
        push(client, line, status(template, "failed", errors=[gone], pricing={"n": number}))
        push(client, line, status(own, "failed", errors=[ERROR], pricing={"n": number}))
        taking_in.work_due()
    row.refresh_from_db()
    assert (row.outcome, row.reason) == (Told.MAIL, Reason.RECIPIENT)
    assert OutgoingMail.objects.get().to == address
    assert delivering.send_due() == 0


def test_what_is_said_of_something_older_closes_nothing(
    client: Client, ticket: Ticket, templates: None, line: Connection
) -> None:
    """They have written since: of the window that this opened, the report knows nothing."""
    row = told(ticket)
    delivering.send_due()
    push(client, line, written(number=2, text={"body": "Hello?"}))
    taking_in.work_due()
    push(client, line, status(row.deliveries.get(), "failed", errors=[ERROR]))
    taking_in.work_due()
    assert Correspondent.objects.get().closed_at is None
    assert row.deliveries.exclude(template=None).count() == 1  # told all the same


def test_closed_windows_are_no_trouble_of_the_connection(
    ticket: Ticket, line: Connection, cloud: Cloud
) -> None:
    for number in range(4):
        Correspondent.objects.update(closed_at=None)
        cloud.errors = [TOO_LATE]
        told(ticket, key=f"test:{number}")
        delivering.send_due()
    pulse = next(one for one in health.pulses(clock.now()) if one.key == f"connection:{line.pk}")
    assert not pulse.trouble


# --- answers -----------------------------------------------------------------------------------------


def test_an_answer_that_comes_too_late_is_shown_with_the_way_on(
    client: Client, ticket: Ticket, cloud: Cloud, side: OtherSide, alice: User
) -> None:
    cloud.errors = [TOO_LATE]
    message = answer(ticket, alice)
    page = page_of(client, ticket, alice)
    assert "Not delivered: the time in which the platform lets us answer has passed." in page
    assert "Write down an e-mail address of the customer and try again, or choose a template" in page
    with pytest.raises(Refused, match=r"delivery\.no_way"):
        delivering.retry(message, by=alice)
    assert types(side) == ["text", "text"]  # nobody asks the platform again in vain
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    delivering.retry(Message.objects.get(pk=message.pk), by=alice)
    assert OutgoingMail.objects.get().to == "sheena@example.com"


def test_a_template_is_offered_for_an_answer_that_came_too_late(
    client: Client, ticket: Ticket, cloud: Cloud, side: OtherSide, alice: User, line: Connection, listed: Any
) -> None:
    cloud.errors = [TOO_LATE]
    message = answer(ticket, alice)
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "answer", "message.sent", "answer", "link")
    assert "Send it as a template, or try again once the customer has written." in page_of(
        client, ticket, alice
    )
    url = reverse("console:delivery-template", args=[ticket.number, message.pk])
    client.post(url)
    delivering.send_due()
    assert types(side)[-1] == "template"
    assert "Not delivered" not in page_of(client, ticket, alice)


def test_an_answer_in_parts_that_comes_too_late_goes_as_one_template(
    client: Client, ticket: Ticket, templates: None, side: OtherSide, alice: User, line: Connection
) -> None:
    photo = files.store(pictures.upload(pictures.image(), "a.jpg"), subject="draft:x", by=alice)
    message = answer(ticket, alice, attachments=[photo])
    own = list(message.deliveries.all())
    for part in own:
        push(client, line, status(part, "failed", errors=[ERROR]))
        taking_in.work_due()
    delivering.send_due()
    assert types(side).count("template") == 1
    assert [(row.way, row.state) for row in message.deliveries.all()] == [
        (Way.CONNECTION, DeliveryState.FAILED),
        (Way.CONNECTION, DeliveryState.FAILED),
        (Way.CONNECTION, DeliveryState.SENT),
    ]
    assert "Not delivered" not in page_of(client, ticket, alice)
    delivering.retry(message, by=alice)
    assert delivering.send_due() == 0  # what went as a template is not sent again in parts
