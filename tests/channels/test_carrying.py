"""Automatic news goes the way the customer writes: WhatsApp, WeChat; by mail where that does not let us."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions import issue_token
from accounts.models import User
from accounts.rights import Role
from channels import health
from channels.actions import connecting, delivering, taking_in
from channels.actions import templates as message_templates
from channels.connection_states import DeliveryState, Reason
from channels.models import Connection, OutboundDelivery, TemplateUse
from channels.reading import Receipt
from channels.rules import short_form
from channels.whatsapp import WhatsApp
from core import clock, dispatch, events, outbox
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact, choose_news
from customers.states import NewsWay
from tests import build
from tests.channels import test_whatsapp as whatsapp
from tests.channels import wires
from tests.channels.test_whatsapp import BUYER, NUMBER, SECRETS, Cloud, push, status, written
from tests.channels.wires import OtherSide
from tickets import actions, telling
from tickets.models import Telling, Ticket
from tickets.states import Channel, Told

pytestmark = pytest.mark.django_db

cloud = whatsapp.cloud
side = whatsapp.side


@pytest.fixture
def line(side: OtherSide) -> Connection:
    fields = {"account": NUMBER, "address": side.url, "window_hours": 24, "carries_news": True}
    return wires.connect("whatsapp", secrets=SECRETS, business_account="WABA", **fields)


@pytest.fixture
def ticket(client: Client, line: Connection) -> Ticket:
    assert push(client, line, written(text={"body": "Where is it?"})).status_code == 200
    taking_in.work_due()
    dispatch.drain()
    return Ticket.objects.get()


def told(ticket: Ticket, key: str = "test:1", news_code: str = "ticket.solved", **more: Any) -> Telling:
    return telling.tell(
        ticket.customer,
        ticket=ticket,
        news_code=news_code,
        key=key,
        template="tickets.solved",
        context={"link": "http://testserver/x", "reopen_days": 7, **more},
    )


def kinds(ticket: Ticket) -> list[str]:
    return [event.kind for event in events.timeline(ticket) if event.kind.startswith("news.")]


def later(hours: float) -> Any:
    return clock.stopped(clock.now() + timedelta(hours=hours))


def test_whoever_wrote_by_whatsapp_hears_there_that_it_arrived(ticket: Ticket, side: OtherSide) -> None:
    row = Telling.objects.get(news="ticket.opened")
    assert (row.outcome, row.via) == (Told.CARRIED, "Whatsapp")
    assert kinds(ticket) == ["news.carried"]
    assert not side.asked  # nothing leaves before the commit
    assert delivering.send_due() == 1
    said = side.asked[-1].json
    assert (said["to"], said["type"]) == (BUYER, "text")
    assert said["text"]["body"].startswith(
        f"[{ticket.number}] We have your request\n\nYour request has arrived"
    )
    assert not OutgoingMail.objects.exists()


def test_a_connection_that_is_for_people_only_carries_no_news(client: Client, line: Connection) -> None:
    connecting.change(line, carries_news=False, by=SYSTEM)
    push(client, line, written(text={"body": "Hi"}))
    taking_in.work_due()
    dispatch.drain()
    row = told(Ticket.objects.get())
    assert (row.outcome, row.reason) == (Told.NOWHERE, Reason.NOT_FOR_NEWS)
    assert not OutboundDelivery.objects.exists()


def test_receipts_tell_how_far_news_got(client: Client, ticket: Ticket, line: Connection) -> None:
    delivering.send_due()
    row = OutboundDelivery.objects.get()
    for word in ("delivered", "read"):
        push(client, line, status(row, word))
        taking_in.work_due()
    row.refresh_from_db()
    assert row.state == DeliveryState.READ


def test_news_that_fails_goes_by_mail_once(client: Client, ticket: Ticket, line: Connection) -> None:
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    delivering.send_due()
    row = OutboundDelivery.objects.get()
    error = {"code": 131026, "title": "Undeliverable"}
    for number in range(2):
        push(client, line, status(row, "failed", errors=[error], pricing={"n": number}))
        taking_in.work_due()
    news = Telling.objects.get()
    assert (news.outcome, news.reason) == (Told.MAIL, Reason.RECIPIENT)
    assert OutgoingMail.objects.get().to == "sheena@example.com"
    assert kinds(ticket) == ["news.carried", "news.fell_back"]


def test_many_reports_of_one_failure_make_one_mail(
    together: Callable[..., list[Any]], client: Client, line: Connection
) -> None:
    push(client, line, written(text={"body": "Where is it?"}))
    taking_in.work_due()
    dispatch.drain()
    add_contact(Ticket.objects.get().customer, kind="email", value="sheena@example.com", by=SYSTEM)
    delivering.send_due()
    failed = Receipt(OutboundDelivery.objects.get().provider_id, DeliveryState.FAILED)
    assert together(*[lambda: delivering.note_receipt(line, failed)] * 4) == [True] * 4
    assert OutgoingMail.objects.count() == 1
    assert kinds(Ticket.objects.get()) == ["news.carried", "news.fell_back"]


def test_news_that_fails_for_somebody_without_an_address_is_seen(ticket: Ticket, cloud: Cloud) -> None:
    cloud.errors = [131026]
    delivering.send_due()
    assert Telling.objects.get().outcome == Told.NOWHERE
    assert kinds(ticket) == ["news.carried", "news.untold"]


def test_a_worker_that_died_is_followed_by_another(ticket: Ticket, side: OtherSide) -> None:
    now = clock.now()
    assert delivering.OUTBOX.claim(now) is not None
    with clock.stopped(now + outbox.LEASE + timedelta(seconds=1)):
        assert delivering.send_due() == 1
    assert len(side.asked) == 1


def test_after_a_day_news_goes_by_mail(ticket: Ticket) -> None:
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    with later(25):
        row = told(ticket)
    assert (row.outcome, row.reason) == (Told.MAIL, Reason.WINDOW_CLOSED)


def test_whoever_wrote_by_mail_last_is_told_by_mail(ticket: Ticket) -> None:
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    actions.receive(ticket, body="And?", by=ticket.customer, channel=Channel.EMAIL)
    assert told(ticket).outcome == Told.MAIL


def test_who_prefers_mail_gets_mail_and_without_an_address_the_messenger(ticket: Ticket) -> None:
    customer = choose_news(ticket.customer, way=NewsWay.MAIL, off=[], by=ticket.customer)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert told(ticket).outcome == Told.CARRIED
    add_contact(customer, kind="email", value="sheena@example.com", by=SYSTEM)
    assert told(Ticket.objects.get(pk=ticket.pk), key="test:2").outcome == Told.MAIL


def test_messages_of_a_messenger_count_against_the_cap(ticket: Ticket, settings: Any, alice: User) -> None:
    settings.MAIL_CAP_PER_TICKET = 2
    assert told(ticket).outcome == Told.CARRIED
    held = told(ticket, key="test:2")
    assert held.outcome == Told.CAPPED
    assert telling.tell_again(held, by=alice).outcome == Told.CARRIED


def test_two_of_wechats_five_are_left_for_people(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WhatsApp, "in_a_row", 5)
    outcomes = [
        told(ticket, key=f"test:{number}").outcome for number in range(3)
    ]  # the first was told before
    assert outcomes == [Told.CARRIED, Told.CARRIED, Told.NOWHERE]
    assert Telling.objects.latest("pk").reason == Reason.TOO_MANY


def test_the_health_page_counts_a_day(ticket: Ticket) -> None:
    rows = {row.key: row for row in health.pulses(clock.now())}
    assert rows["portal"].volume == 0
    assert rows[f"connection:{Connection.objects.get().pk}"].volume == 1


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (
            "Hello Carol,\n\nyour parcel is here.\n\nSee: http://x\n",
            "S\n\nYour parcel is here.\n\nSee: http://x",
        ),
        ("您好，王小明：\n\n我们已收到。\n", "S\n\n我们已收到。"),
        ("No greeting here.\n\nMore.", "S\n\nNo greeting here.\n\nMore."),
        ("One line only,", "S\n\nOne line only,"),
    ],
)
def test_a_messenger_shows_no_greeting(text: str, short: str) -> None:
    assert short_form("S", text) == short


# --- templates ---------------------------------------------------------------------------------------

UTILITY = {"status": "APPROVED", "category": "UTILITY", "language": "en_US"}


def body(text: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text}


LISTED: list[dict[str, Any]] = [
    {"name": "solved", **UTILITY, "components": [body("Request {{1}} is solved. More: {{2}}")], "id": "1"},
    {"name": "named", **UTILITY, "parameter_format": "NAMED", "components": [body("Hi {{who}}")], "id": "2"},
    {"name": "waiting", **UTILITY, "status": "PENDING", "components": [body("Hi")], "id": "3"},
    {
        "name": "photo",
        **UTILITY,
        "components": [{"type": "HEADER", "format": "IMAGE"}, body("Hi")],
        "id": "4",
    },
    {
        "name": "button",
        **UTILITY,
        "components": [
            body("Hi"),
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Open", "url": "https://x/{{1}}"}]},
        ],
        "id": "5",
    },
    {"name": "answer", **UTILITY, "components": [body("We answered: {{1}} {{2}}")], "id": "6"},
]


@pytest.fixture
def listed(cloud: Cloud, side: OtherSide) -> list[dict[str, Any]]:
    """WhatsApp's list of templates, in two pages."""
    rows, plain = list(LISTED), side.answer

    def answer(asked: wires.Asked) -> wires.Answer:
        if asked.path != "/WABA/message_templates" or asked.headers.get("Authorization") != "Bearer EAAG":
            return plain(asked)
        if asked.query.get("after") == "MjQ":
            return wires.told({"data": rows[2:], "paging": {"cursors": {"before": "M", "after": "Nz"}}})
        cursors = {"before": "MAZD", "after": "MjQ"}
        return wires.told({"data": rows[:2], "paging": {"cursors": cursors, "next": f"{side.url}/next"}})

    side.answer = answer
    return rows


