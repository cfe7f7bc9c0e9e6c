"""The window of a chat and the board of the desk, as pages."""

import re
import zoneinfo
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import set_away
from accounts.models import User
from channels.actions import chat, chat_desk
from channels.chat import hints, rules, window
from channels.chat.states import ChatState
from channels.models import ChatDuty, ChatSession
from customers import doors
from customers.models import Customer
from tests import build
from tests.core import pictures
from tickets.models import Message, Ticket
from tickets.states import Channel

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]
BrowserOf = Callable[[ChatSession], Client]

FIRST = {"chat": "chat-key-1", "key": "first-key-1", "body": "Hello"}


@pytest.fixture
def visitor() -> Client:
    return Client()


@pytest.fixture
def room(begin: Begin, at_the_desk: User) -> ChatSession:
    return begin()


def at(session: ChatSession, verb: str = "") -> str:
    return f"/chat/{session.reference}/{verb}/" if verb else f"/chat/{session.reference}/"


# --- beginning ---------------------------------------------------------------------------------------


def test_a_guest_begins_without_saying_who_they_are(visitor: Client, at_the_desk: User) -> None:
    page = visitor.get("/chat/?from=/help/")
    assert "Start the chat" in page.content.decode()
    response = visitor.post("/chat/", FIRST | {"page": "/help/"})
    session = ChatSession.objects.get()
    assert response["Location"] == at(session)
    assert (session.page, session.is_proven) == ("/help/", False)
    assert "Hello" in visitor.get(at(session)).content.decode()
    assert visitor.get("/chat/")["Location"] == at(session)


def test_sending_the_start_again_is_one_chat(visitor: Client, at_the_desk: User) -> None:
    visitor.get("/chat/")
    addresses = {visitor.post("/chat/", FIRST)["Location"] for _again in range(2)}
    assert len(addresses) == 1
    assert Message.objects.count() == 1


def test_a_browser_without_a_cookie_gets_its_own(at_the_desk: User) -> None:
    first, second = Client(), Client()
    first.post("/chat/", FIRST)
    second.post("/chat/", FIRST)
    assert ChatSession.objects.count() == 2


def test_a_signed_in_customer_is_known(visitor: Client, at_the_desk: User, carol: Customer) -> None:
    remembered = visitor.session
    remembered[doors.CUSTOMER] = carol.pk
    remembered.save()
    order = build.order(customer=carol)
    theirs = build.order(customer=build.customer("Charlie"))
    visitor.post("/chat/", FIRST | {"order": order.reference})
    session = ChatSession.objects.get()
    assert (session.ticket.customer, session.ticket.order, session.is_proven) == (carol, order, True)
    chat.end(session, by=carol)
    visitor.post("/chat/", FIRST | {"chat": "chat-key-2", "order": theirs.reference})
    assert ChatSession.objects.latest("pk").ticket.order is None


def test_who_found_an_order_is_tied_to_it(visitor: Client, at_the_desk: User, carol: Customer) -> None:
    order = build.order(customer=carol)
    remembered = visitor.session
    remembered[doors.ORDERS] = {str(order.pk): 4_000_000_000}
    remembered.save()
    visitor.post("/chat/", FIRST)
    assert ChatSession.objects.get().ticket.order == order


def test_when_nobody_is_there_it_becomes_a_request(visitor: Client, promises: None) -> None:
    assert "Nobody is here to chat now" in visitor.get("/chat/").content.decode()
    given = FIRST | {"name": "Gus", "email": "gus@example.com"}
    page = visitor.post("/chat/away/", given, follow=True)
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.customer.email) == (Channel.PORTAL, "gus@example.com")
    assert ticket.subject in page.content.decode()
    assert not ChatSession.objects.exists()


def test_a_request_needs_an_address_and_keeps_what_was_typed(visitor: Client) -> None:
    page = visitor.post("/chat/away/", FIRST)
    assert page.status_code == 422
    assert "Hello" in page.content.decode()


@pytest.mark.parametrize("wrong", [{"body": " "}, {"key": "?"}, {"chat": ""}, {"body": "x" * 4001}])
def test_wrong_input_is_answered_and_kept(visitor: Client, at_the_desk: User, wrong: dict[str, str]) -> None:
    assert visitor.post("/chat/", FIRST | wrong).status_code == 422
    assert not ChatSession.objects.exists()


# --- nobody else's -----------------------------------------------------------------------------------


