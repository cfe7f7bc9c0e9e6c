"""A chat and its ticket: one ends with the other, and what was thought of one counts for both."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from channels.actions import chat, chat_desk
from channels.chat.states import ChatState, EndedBy
from channels.models import ChatSession
from core import dispatch
from core.models import Event, OutgoingMail
from customers.models import Customer
from feedback.models import FollowUpVisit, Survey, SurveyForm
from feedback.states import SurveyChannel
from tickets import actions as tickets
from tickets.models import Ticket
from tickets.states import TicketStatus

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]


def fresh(session: ChatSession) -> ChatSession:
    return ChatSession.objects.select_related("ticket__customer", "agent").get(pk=session.pk)


def rated(session: ChatSession, score: int, comment: str = "") -> Survey:
    chat.rate(fresh(session), score=score, comment=comment, by=session.ticket.customer)
    dispatch.drain()
    return Survey.objects.get(ticket=session.ticket_id)


# --- it ends -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [tickets.solve, tickets.close])
def test_a_ticket_that_is_done_ends_its_chat_in_a_friendly_way(
    verb: Callable[..., Ticket],
    begin: Begin,
    at_the_desk: User,
    browser_of: Callable[[ChatSession], Client],
    carol: Customer,
) -> None:
    session = chat_desk.accept(begin(customer=carol), by=at_the_desk)
    verb(session.ticket, by=at_the_desk)
    dispatch.drain()
    assert (fresh(session).state, fresh(session).ended_by) == (ChatState.ENDED, EndedBy.SOLVED)
    page = browser_of(session).get(f"/chat/{session.reference}/").content.decode()
    assert "Your request is settled" in page
    assert "How was it?" in page
    assert OutgoingMail.objects.filter(key__contains="chat.ended").exists()


def test_a_merged_ticket_ends_its_chat_and_what_is_written_then_arrives_where_it_goes_on(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = chat_desk.accept(begin(customer=carol), by=at_the_desk)
    other = begin(customer=carol).ticket
    tickets.merge(session.ticket, into=other, by=at_the_desk)
    dispatch.drain()
    assert (fresh(session).state, fresh(session).ended_by) == (ChatState.ENDED, EndedBy.MERGED)
    message = chat.send(fresh(session), body="One more thing", key="after-merge")
    assert message.ticket == other
    assert fresh(session).state == ChatState.ACTIVE


def test_a_ticket_that_was_taken_up_again_meanwhile_keeps_its_chat(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.solve(session.ticket, by=at_the_desk)
    chat.send(session, body="Not yet!", key="not-yet-1")
    dispatch.drain()
    assert fresh(session).state == ChatState.ACTIVE


def test_what_comes_by_mail_later_leaves_the_chat_ended(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = chat_desk.accept(begin(customer=carol), by=at_the_desk)
    tickets.solve(session.ticket, by=at_the_desk)
    dispatch.drain()
    message = tickets.receive(session.ticket, body="It came back.", by=carol, channel="email")
    dispatch.drain()
    assert message.ticket.status == TicketStatus.OPEN
    assert fresh(session).state == ChatState.ENDED


# --- what it was worth -------------------------------------------------------------------------------


def test_a_rating_is_the_answer_to_the_survey_and_nobody_asks_again(
    begin: Begin, at_the_desk: User, carol: Customer
) -> None:
    session = chat_desk.accept(begin(customer=carol), by=at_the_desk)
    survey = rated(session, 5, "Quick.")
    assert (survey.score, survey.comment, survey.agent) == (5, "Quick.", at_the_desk)
    assert (survey.channel, survey.cycle) == (SurveyChannel.CHAT, 1)
    tickets.solve(session.ticket, by=at_the_desk)
    dispatch.drain()
    assert Survey.objects.count() == 1
    assert not Event.objects.filter(kind="survey.sent").exists()


def test_another_rating_takes_its_place(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    rated(session, 2)
    assert rated(session, 4, "Better now.").score == 4
    assert FollowUpVisit.objects.count() == 1


def test_a_rating_answers_the_survey_that_went_out_before(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.solve(session.ticket, by=at_the_desk)
    dispatch.drain()
    sent = Survey.objects.get()
    assert rated(session, 3) == sent
    assert Survey.objects.get().channel == SurveyChannel.CHAT


def test_an_answer_to_the_survey_itself_stays(begin: Begin, at_the_desk: User) -> None:
    from feedback.actions import answer_survey

    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.solve(session.ticket, by=at_the_desk)
    dispatch.drain()
    answer_survey(Survey.objects.get(), score=1, comment="Slow.", by=session.ticket.customer)
    assert (rated(session, 5).score, Survey.objects.get().comment) == (1, "Slow.")


def test_the_next_cycle_is_asked_about_anew(begin: Begin, at_the_desk: User, carol: Customer) -> None:
    session = chat_desk.accept(begin(customer=carol), by=at_the_desk)
    rated(session, 5)
    tickets.solve(session.ticket, by=at_the_desk)
    tickets.reopen(session.ticket, by=at_the_desk)
    tickets.solve(session.ticket, by=at_the_desk)
    dispatch.drain()
    assert sorted(Survey.objects.values_list("cycle", "score")) == [(1, 5), (2, None)]


def test_without_a_survey_the_rating_stays_with_the_chat(begin: Begin, at_the_desk: User) -> None:
    SurveyForm.objects.update(is_active=False)
    session = chat_desk.accept(begin(), by=at_the_desk)
    chat.rate(session, score=5, comment="", by=session.ticket.customer)
    dispatch.drain()
    assert not Survey.objects.exists()
    assert fresh(session).rating == 5