def chosen(line: Connection, name: str, news_code: str, *values: str) -> None:
    row = line.templates.get(name=name)
    message_templates.choose(row, news_code=news_code, values=list(values), by=SYSTEM)


def test_templates_are_fetched_page_by_page(line: Connection, listed: Any) -> None:
    rows = message_templates.pull(line, by=SYSTEM)
    found = {row.name: (row.parameters, row.obstacle) for row in rows}
    assert found == {
        "solved": (["1", "2"], ""),
        "named": (["who"], ""),
        "waiting": ([], "not_approved"),
        "photo": ([], "header"),
        "button": ([], "buttons"),
        "answer": (["1", "2"], ""),
    }


def test_a_template_that_is_gone_or_changed_stands_for_nothing(line: Connection, listed: Any) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "solved", "ticket.solved", "ticket.number", "link")
    chosen(line, "named", "ticket.opened", "customer.name")
    listed[0] = {**listed[0], "components": [body("Only {{1}}")]}
    listed[1] = {**listed[1], "name": "renamed"}
    message_templates.pull(line, by=SYSTEM)
    assert [(row.name, row.obstacle) for row in line.templates.exclude(obstacle="")] == [
        ("button", "buttons"),
        ("named", "gone"),
        ("photo", "header"),
        ("waiting", "not_approved"),
    ]
    assert not TemplateUse.objects.exists()