def test_a_reference_alone_opens_nothing(room: ChatSession, carol: Customer, client: Client) -> None:
    remembered = client.session
    remembered[doors.CUSTOMER] = carol.pk
    remembered[doors.VISITOR] = "another browser"
    remembered.save()
    assert client.get(at(room)).status_code == 404
    assert client.get(at(room, "news")).status_code == 404
    for verb in ("send", "read", "typing", "end", "mail", "rate"):
        assert client.post(at(room, verb), {"body": "Hi", "key": "foreign-key"}).status_code == 404
    assert room.ticket.messages.count() == 1


def test_signing_out_takes_the_chat_along(room: ChatSession, browser_of: BrowserOf) -> None:
    browser = browser_of(room)
    assert browser.get(at(room)).status_code == 200
    browser.post("/sign-out/")
    assert browser.get(at(room)).status_code == 404


def test_a_guest_who_types_an_address_sees_nothing_of_its_owner(
    visitor: Client, at_the_desk: User, carol: Customer
) -> None:
    theirs = build.ticket(customer=carol, subject="Carol's secret")
    visitor.post("/chat/", FIRST | {"email": carol.email, "name": "Mallory"})
    session = ChatSession.objects.get()
    chat_desk.answer(session, body="Hello", key="answer-01", by=at_the_desk)
    pages = [visitor.get(at(session)), visitor.get("/requests/", follow=True)]
    assert not [page for page in pages if theirs.subject in page.content.decode()]
    assert visitor.get(f"/requests/{theirs.number}/").status_code in (302, 404)


def test_notes_are_not_shown(room: ChatSession, at_the_desk: User, browser_of: BrowserOf) -> None:
    from tickets import actions

    actions.add_note(room.ticket, body="Difficult one", by=at_the_desk)
    browser = browser_of(room)
    assert "Difficult" not in browser.get(at(room)).content.decode()
    assert "Difficult" not in browser.get(at(room, "news")).content.decode()


# --- in the window -----------------------------------------------------------------------------------


def test_saying_something_twice_is_one_message(room: ChatSession, browser_of: BrowserOf) -> None:
    browser = browser_of(room)
    for _again in range(2):
        assert browser.post(at(room, "send"), {"body": "More", "key": "more-key-1"})["Location"] == at(room)
    assert room.ticket.messages.filter(body="More").count() == 1


def test_news_are_what_came_after_the_last_one(
    room: ChatSession, at_the_desk: User, browser_of: BrowserOf
) -> None:
    browser, first = browser_of(room), room.ticket.messages.get()
    said = chat_desk.answer(room, body="It left today.", key="answer-01", by=at_the_desk)
    page = browser.get(at(room, "news"), {"after": first.pk}).content.decode()
    assert re.findall(r'data-chat-message="(\d+)"', page) == [str(said.pk)]
    (seen,) = re.findall(r'data-fingerprint="(\w+)"', page)
    assert browser.get(at(room, "news"), {"after": said.pk, "seen": seen}).status_code == 204


def test_photos_go_with_a_message(room: ChatSession, browser_of: BrowserOf, client: Client) -> None:
    browser = browser_of(room)
    photo = pictures.upload(pictures.image(), "lamp.jpg")
    browser.post(at(room, "send"), {"key": "photo-key-1", "body": "", "attachments": [photo]})
    page = browser.get(at(room)).content.decode()
    (picture,) = set(re.findall(r'href="(/files/[^"]+)"', page))
    assert list(browser.get(picture).streaming_content)  # type: ignore[attr-defined]
    assert client.get(picture).status_code == 404


