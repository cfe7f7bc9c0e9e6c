"""What customers hear by mail, in their language, once per cause."""

from dataclasses import replace

import pytest
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import dispatch, mail
from core.models import OutgoingMail
from core.templatetags.mails import blocks
from core.texts.changing import change_text
from core.texts.declaring import declared
from customers.models import Customer
from tests import build
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus


def mails() -> list[OutgoingMail]:
    """Let reactions run and return what was written about tickets, oldest first."""
    dispatch.drain()
    return list(OutgoingMail.objects.filter(key__regex=r"^(ticket|message)\.").order_by("pk"))


def test_opening_is_acknowledged_with_number_and_promise(ticket: Ticket, carol: Customer) -> None:
    (sent,) = mails()
    assert (sent.to, sent.language, sent.about) == (carol.email, "en", f"ticket:{ticket.pk}")
    assert sent.subject == f"[{ticket.number}] We have your request"
    assert "by Monday, 23 November 2026, 03:00 (UTC)." in sent.text


def test_customers_are_written_to_in_their_language_and_zone(promises: None, monday: Traveller) -> None:
    build.ticket(customer=build.customer("王小明", language="zh-hans", time_zone="Asia/Shanghai"))
    (sent,) = mails()
    assert "已收到您的申请" in sent.subject
    assert "2026年11月23日" in sent.text
    assert "11:00 (Asia/Shanghai)" in sent.text


def test_the_acknowledgement_repeats_nothing_a_stranger_typed(promises: None) -> None:
    build.ticket(subject="Buy cheap pills", body="at https://evil.example")
    (sent,) = mails()
    assert "pills" not in sent.subject + sent.text
    assert "evil" not in sent.text


def test_a_reply_brings_its_words_and_a_link_that_opens_the_request(
    client: Client, ticket: Ticket, alice: User
) -> None:
    actions.reply(ticket, body="It's on its way <today> & tomorrow.", by=alice)
    sent = mails()[-1]
    assert sent.subject == f"[{ticket.number}] Lamp arrived broken"
    assert "It's on its way <today> & tomorrow." in sent.text
    assert "Alice" in sent.text
    link = sent.text.split("Read and answer: ")[1].split()[0]
    assert client.get(link.removeprefix("http://testserver"), follow=True).status_code == 200


def test_a_reply_of_files_alone_says_so(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="", by=alice)
    assert "We have sent you files" in mails()[-1].text


def test_solving_is_told(ticket: Ticket, alice: User) -> None:
    actions.solve(ticket, by=alice)
    sent = mails()[-1]
    assert sent.subject == f"[{ticket.number}] Solved: Lamp arrived broken"
    assert "within 14 days" in sent.text


def test_a_reply_that_solves_is_one_mail(ticket: Ticket, alice: User) -> None:
    told = actions.reply(ticket, body="Done.", by=alice)
    actions.solve(ticket, by=alice, told_in=told)
    assert [sent.key.partition(":")[0] for sent in mails()] == ["ticket.opened", "message.sent"]
    assert "we consider your request solved" in mails()[-1].text


def test_who_solved_it_themselves_is_not_told(ticket: Ticket, carol: Customer) -> None:
    actions.solve(ticket, by=carol)
    assert len(mails()) == 1


def test_notes_and_messages_of_the_customer_write_to_nobody(
    ticket: Ticket, alice: User, carol: Customer
) -> None:
    actions.add_note(ticket, body="For us", by=alice)
    actions.receive(ticket, body="Hello?", by=carol, channel="portal")
    assert len(mails()) == 1


def test_without_an_address_nobody_is_written_to(promises: None) -> None:
    build.ticket(customer=build.customer("Phil", email=""))
    assert mails() == []


def test_the_same_event_writes_once(ticket: Ticket) -> None:
    mails()
    from core.models import Event, ReactionRun

    ReactionRun.objects.all().delete()
    Event.objects.update(dispatched_at=None)
    assert len(mails()) == 1


@pytest.mark.parametrize("status", [TicketStatus.SOLVED, TicketStatus.CLOSED])
def test_a_mail_of_an_old_event_is_still_composed(promises: None, alice: User, status: TicketStatus) -> None:
    build.ticket(status=status)
    assert mails()[0].text


def test_a_mail_is_pretty_and_says_the_same(ticket: Ticket, alice: User) -> None:
    actions.reply(ticket, body="Press <b>\n> quoted\n\nSee https://example.com/help?a=1&b=2", by=alice)
    composed = mail.compose(mails()[-1])
    html = str(composed.alternatives[0][0])
    assert "Press &lt;b&gt;" in html
    assert 'href="https://example.com/help?a=1&amp;b=2"' in html
    assert 'class="button" href="http://testserver/requests/open/' in html
    assert composed.body == mails()[-1].text


def test_paragraphs_of_a_mail() -> None:
    found = list(
        blocks(
            "Hello\n\n> one\n> two\n\nSee it: https://a.example/x\n\nA: https://a.example\nB: https://b.example"
        )
    )
    assert [block.kind for block in found] == ["text", "quote", "links", "links"]
    assert found[1].text == "one\ntwo"
    assert found[3].links == [("A", "https://a.example"), ("B", "https://b.example")]


@pytest.mark.parametrize(
    "line", ["查看: https://a.example/x", "查看：https://a.example/x", "查看： https://a.example/x"]
)
def test_a_link_with_a_label_is_a_button_after_either_colon(line: str) -> None:
    (block,) = blocks(line)
    assert block.links == [("查看", "https://a.example/x")]


def test_a_customer_reads_what_administrators_wrote(promises: None, ada: User) -> None:
    text = declared()["tickets.opened"]
    body = "Dear {{ customer.name }}, thanks. {{ promise }}\n\nSee: {{ link }}"
    change_text(text, wordings={"en": replace(text.en, body=body)}, version=0, by=ada)
    build.ticket(customer=build.customer("Carol"))
    (sent,) = mails()
    assert "Dear Carol, thanks. A person answers you by " in sent.text
    assert mail.compose(sent).body == sent.text
