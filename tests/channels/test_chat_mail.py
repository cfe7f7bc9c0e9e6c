"""What customers of a chat hear by mail, and what never leaves the house."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from time_machine import travel

from accounts.models import User
from channels.actions import chat, chat_desk
from channels.chat import rules
from channels.chat.sweeps import sweep_chats
from channels.models import ChatSession
from core import clock, dispatch
from core.errors import Refused
from core.models import OutgoingMail
from customers.models import Customer
from tickets import actions as tickets

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]


def mails() -> list[OutgoingMail]:
    """Everything that was queued, after the reactions have run."""
    dispatch.drain()
    return list(OutgoingMail.objects.order_by("pk"))


def gone(session: ChatSession) -> None:
    long_ago = clock.now() - rules.GONE_AFTER - timedelta(seconds=1)
    ChatSession.objects.filter(pk=session.pk).update(seen_at=long_ago, due_at=long_ago)


def test_while_the_customer_looks_no_mail_is_sent(begin: Begin, at_the_desk: User, carol: Customer) -> None:
    session = begin(customer=carol)
    chat_desk.answer(session, body="Hello", key="answer-01", by=at_the_desk)
    assert mails() == []


def test_an_answer_to_somebody_who_left_goes_by_mail_once(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = begin(customer=carol)
    gone(session)
    chat_desk.answer(session, body="It left today.", key="answer-01", by=at_the_desk)
    assert [(mail.to, "It left today." in mail.text) for mail in mails()] == [(carol.email, True)]
    sweep_chats(clock.now())
    assert len(mails()) == 1


def test_what_was_missed_follows_when_somebody_leaves(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = begin(customer=carol)
    seen = chat_desk.answer(session, body="Seen", key="answer-01", by=at_the_desk)
    chat.read(session, upto=seen.pk, by=carol)
    chat_desk.answer(session, body="Missed", key="answer-02", by=at_the_desk)
    assert mails() == []
    gone(session)
    sweep_chats(clock.now())
    (mail,) = mails()
    assert "Missed" in mail.text
    assert "Seen" not in mail.text


def test_a_guest_without_an_address_gets_nothing_and_nothing_breaks(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    gone(session)
    chat_desk.answer(session, body="Anybody?", key="answer-01", by=at_the_desk)
    chat.end(session, by=at_the_desk)
    assert mails() == []


def test_a_typed_address_of_somebody_else_gets_our_words_and_not_the_visitors(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = begin(email=carol.email, name="Buy pills at evil.example", body="Visit evil.example")
    gone(session)
    chat_desk.answer(session, body="We do not sell pills.", key="answer-01", by=at_the_desk)
    chat.continue_by_mail(session, email=carol.email, by=session.ticket.customer)
    texts = [mail.subject + mail.text for mail in mails()]
    assert len(texts) == 2
    assert not [text for text in texts if "evil.example" in text]
    assert [mail.to for mail in mails()] == [carol.email] * 2


def test_a_known_customer_gets_the_transcript_at_the_end(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = begin(customer=carol)
    chat_desk.answer(session, body="It left today.", key="answer-01", by=at_the_desk)
    chat.end(session, by=at_the_desk)
    (mail,) = mails()
    assert "Where is my lamp?" in mail.text
    assert "It left today." in mail.text


def test_notes_are_in_no_transcript(begin: Begin, at_the_desk: User, carol: Customer) -> None:
    session = begin(customer=carol)
    tickets.add_note(session.ticket, body="Difficult one", by=at_the_desk)
    chat.end(session, by=carol)
    assert "Difficult" not in mails()[0].text


def test_a_blocked_visitor_gets_no_mail(begin: Begin, at_the_desk: User) -> None:
    chat_desk.block(begin(email="new@example.com"), by=at_the_desk)
    assert mails() == []


def test_going_on_by_mail_needs_an_address(begin: Begin, carol: Customer) -> None:
    session = begin()
    with pytest.raises(Refused, match=r"customer\.no_contact"):
        chat.continue_by_mail(session, email="", by=session.ticket.customer)
    with pytest.raises(Refused, match=r"customer\.email_invalid"):
        chat.continue_by_mail(session, email="@", by=session.ticket.customer)
    assert chat.continue_by_mail(begin(customer=carol), email="", by=carol).email == ""


def test_a_reply_on_the_ordinary_page_finds_the_window_too(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = begin(customer=carol)
    tickets.reply(session.ticket, body="Hello", by=at_the_desk)
    assert mails() == []
    with travel(clock.now() + rules.GONE_AFTER + timedelta(seconds=1)):
        tickets.reply(session.ticket, body="Later", by=at_the_desk)
        assert [mail.to for mail in mails()] == [carol.email]