def test_a_file_that_is_none_is_refused_with_a_sentence(room: ChatSession, browser_of: BrowserOf) -> None:
    bad = pictures.upload(b"MZ\x90\x00 not a picture", "virus.exe")
    answer = browser_of(room).post(
        at(room, "send"),
        {"key": "photo-key-1", "body": "", "attachments": [bad]},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()


def test_too_many_messages_have_to_wait(
    room: ChatSession, browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from channels.views.portal import chat as views
    from core.limits import Limit

    monkeypatch.setattr(views, "SENDS", Limit("chat-few", 1, views.HOUR))
    browser = browser_of(room)
    browser.post(at(room, "send"), {"key": "limit-key-1", "body": "One"})
    answer = browser.post(at(room, "send"), {"key": "limit-key-2", "body": "Two"})
    assert answer.status_code == 429
    assert "Two" in answer.content.decode()


def test_both_sides_see_that_the_other_writes_and_reads(
    room: ChatSession, at_the_desk: User, browser_of: BrowserOf, client: Client
) -> None:
    browser = browser_of(room)
    client.force_login(at_the_desk)
    chat_desk.accept(room, by=at_the_desk)
    state = f"/console/chats/{room.reference}/state/"
    browser.post(at(room, "typing"))
    assert "The customer is typing" in client.get(state, {"visible": 1}).content.decode()
    client.post(f"/console/chats/{room.reference}/typing/")
    page = browser.get(at(room, "news")).content.decode()
    assert "Alice is typing" in page
    assert f'data-staff-read="{room.ticket.messages.get().pk}"' in page
    said = chat_desk.answer(room, body="Hi", key="answer-01", by=at_the_desk)
    assert not hints.is_typing(room, hints.STAFF)
    browser.post(at(room, "read"), {"upto": said.pk})
    room.refresh_from_db()
    assert room.customer_read == said.pk


def test_what_the_customer_has_read_is_what_we_said(
    room: ChatSession, at_the_desk: User, browser_of: BrowserOf, client: Client
) -> None:
    client.force_login(at_the_desk)
    chat_desk.accept(room, by=at_the_desk)
    state = f"/console/chats/{room.reference}/state/"
    read = "Read by the customer"
    assert read not in client.get(state, {"visible": 1}).content.decode()  # they know their own words
    said = chat_desk.answer(room, body="Hi", key="answer-01", by=at_the_desk)
    assert read not in client.get(state).content.decode()
    browser_of(room).post(at(room, "read"), {"upto": said.pk})
    assert read in client.get(state).content.decode()


def test_ending_rating_and_having_it_sent(room: ChatSession, browser_of: BrowserOf) -> None:
    browser = browser_of(room)
    browser.post(at(room, "end"))
    assert "How was it?" in browser.get(at(room)).content.decode()
    assert browser.post(at(room, "rate"), {"score": "9"}).status_code == 422
    browser.post(at(room, "rate"), {"score": "5", "comment": "Quick"})
    assert browser.post(at(room, "mail"), {"email": "nonsense"}).status_code == 422
    browser.post(at(room, "mail"), {"email": "gus@example.com"})
    room.refresh_from_db()
    assert (room.rating, room.rating_comment, room.email) == (5, "Quick", "gus@example.com")


def test_every_page_of_the_portal_has_the_bubble(client: Client) -> None:
    assert "data-chat-bubble" in client.get("/").content.decode()
    assert "data-chat-bubble" not in client.get("/chat/").content.decode()


# --- the desk ----------------------------------------------------------------------------------------


def test_the_board_shows_who_waits_and_who_is_mine(
    begin: Begin, at_the_desk: User, lea: User, client: Client
) -> None:
    waiting, mine, other = begin(body="Waiting one"), begin(body="Mine"), begin(body="Other one")
    chat_desk.accept(mine, by=at_the_desk)
    chat_desk.accept(other, by=lea)
    client.force_login(at_the_desk)
    page = client.get("/console/chats/")
    board = page.context["board"]
    assert (list(board.waiting), list(board.mine), list(board.others)) == ([waiting], [mine], [other])
    assert board.waiting[0].unread == 1
    seen = {"seen": board.fingerprint}
    assert client.get("/console/chats/list/", seen).status_code == 204


def test_the_board_costs_the_same_for_many(
    begin: Begin, at_the_desk: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _number in range(5):
        begin()
    client.force_login(at_the_desk)
    client.get("/console/chats/")
    with django_assert_max_num_queries(12):
        client.get("/console/chats/")


def test_taking_and_answering_on_the_page_of_the_ticket(
    room: ChatSession, at_the_desk: User, client: Client
) -> None:
    client.force_login(at_the_desk)
    page = client.post(f"/console/chats/{room.reference}/accept/", follow=True)
    assert f"/console/tickets/{room.ticket.number}/chat/" in page.content.decode()
    side = client.get(f"/console/tickets/{room.ticket.number}/chat/").content.decode()
    (key,) = re.findall(r'name="key" value="(\w+)"', side)
    for _again in range(2):
        client.post(f"/console/chats/{room.reference}/answer/", {"key": key, "body": "It left today."})
    assert room.ticket.messages.filter(body="It left today.", channel=Channel.CHAT).count() == 1


def test_a_ticket_without_a_chat_has_none(at_the_desk: User, client: Client) -> None:
    client.force_login(at_the_desk)
    assert client.get(f"/console/tickets/{build.ticket().number}/chat/").status_code == 404


def test_saying_that_one_is_there(alice: User, client: Client) -> None:
    client.force_login(alice)
    client.post("/console/chats/available/", {"on": "1", "capacity": "4"})
    duty = ChatDuty.objects.get(member=alice)
    assert (duty.is_available, duty.capacity) == (True, 4)
    client.post("/console/chats/available/", {"capacity": "4"})
    assert not ChatDuty.objects.get(member=alice).is_available


def test_handing_over_needs_a_note(room: ChatSession, at_the_desk: User, lea: User, client: Client) -> None:
    client.force_login(at_the_desk)
    chat_desk.accept(room, by=at_the_desk)
    address = f"/console/chats/{room.reference}/transfer/"
    offered = client.get(address).content.decode()
    assert ("Lea" in offered, f'value="{at_the_desk.pk}"' in offered) == (True, False)  # not to oneself
    assert client.post(address, {"to": lea.pk, "note": ""}).status_code == 422
    client.post(address, {"to": lea.pk, "note": "Knows lamps."})
    assert ChatSession.objects.get(pk=room.pk).agent == lea


def test_ending_and_blocking(
    room: ChatSession, at_the_desk: User, browser_of: BrowserOf, client: Client
) -> None:
    client.force_login(at_the_desk)
    client.post(f"/console/chats/{room.reference}/block/")
    room.refresh_from_db()
    assert (room.state, room.ended_by) == (ChatState.ENDED, "blocked")
    browser = browser_of(room)
    assert browser.post(at(room, "send"), {"key": "blocked-key", "body": "Hi"}).status_code == 409
    assert browser.post("/chat/", FIRST).status_code == 409


# --- nothing is lost between two looks ---------------------------------------------------------------


def test_whoever_asks_after_the_last_key_misses_nothing(
    begin: Begin, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    """Writers and a reader at once: the reader only ever asks for what came after what it has."""
    session = chat_desk.accept(begin(), by=at_the_desk)
    seen: list[int] = []

    def look() -> None:
        newest = 0
        while len(seen) < 25:
            lines = window.of(session, after=newest).lines
            seen.extend(line.message.pk for line in lines)
            newest = seen[-1] if seen else 0

    def say(number: int) -> None:
        for turn in range(6):
            chat.send(session, body="x", key=f"writer-{number}-{turn}")

    outcomes = together(look, *[lambda number=number: say(number) for number in range(4)])
    assert outcomes == [None] * 5
    assert seen == list(session.ticket.messages.order_by("pk").values_list("pk", flat=True))


def test_a_long_chat_comes_in_portions(
    begin: Begin, at_the_desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "AT_ONCE", 3)
    session = begin()
    for number in range(5):
        chat.send(session, body=str(number), key=f"portion-{number}")
    first = window.of(session)
    rest = window.of(session, after=first.newest)
    assert [len(first.lines), len(rest.lines)] == [3, 3]


def test_keys_are_names_and_nothing_else() -> None:
    assert rules.is_key("0123456789abcdef")
    assert not any(map(rules.is_key, ("", "short", "with space 123", "x" * 61, "ключ-ключ-ключ")))


def test_whoever_takes_chats_off_shift_reads_why_none_rings(at_the_desk: User, client: Client) -> None:
    client.force_login(at_the_desk)
    assert "no chat rings for you" not in client.get("/console/chats/").content.decode()
    weekday = timezone.localtime(timezone=zoneinfo.ZoneInfo(at_the_desk.time_zone)).weekday()
    at_the_desk.shifts = {str((weekday + 3) % 7): [["09:00", "10:00"]]}
    at_the_desk.save(update_fields=["shifts"])
    page = client.get("/console/chats/").content.decode()
    assert "You are outside your working hours, so no chat rings for you." in page
    assert "Customers who write now leave a message" in page
    assert re.search(r"They begin <time[^>]*>\w{3} \d+ \w{3} \d{4}, 09:00</time>\. ", page)
    set_away(at_the_desk, starts_at=timezone.now(), ends_at=None, by=at_the_desk)
    assert "You are noted as out of office" in client.get("/console/chats/").content.decode()
