"""One ticket on one page, and the verbs that are done there."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core.models import Attachment, Event
from customers.models import Customer
from tests import build
from tickets import actions, conversation
from tickets.models import Message, Ticket
from tickets.states import TicketStatus


def address(ticket: Ticket, verb: str = "") -> str:
    return f"/console/tickets/{ticket.number}/" + (f"{verb}/" if verb else "")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_page_shows_what_was_said_and_done(page: Client, ticket: Ticket, alice: User, lea: User) -> None:
    actions.assign(ticket, to=alice, by=lea)
    actions.reply(ticket, body="We send a new one.", by=alice)
    actions.add_note(ticket, body="Second one this week.", by=lea)
    shown = text(page.get(address(ticket)))
    for words in (
        "The shade is cracked.",
        "Lea gave the ticket to Alice",
        "We send a new one.",
        "Second one",
    ):
        assert words in shown


def test_every_language_has_the_page(page: Client, ticket: Ticket) -> None:
    page.cookies["django_language"] = "zh-hans"
    assert "首次响应" in text(page.get(address(ticket)))


def test_what_people_write_is_escaped(page: Client, promises: None) -> None:
    nasty = "<script>alert(1)</script>"
    ticket = build.ticket(subject=nasty, body=f"{nasty} https://example.com/{nasty}")
    shown = text(page.get(address(ticket)))
    assert nasty not in shown
    assert "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize(
    ("status", "offered", "absent"),
    [
        (TicketStatus.NEW, {"solve", "wait", "close", "reply"}, {"reopen", "resume"}),
        (TicketStatus.PENDING_CUSTOMER, {"solve", "resume", "close", "reply"}, {"reopen"}),
        (TicketStatus.SOLVED, {"reopen", "close", "reply"}, {"solve", "wait", "resume"}),
        (TicketStatus.CLOSED, {"note"}, {"reply", "solve", "wait", "close", "reopen", "assign/"}),
    ],
)
def test_exactly_the_verbs_that_are_allowed_are_offered(
    page: Client, promises: None, status: TicketStatus, offered: set[str], absent: set[str]
) -> None:
    ticket = build.ticket(status=status)
    shown = text(page.get(address(ticket)))
    main = shown[shown.index("<main") : shown.index("</main")]
    for verb in offered:
        assert f'action="{address(ticket, verb)}' in main
    for verb in absent:
        assert f'action="{address(ticket, verb.rstrip("/"))}' not in main


def test_events_in_a_row_are_folded(ticket: Ticket, alice: User, lea: User) -> None:
    for to in (alice, lea, alice, lea):
        actions.assign(ticket, to=to, by=lea)
    entries = conversation.of(ticket).entries
    assert [isinstance(entry, conversation.Happened) for entry in entries] == [False, True]
    assert isinstance(entries[1], conversation.Happened)
    assert entries[1].folded


def test_the_beginning_of_a_long_conversation_is_a_click_away(
    page: Client, ticket: Ticket, alice: User, monday: Traveller
) -> None:
    for number in range(conversation.SHOWN + 5):
        monday.shift(timedelta(minutes=1))
        actions.reply(ticket, body=f"Reply {number}.", by=alice)
    assert "The shade is cracked." not in text(page.get(address(ticket)))
    assert "The shade is cracked." in text(page.get(address(ticket) + "?all"))


def test_the_page_takes_few_statements(
    page: Client, ticket: Ticket, alice: User, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        actions.reply(ticket, body=f"Reply {number}", by=alice)
        build.ticket(customer=ticket.customer)
    page.get(address(ticket))
    # What was merged into it, links, drafts, replies that have not left, and how answers fared: one each.
    with django_assert_num_queries(16):
        page.get(address(ticket))


def test_strangers_and_unknown_numbers(client: Client, wei: User, alice: User, ticket: Ticket) -> None:
    assert client.get(address(ticket)).status_code == 302
    client.force_login(wei)
    assert client.get(address(ticket)).status_code == 403
    client.force_login(alice)
    assert client.get("/console/tickets/T-1/").status_code == 404


# --- news --------------------------------------------------------------------------------------------


def test_news_are_only_what_is_new(page: Client, ticket: Ticket, alice: User) -> None:
    seen = conversation.of(ticket).seen
    assert page.get(address(ticket, "news") + f"?seen={seen}").status_code == 204
    message = actions.receive(ticket, body="Any news?", by=ticket.customer, channel="portal")
    answer = page.get(address(ticket, "news") + f"?seen={seen}")
    assert "Any news?" in text(answer)
    assert "The shade is cracked." not in text(answer)
    assert f'value="{message.ticket.version}"' in text(answer)


def test_what_is_stored_while_news_are_read_comes_with_its_version(
    page: Client, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, read, late = conversation.of(ticket).seen, conversation.since, ["Meanwhile"]

    def interrupted(row: Ticket, after: int) -> conversation.Conversation:
        if late:
            actions.receive(ticket, body=late.pop(), by=ticket.customer, channel="portal")
        return read(row, after)

    monkeypatch.setattr(conversation, "since", interrupted)
    shown = text(page.get(address(ticket, "news") + f"?seen={seen}"))
    assert "Meanwhile" in shown
    assert f'value="{Ticket.objects.get(pk=ticket.pk).version}" id="reply-version"' in shown


# --- reply and note ----------------------------------------------------------------------------------


def reply(page: Client, ticket: Ticket, **fields: Any) -> Any:
    fields = {"body": "Hello", "version": ticket.version, "seen": conversation.of(ticket).seen, **fields}
    return page.post(address(ticket, "reply"), fields)


def test_a_reply_is_sent(page: Client, ticket: Ticket) -> None:
    answer = reply(page, ticket)
    assert (answer.status_code, answer["Location"]) == (302, address(ticket) + "#newest")
    assert ticket.messages.last().body == "Hello"  # type: ignore[union-attr]


@pytest.mark.parametrize(("then", "status"), [("wait", "pending_customer"), ("solve", "solved")])
def test_a_reply_and_what_comes_then(page: Client, ticket: Ticket, then: str, status: str) -> None:
    reply(page, ticket, then=then)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == (status, 2)


def test_a_form_sent_twice_is_one_reply(page: Client, ticket: Ticket) -> None:
    for _ in range(2):
        assert reply(page, ticket, key="abc").status_code == 302
    assert ticket.messages.count() == 2


def test_an_empty_reply_is_not_sent(page: Client, ticket: Ticket) -> None:
    answer = reply(page, ticket, body="  ")
    assert answer.status_code == 422
    assert "Write something or attach a file." in text(answer)


def test_a_stale_reply_shows_what_came_in_between_and_keeps_the_text(page: Client, ticket: Ticket) -> None:
    before = {"version": ticket.version, "seen": conversation.of(ticket).seen}
    actions.receive(ticket, body="Never mind, it works!", by=ticket.customer, channel="portal")
    answer = reply(page, ticket, body="Please send it back.", **before)
    shown = text(answer)
    assert answer.status_code == 409
    between = shown[shown.index("While you were writing") :]
    assert "Never mind, it works!" in between
    assert "The shade is cracked." not in between
    assert "Please send it back.</textarea>" in shown
    ticket.refresh_from_db()
    assert f'name="version" value="{ticket.version}"' in shown
    assert not Message.objects.filter(actor_kind="user").exists()


def test_files_of_a_refused_reply_are_kept(page: Client, ticket: Ticket) -> None:
    old = ticket.version
    actions.receive(ticket, body="More", by=ticket.customer, channel="portal")
    photo = SimpleUploadedFile("guide.txt", b"Press the button.", "text/plain")
    refused = reply(page, ticket, version=old, attachments=[photo])
    assert refused.status_code == 409
    draft = refused.context["reply_form"]["draft"].value()
    assert "guide.txt" in text(refused)
    ticket.refresh_from_db()
    assert reply(page, ticket, draft=draft).status_code == 302
    message = ticket.messages.last()
    assert message is not None
    attachment = Attachment.objects.get(subject=f"message:{message.pk}")
    assert (attachment.name, attachment.public) == ("guide.txt", True)


def test_files_of_somebody_elses_draft_stay_theirs(page: Client, ticket: Ticket, carol: Customer) -> None:
    from core import files

    theirs = files.store(
        SimpleUploadedFile("private.txt", b"secret", "text/plain"), subject="draft:1234", by=carol
    )
    reply(page, ticket, draft="draft:1234")
    theirs.refresh_from_db()
    assert theirs.subject == "draft:1234"


def test_a_note_is_left(page: Client, ticket: Ticket) -> None:
    photo = SimpleUploadedFile("log.txt", b"Error 12", "text/plain")
    said = {"body": "For us", "version": ticket.version, "attachments": [photo]}
    answer = page.post(address(ticket, "note"), said)
    assert answer.status_code == 302
    note = ticket.messages.last()
    assert note is not None
    assert note.visibility == "internal"
    assert Attachment.objects.get(subject=f"message:{note.pk}").public is False


# --- the other verbs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "verb", "fields", "status"),
    [
        ("new", "wait", {}, "pending_customer"),
        ("new", "wait", {"third_party": "1"}, "pending_third_party"),
        ("pending_customer", "resume", {}, "open"),
        ("open", "solve", {}, "solved"),
        ("solved", "reopen", {}, "open"),
        ("open", "close", {}, "closed"),
        ("open", "priority", {"priority": "4"}, "open"),
        ("open", "type", {"type": "complaint"}, "open"),
    ],
)
def test_verbs_go_back_to_the_page_beside_its_queue(
    page: Client, promises: None, start: str, verb: str, fields: dict[str, str], status: str
) -> None:
    ticket = build.ticket(status=start)
    answer = page.post(address(ticket, verb) + "?queue=mine", fields)
    assert answer["Location"] == address(ticket) + "?queue=mine#newest"
    ticket.refresh_from_db()
    assert ticket.status == status


def test_priority_and_type_are_stored(page: Client, ticket: Ticket) -> None:
    page.post(address(ticket, "priority"), {"priority": "4"})
    page.post(address(ticket, "type"), {"type": "complaint"})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.type) == (4, "complaint")


def test_a_refusal_is_said_in_words(page: Client, promises: None) -> None:
    closed = build.ticket(status=TicketStatus.CLOSED)
    answer = page.post(address(closed, "solve"), follow=True)
    assert "is Closed and cannot be solved" in text(answer)


def test_taking_and_handing_over(page: Client, ticket: Ticket, alice: User, lea: User) -> None:
    page.post(address(ticket, "assign"), {"assignee": alice.pk})
    page.post(address(ticket, "assign"), {"assignee": lea.pk})
    ticket.refresh_from_db()
    assert ticket.assignee == lea
    other = build.user("Bob")
    assert page.post(address(ticket, "assign"), {"assignee": other.pk}).status_code == 403


@pytest.mark.parametrize(
    "verb",
    ["reply", "note", "assign", "priority", "type", "wait", "resume", "solve", "reopen", "close"],
)
def test_verbs_take_post_and_the_right(client: Client, mara: User, ticket: Ticket, verb: str) -> None:
    client.force_login(mara)
    assert client.get(address(ticket, verb)).status_code == 405
    assert client.post(address(ticket, verb), {"body": "x", "assignee": mara.pk}).status_code in (302, 403)
    assert Event.objects.exclude(kind__in=["ticket.opened", "customer.created"]).count() == 0


# --- deadlines ---------------------------------------------------------------------------------------


def test_a_deadline_explains_itself(page: Client, ticket: Ticket, alice: User, monday: Traveller) -> None:
    monday.shift(timedelta(hours=2))
    actions.wait(ticket, by=alice)
    monday.shift(timedelta(hours=1))
    page.cookies["time_zone"] = "Asia/Shanghai"
    standing = text(page.get(address(ticket, "clocks/resolution/1/1")))
    assert "25 h" in standing
    actions.resume(ticket, by=alice)
    shown = text(page.get(address(ticket, "clocks/resolution/1/1")))
    for words in ("27 h", "Asia/Shanghai", "Mon 23 Nov 2026, 10:00", "Thu 26 Nov 2026, 11:00"):
        assert words in shown
    assert page.get(address(ticket, "clocks/resolution/1/2")).status_code == 404


# --- a ticket opened by staff ------------------------------------------------------------------------


def test_a_call_is_logged(page: Client, promises: None, alice: User) -> None:
    told = {
        "email": "new@example.com",
        "name": "Nora",
        "language": "en",
        "channel": "phone",
        "type": "logistics",
        "priority": "3",
        "subject": "Where is my parcel?",
        "body": "She waits for six days.",
        "mine": "on",
    }
    answer = page.post("/console/tickets/new/", told)
    ticket = Ticket.objects.get()
    assert answer["Location"] == address(ticket)
    assert (ticket.customer.name, ticket.assignee, ticket.channel) == ("Nora", alice, "phone")
    assert (ticket.type, ticket.priority, ticket.first_response_at) == ("logistics", 3, None)


def test_a_ticket_for_a_known_customer_about_an_order(page: Client, promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    url = f"/console/tickets/new/?customer={carol.number}&order={order.number}"
    assert carol.name in text(page.get(url))
    told = {"customer": carol.number, "order_number": order.number, "channel": "phone", "type": "order"}
    page.post(url, {**told, "priority": "2", "subject": "Question", "body": "Hello"})
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.order, ticket.assignee) == (carol, order, None)


def test_without_a_contact_nobody_can_be_written_to(page: Client, promises: None) -> None:
    answer = page.post(
        "/console/tickets/new/",
        {"channel": "phone", "type": "order", "priority": "2", "subject": "Hi", "body": "Kept words"},
    )
    assert answer.status_code == 422
    assert "Kept words" in text(answer)


def test_a_customers_tickets_on_the_customers_page(page: Client, ticket: Ticket, charlie: Customer) -> None:
    other = build.ticket(customer=charlie)
    shown = text(page.get(f"/console/customers/{ticket.customer.number}/tickets/"))
    assert ticket.number in shown
    assert other.number not in shown
