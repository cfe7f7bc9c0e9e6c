"""Tickets for other systems."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.actions import issue_token
from accounts.models import User
from core.models import Event
from customers.models import Customer
from tests import build
from tests.core import pictures
from tickets import actions
from tickets.models import Message, Ticket
from tickets.states import TicketStatus

LIST = "/api/v1/tickets/"
ASKED = {
    "subject": "Lamp arrived broken",
    "body": "灯罩碎了",
    "customer": {"email": "carol@example.com", "name": "Carol", "language": "zh-hans"},
    "channel": "shop",
    "external_id": "m-1",
}
Headers = dict[str, str]


def post(client: Client, url: str, body: Any, token: Headers) -> Any:
    return client.post(url, body, content_type="application/json", headers=token)


def test_a_ticket_is_taken_in_with_its_clocks(
    client: Client, token: Headers, monday: Traveller, promises: None
) -> None:
    answer = post(client, LIST, ASKED, token)
    assert answer.status_code == 201
    told = answer.json()
    ticket = Ticket.objects.get()
    assert (told["number"], told["status"], told["language"]) == (ticket.number, "new", "zh-hans")
    assert [(clock["kind"], clock["state"]) for clock in told["clocks"]] == [
        ("first_response", "running"),
        ("resolution", "running"),
    ]
    assert told["clocks"][0]["due_at"] == "2026-11-23T03:00:00Z"
    assert ticket.customer.email == "carol@example.com"
    assert ticket.messages.get().actor_name == "Carol"


def test_the_same_delivery_again_answers_200_with_the_same_ticket(
    client: Client, token: Headers, promises: None
) -> None:
    first = post(client, LIST, ASKED, token)
    for body in (ASKED["body"], f" {ASKED['body']}\r\n"):  # how it is spaced on the way says nothing
        again = post(client, LIST, ASKED | {"body": body}, token)
        assert (again.status_code, again.json()["number"]) == (200, first.json()["number"])
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Something else came under this name"), ("zh-hans", "此前已有另一条内容")]
)
@pytest.mark.parametrize(
    "other", [{"body": "The plug is missing too."}, {"customer": {"email": "dora@example.com"}}]
)
def test_another_delivery_under_the_same_name_is_refused_and_told(
    client: Client, token: Headers, promises: None, other: dict[str, Any], language: str, said: str
) -> None:
    first = post(client, LIST, ASKED, token).json()
    answer = post(client, LIST, ASKED | other, token | {"Accept-Language": language})
    assert (answer.status_code, answer.json()["code"]) == (409, "message.told_otherwise")
    assert answer.json()["facts"] == {"number": first["number"]}
    assert said in answer.json()["message"]
    assert Message.objects.count() == 1


def test_channel_and_external_id_may_be_left_out(client: Client, token: Headers, promises: None) -> None:
    short = {name: ASKED[name] for name in ("subject", "body", "customer")}
    numbers = {post(client, LIST, short, token).json()["number"] for _ in range(2)}
    assert len(numbers) == 2
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"api"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": "nothing\x00"}, "body"),
        ({"body": None}, "body"),
        ({"channel": "pigeon"}, "channel"),
        ({"customer": "carol@example.com"}, "customer"),
        ({"customer": {"name": "Carol"}}, "customer.email"),
        ({"customer": {"email": "carol"}}, "customer.email"),
        ({"customer": {"email": "carol@example.com", "language": "tlh"}}, "customer.language"),
        ({"external_id": "x" * 201}, "external_id"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_opened(
    client: Client, token: Headers, promises: None, wrong: dict[str, Any], field: str
) -> None:
    answer = post(client, LIST, ASKED | wrong, token)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert list(answer.json()["fields"]) == [field]
    assert not Ticket.objects.exists()


def test_a_body_that_is_no_json_is_refused(client: Client, token: Headers) -> None:
    answer = client.post(LIST, "{", content_type="application/json", headers=token)
    assert answer.status_code == 400


def test_an_order_of_the_customer_is_attached(
    client: Client, token: Headers, promises: None, carol: Customer
) -> None:
    order = build.order(customer=carol)
    asked = ASKED | {"order_number": order.number, "customer": {"email": carol.email}}
    told = post(client, LIST, asked, token).json()
    assert (told["order"], told["order_number"]) == (order.reference, order.number)


def test_an_unknown_order_number_is_no_reason_to_lose_a_message(
    client: Client, token: Headers, promises: None
) -> None:
    answer = post(client, LIST, ASKED | {"order_number": "4711"}, token)
    assert (answer.status_code, answer.json()["order"]) == (201, None)
    assert Event.objects.get(kind="ticket.order_unknown").data == {"order_number": "4711"}


def test_intake_takes_few_statements(
    client: Client, token: Headers, promises: None, django_assert_num_queries: Any
) -> None:
    post(client, LIST, ASKED, token)
    with django_assert_num_queries(16):
        post(client, LIST, ASKED | {"external_id": "m-2"}, token)


def test_twenty_parallel_deliveries_are_one_ticket(
    together: Callable[..., list[Any]], promises: None
) -> None:
    alice = build.user("Alice")
    _row, text = issue_token(alice, name="shop", by=alice)
    headers = {"Authorization": f"Token {text}"}
    answers = together(*[lambda: post(Client(), LIST, ASKED, headers)] * 20)
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert (Ticket.objects.count(), Customer.objects.count()) == (1, 1)


# --- reading -----------------------------------------------------------------------------------------


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def test_the_list_is_newest_first_and_paged(client: Client, token: Headers, promises: None) -> None:
    older, newer = build.ticket(), build.ticket()
    first = client.get(LIST, {"page_size": 1}, headers=token)
    second = client.get(first.json()["next"], headers=token)
    assert numbers(first) + numbers(second) == [newer.number, older.number]


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": "open"},
        {"status": ["open", "closed"]},
        {"type": "complaint"},
        {"priority": "4"},
        {"channel": "phone"},
        {"language": "zh-hans"},
        {"email": "WANG@example.com"},
        {"created_after": "2026-11-23T01:00:00Z", "created_before": "2026-11-23T05:00:00Z"},
        {"q": "退货"},
        {"q": "wang@example.com"},
        {"team": "repairs"},
        {"assignee": "alice@staff.example"},
    ],
)
def test_the_list_is_filtered(
    client: Client, promises: None, monday: Traveller, wanted: dict[str, Any]
) -> None:
    alice = build.user("Alice", email="alice@staff.example")
    _row, text = issue_token(alice, name="shop", by=alice)
    wang = build.customer("王小明", email="wang@example.com", language="zh-hans")
    fitting = build.ticket(
        customer=wang, subject="退货", type="complaint", priority=4, channel="phone", status=TicketStatus.OPEN
    )
    actions.assign(fitting, to=alice, team=build.team("repairs", is_default=False), by=alice)
    monday.shift(-86400 * 7)
    build.ticket()
    assert numbers(client.get(LIST, wanted, headers={"Authorization": f"Token {text}"})) == [fitting.number]


def test_tickets_of_nobody_can_be_asked_for(
    client: Client, token: Headers, ticket: Ticket, alice: User
) -> None:
    actions.assign(build.ticket(), to=alice, by=alice)
    assert numbers(client.get(LIST, {"assignee": "none"}, headers=token)) == [ticket.number]


def test_a_wrong_filter_is_named(client: Client, token: Headers) -> None:
    answer = client.get(LIST, {"status": "lost"}, headers=token)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["status"])


def test_the_list_takes_few_statements(
    client: Client, token: Headers, promises: None, carol: Customer, django_assert_num_queries: Any
) -> None:
    for _ in range(6):
        build.ticket(customer=carol, order=build.order(customer=carol))
    client.get(LIST, headers=token)
    with django_assert_num_queries(3):
        assert len(numbers(client.get(LIST, headers=token))) == 6


def test_one_ticket(client: Client, token: Headers, ticket: Ticket) -> None:
    told = client.get(f"{LIST}{ticket.number}/", headers=token).json()
    assert told["customer"] == {"number": ticket.customer.number, "name": ticket.customer.name}
    assert (told["assignee"], told["order"], told["version"]) == (None, None, 1)
    assert client.get(f"{LIST}T-1/", headers=token).status_code == 404


@pytest.mark.parametrize("url", [LIST, f"{LIST}T-1/", f"{LIST}T-1/messages/"])
def test_without_token_or_right_nobody_reads(client: Client, wei: User, url: str) -> None:
    assert client.get(url).status_code == 401
    _row, text = issue_token(wei, name="scanner", by=wei)
    assert client.get(url, headers={"Authorization": f"Token {text}"}).status_code == 403


# --- messages and verbs ------------------------------------------------------------------------------


def test_a_reply_of_staff(client: Client, token: Headers, ticket: Ticket, alice: User) -> None:
    url = f"{LIST}{ticket.number}/messages/"
    answer = post(client, url, {"body": "Hello", "external_id": "r-1"}, token)
    assert answer.status_code == 201
    assert (answer.json()["author"], answer.json()["ticket"]) == ("Alice", ticket.number)
    post(client, url, {"body": "Hello", "external_id": "r-1"}, token)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_response_at is not None) == ("open", True)
    assert [row["body"] for row in client.get(url, headers=token).json()["results"]] == [
        "Hello",
        "The shade is cracked.",
    ]


def test_a_message_of_the_customer_handed_on(client: Client, token: Headers, ticket: Ticket) -> None:
    said = {"body": "Any news?", "author": "customer", "channel": "shop", "external_id": "c-1"}
    answer = post(client, f"{LIST}{ticket.number}/messages/", said, token)
    assert (answer.status_code, answer.json()["author_kind"]) == (201, "customer")
    again = post(client, f"{LIST}{ticket.number}/messages/", said | {"body": " Any  news?\n"}, token)
    assert (again.status_code, again.json()["id"]) == (201, answer.json()["id"])
    other = post(client, f"{LIST}{ticket.number}/messages/", said | {"body": "It came."}, token)
    assert (other.status_code, other.json()["code"]) == (409, "message.told_otherwise")


def test_another_file_under_the_same_name_is_refused(client: Client, token: Headers, ticket: Ticket) -> None:
    url = f"{LIST}{ticket.number}/messages/"

    def send(width: int) -> int:
        photo = pictures.upload(pictures.image(size=(width, 20)), "a.jpg")
        said = {"body": "Look", "author": "customer", "channel": "shop", "external_id": "c-1"}
        return client.post(url, said | {"attachments": [photo]}, headers=token).status_code

    assert [send(30), send(30), send(40)] == [201, 201, 409]


def test_a_stale_reply_is_refused(client: Client, token: Headers, ticket: Ticket) -> None:
    actions.receive(ticket, body="More", by=ticket.customer, channel="portal")
    answer = post(client, f"{LIST}{ticket.number}/messages/", {"body": "Hello", "version": 1}, token)
    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["facts"]["version"]) == ("ticket.changed_meanwhile", 2)


def test_a_note(client: Client, token: Headers, ticket: Ticket) -> None:
    answer = post(client, f"{LIST}{ticket.number}/notes/", {"body": "For us"}, token)
    assert (answer.status_code, answer.json()["visibility"]) == (201, "internal")


@pytest.mark.parametrize(
    ("start", "verb", "body", "status"),
    [
        ("new", "wait", {}, "pending_customer"),
        ("new", "wait", {"third_party": True}, "pending_third_party"),
        ("pending_customer", "resume", {}, "open"),
        ("open", "solve", {}, "solved"),
        ("solved", "reopen", {}, "open"),
        ("open", "close", {}, "closed"),
    ],
)
def test_verbs_answer_with_the_ticket(
    client: Client,
    token: Headers,
    promises: None,
    start: str,
    verb: str,
    body: dict[str, Any],
    status: str,
) -> None:
    ticket = build.ticket(status=start)
    answer = post(client, f"{LIST}{ticket.number}/{verb}/", body, token)
    assert (answer.status_code, answer.json()["status"]) == (200, status)


def test_a_verb_that_does_not_fit_is_409_with_words(client: Client, token: Headers, promises: None) -> None:
    closed = build.ticket(status=TicketStatus.CLOSED)
    answer = client.post(f"{LIST}{closed.number}/solve/", headers=token | {"Accept-Language": "zh-hans"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "ticket.cannot_solve"
    assert answer.json()["facts"] == {"number": closed.number, "status": "closed"}
    assert closed.number in answer.json()["message"]


def test_assigning(client: Client, token: Headers, ticket: Ticket, alice: User, lea: User) -> None:
    url = f"{LIST}{ticket.number}/assign/"
    assert post(client, url, {"assignee": alice.email}, token).json()["assignee"] == alice.email
    assert post(client, url, {"assignee": lea.email}, token).json()["assignee"] == lea.email
    assert post(client, url, {"assignee": alice.email}, token).status_code == 200  # taken back
    actions.assign(ticket, to=lea, by=lea)
    assert post(client, url, {"assignee": None}, token).status_code == 403  # Lea's, not Alice's to give away
    assert post(client, url, {"assignee": "nobody@staff.example"}, token).status_code == 400