def test_outside_the_window_news_goes_as_its_template(
    line: Connection, listed: Any, ticket: Ticket, side: OtherSide
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "solved", "ticket.solved", "ticket.number", "link")
    delivering.send_due()
    with later(30):
        row = told(ticket)
        assert row.outcome == Told.CARRIED
        assert delivering.send_due() == 1
    said = side.asked[-1].json
    assert (said["type"], said["to"]) == ("template", BUYER)
    assert said["template"] == {
        "name": "solved",
        "language": {"code": "en_US"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "text": ticket.number},
                    {"type": "text", "text": "http://testserver/x"},
                ],
            }
        ],
    }
    assert row.deliveries.get().text == f"Request {ticket.number} is solved. More: http://testserver/x"


def test_named_gaps_are_sent_by_name_and_never_empty(
    line: Connection, listed: Any, ticket: Ticket, side: OtherSide
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "named", "ticket.solved", "customer.name")
    ticket.customer.name = "Sheena\n  Nelson"
    with later(30):
        told(ticket)
        delivering.send_due()
    (part,) = side.asked[-1].json["template"]["components"]
    assert part["parameters"] == [{"type": "text", "parameter_name": "who", "text": "Sheena Nelson"}]


def test_an_answer_to_somebody_without_an_address_goes_as_template(
    line: Connection, listed: Any, ticket: Ticket, side: OtherSide, alice: User
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "answer", "message.sent", "answer", "link")
    with later(30):
        message = actions.reply(ticket, body="It is on\nits way.", by=alice)
        dispatch.drain()
        delivering.send_due()
    values = [one["text"] for one in side.asked[-1].json["template"]["components"][0]["parameters"]]
    assert values[0] == "It is on its way."
    assert values[1].startswith("http://testserver/requests/open/")
    assert message.deliveries.get().state == DeliveryState.SENT


def test_an_answer_that_did_not_get_through_is_offered_as_template(
    line: Connection, listed: Any, ticket: Ticket, side: OtherSide, alice: User, client: Client
) -> None:
    with later(30):
        message = actions.reply(ticket, body="On its way.", by=alice)
        dispatch.drain()
        assert message.deliveries.get().reason == Reason.WINDOW_CLOSED
        message_templates.pull(line, by=SYSTEM)
        chosen(line, "answer", "message.sent", "answer", "link")
        client.force_login(alice)
        page = client.get(f"/console/tickets/{ticket.number}/").content.decode()
        url = f"/console/tickets/{ticket.number}/messages/{message.pk}/template/"
        assert url in page
        client.post(url)
        client.post(url)
        assert delivering.send_due() == 1
    assert side.asked[-1].json["type"] == "template"


def test_who_has_an_address_gets_a_mail_and_no_template(
    line: Connection, listed: Any, ticket: Ticket, alice: User
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "answer", "message.sent", "answer", "link")
    add_contact(ticket.customer, kind="email", value="sheena@example.com", by=SYSTEM)
    with later(30):
        message = actions.reply(ticket, body="On its way.", by=alice)
        dispatch.drain()
    assert message.deliveries.get().way == "email"


@pytest.mark.parametrize(
    ("name", "news_code", "values", "code"),
    [
        ("waiting", "ticket.solved", [], "template.unusable"),
        ("solved", "no.such", ["link", "link"], "template.unknown_news"),
        ("solved", "ticket.solved", ["link"], "template.wrong_values"),
        ("solved", "ticket.solved", ["link", "amount"], "template.wrong_values"),
        ("answer", "ticket.opened", ["link", "link"], "template.taken"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    line: Connection, listed: Any, client: Client, name: str, news_code: str, values: list[str], code: str
) -> None:
    message_templates.pull(line, by=SYSTEM)
    chosen(line, "named", "ticket.opened", "customer.name")
    admin = build.user("Ada", role=Role.ADMINISTRATOR)
    headers = {"Authorization": f"Token {issue_token(admin, name='t', by=admin)[1]}"}
    row = line.templates.get(name=name)
    answer = client.put(
        f"/api/v1/connections/{line.slug}/templates/{row.pk}/",
        {"news": news_code, "values": values},
        content_type="application/json",
        headers=headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert answer.json()["message"]


def test_a_whatsapp_without_a_business_account_says_what_is_missing(line: Connection) -> None:
    bare = connecting.change(line, business_account="", by=SYSTEM)
    with pytest.raises(Refused, match="no_account"):
        message_templates.pull(bare, by=SYSTEM)
