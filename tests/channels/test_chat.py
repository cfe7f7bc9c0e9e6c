"""A chat from its first word to its last: begin, say, take, answer, hand over, end, rate."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from time_machine import travel

from accounts.models import User
from accounts.rights import Role
from channels.actions import chat, chat_desk
from channels.chat import rules
from channels.chat.states import FOLLOWS, ChatState, EndedBy
from channels.chat.sweeps import sweep_chats
from channels.models import ChatSession
from core import clock, dispatch
from core.errors import Refused
from core.models import Event
from customers.models import Customer
from tests import build
from tickets import actions as tickets
from tickets.models import Message, Ticket
from tickets.states import Channel, ClockKind, TicketStatus

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]


def fresh(session: ChatSession) -> ChatSession:
    return ChatSession.objects.select_related("ticket__customer", "agent").get(pk=session.pk)


def kinds(session: ChatSession) -> list[str]:
    return list(
        Event.objects.filter(subject=f"chatsession:{session.pk}")
        .order_by("pk")
        .values_list("kind", flat=True)
    )


# --- beginning ---------------------------------------------------------------------------------------


def test_the_first_message_opens_a_ticket_with_its_promise(
    begin: Begin, at_the_desk: User, promises: None
) -> None:
    session = begin()
    ticket = session.ticket
    assert (ticket.channel, ticket.messages.get().body) == (Channel.CHAT, "Where is my lamp?")
    first = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)
    assert first.budget == timedelta(minutes=5)
    assert session.state == ChatState.WAITING
    assert kinds(session) == ["chat.started"]


def test_beginning_twice_is_one_chat(begin: Begin, at_the_desk: User) -> None:
    given = {"visitor": "v", "key": "same-key-1", "message_key": "same-first"}
    assert begin(**given) == begin(**given)
    assert Message.objects.count() == 1


def test_another_tab_goes_on_with_the_open_chat(begin: Begin, at_the_desk: User) -> None:
    first = begin(visitor="v", body="One")
    second = begin(visitor="v", body="Two")
    assert first == second
    assert list(first.ticket.messages.values_list("body", flat=True)) == ["One", "Two"]


def test_when_nobody_is_there_nothing_is_refused(begin: Begin) -> None:
    session = begin()
    assert session.state == ChatState.AWAY
    assert session.ticket.messages.exists()


def test_a_guest_is_a_person_of_their_own(begin: Begin, carol: Customer) -> None:
    session = begin(email=carol.email, name="Mallory")
    assert session.ticket.customer != carol
    assert session.ticket.customer.email == ""
    assert session.email == carol.email
    opened = Event.objects.get(kind="ticket.opened")
    assert opened.data["proven"] is False


def test_an_address_that_nobody_has_is_kept(begin: Begin) -> None:
    assert begin(email="new@example.com").ticket.customer.email == "new@example.com"


def test_a_known_customer_is_tied_to_the_order(begin: Begin, carol: Customer) -> None:
    order = build.order(customer=carol)
    session = begin(customer=carol, order=order)
    assert (session.ticket.customer, session.ticket.order, session.is_proven) == (carol, order, True)


def test_who_was_blocked_begins_no_chat_for_a_day(begin: Begin, at_the_desk: User) -> None:
    session = begin(visitor="v", origin="net")
    chat_desk.block(session, by=at_the_desk)
    for again in ({"visitor": "v"}, {"origin": "net"}):
        with pytest.raises(Refused, match=r"chat\.blocked"):
            begin(**again)
    with travel(clock.now() + rules.BLOCKED_FOR + timedelta(minutes=1)):
        assert begin(visitor="v", origin="net").is_open


def test_one_address_opens_so_many_chats_and_no_more(begin: Begin) -> None:
    for _number in range(rules.OPEN_PER_ORIGIN):
        begin(origin="office")
    with pytest.raises(Refused, match=r"chat\.too_many"):
        begin(origin="office")
    assert begin(origin="elsewhere").pk


# --- saying ------------------------------------------------------------------------------------------


def test_the_same_key_is_the_same_message(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    assert chat.send(session, body="Hello?", key="key-one-1") == chat.send(
        session, body="Hello?", key="key-one-1"
    )
    assert session.ticket.messages.count() == 2


def test_nobody_names_a_message_of_another_chat(begin: Begin, at_the_desk: User) -> None:
    mine, theirs = begin(), begin()
    secret = chat.send(theirs, body="My card number", key="shared-key")
    said = chat.send(mine, body="Hi", key="shared-key")
    assert said != secret
    assert said.body == "Hi"


def test_too_long_is_refused(begin: Begin) -> None:
    session = begin()
    with pytest.raises(Refused, match=r"chat\.too_long"):
        chat.send(session, body="x" * (rules.BODY_LENGTH + 1), key="key-long-1")


def test_many_sends_at_once_are_all_there_and_none_twice(
    begin: Begin, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    session = begin()
    keys = [f"parallel-{number % 8}" for number in range(16)]
    outcomes = together(*[lambda key=key: chat.send(session, body=key, key=key) for key in keys])
    assert all(isinstance(one, Message) for one in outcomes)
    assert sorted(session.ticket.messages.values_list("body", flat=True)[1:]) == sorted(set(keys))


def test_the_same_start_at_once_is_one_chat(
    begin: Begin, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    given = {"visitor": "v", "key": "start-once", "message_key": "first-once"}
    outcomes = together(*[lambda: begin(**given)] * 6)
    assert len({one.pk for one in outcomes}) == 1
    assert (ChatSession.objects.count(), Message.objects.count()) == (1, 1)


def test_two_tabs_that_begin_at_once_share_one_chat(
    begin: Begin, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    outcomes = together(*[lambda n=n: begin(visitor="v", body=f"tab {n}") for n in range(4)])
    assert len({one.pk for one in outcomes}) == 1
    assert sorted(Message.objects.values_list("body", flat=True)) == [f"tab {n}" for n in range(4)]


def test_a_closed_ticket_goes_on_in_its_follow_up(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    tickets.close(session.ticket, by=at_the_desk)
    message = chat.send(session, body="One more thing", key="follow-up-1")
    assert fresh(session).ticket == message.ticket != session.ticket


def test_writing_into_an_ended_chat_takes_it_up_again(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    chat.end(session, by=session.ticket.customer)
    chat.send(session, body="Wait!", key="again-key-1")
    again = fresh(session)
    assert (again.state, again.agent, again.ended_by) == (ChatState.ACTIVE, at_the_desk, "")
    assert kinds(session)[-1] == "chat.resumed"


def test_a_blocked_visitor_says_no_more(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.block(begin(), by=at_the_desk)
    with pytest.raises(Refused, match=r"chat\.blocked"):
        chat.send(session, body="Ha", key="blocked-key")


# --- our side ----------------------------------------------------------------------------------------


def test_the_first_to_take_it_has_it(begin: Begin, at_the_desk: User, lea: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    assert (session.state, session.agent, session.ticket.assignee) == (
        ChatState.ACTIVE,
        at_the_desk,
        at_the_desk,
    )
    with pytest.raises(Refused, match=r"chat\.already_taken"):
        chat_desk.accept(session, by=lea)
    assert chat_desk.accept(session, by=at_the_desk).agent == at_the_desk
    assert kinds(session).count("chat.accepted") == 1


def test_of_two_who_take_it_at_once_one_has_it(
    begin: Begin, at_the_desk: User, lea: User, together: Callable[..., list[Any]]
) -> None:
    session = begin()
    outcomes = together(*[lambda who=who: chat_desk.accept(session, by=who) for who in (at_the_desk, lea)])
    assert sorted(type(one).__name__ for one in outcomes) == ["ChatSession", "Refused"]
    held = fresh(session)
    assert held.agent == held.ticket.assignee


def test_who_may_not_work_takes_no_chats(begin: Begin, at_the_desk: User, mara: User) -> None:
    with pytest.raises(Refused, match=r"chat\.cannot_work"):
        chat_desk.set_available(mara, on=True, by=mara)
    with pytest.raises(Refused, match=r"chat\.cannot_work"):
        chat_desk.accept(begin(), by=mara)


def test_answering_takes_the_chat_and_meets_the_promise(
    begin: Begin, at_the_desk: User, promises: None
) -> None:
    session = begin()
    message = chat_desk.answer(session, body="On its way.", key="answer-key", by=at_the_desk)
    again = chat_desk.answer(session, body="On its way.", key="answer-key", by=at_the_desk)
    assert message == again
    assert fresh(session).state == ChatState.ACTIVE
    assert Ticket.objects.get(pk=session.ticket_id).first_response_at == message.created_at


def test_an_answer_and_a_question_at_once_do_not_wait_for_each_other(
    begin: Begin, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    calls = [lambda n=n: chat.send(session, body="?", key=f"question-{n}") for n in range(4)]
    calls += [
        lambda n=n: chat_desk.answer(session, body="!", key=f"answer-{n}", by=at_the_desk) for n in range(4)
    ]
    assert all(isinstance(one, Message) for one in together(*calls))


def test_a_colleague_goes_on_and_a_team_lets_it_wait(begin: Begin, at_the_desk: User, lea: User) -> None:
    team = build.team("experts", is_default=False)
    session = chat_desk.accept(begin(), by=at_the_desk)
    session = chat_desk.transfer(session, to=lea, note="Knows lamps.", by=at_the_desk)
    assert (session.state, session.agent, session.ticket.assignee) == (ChatState.ACTIVE, lea, lea)
    session = chat_desk.transfer(session, team=team, note="For experts.", by=lea)
    assert (session.state, session.agent, session.ticket.team) == (ChatState.WAITING, None, team)
    assert kinds(session).count("chat.transferred") == 2


def test_a_ticket_that_is_handed_over_takes_its_chat_along(
    begin: Begin, at_the_desk: User, lea: User
) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.hand_over(session.ticket, to=lea, note="Knows lamps.", by=at_the_desk)
    dispatch.drain()
    assert (fresh(session).state, fresh(session).agent) == (ChatState.ACTIVE, lea)
    tickets.hand_over(session.ticket, team=build.team("experts", is_default=False), note="Hard.", by=lea)
    dispatch.drain()
    assert (fresh(session).state, fresh(session).agent) == (ChatState.WAITING, None)


def test_ending_twice_changes_nothing(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    ended = chat.end(session, by=at_the_desk)
    assert (ended.state, ended.ended_by, ended.due_at) == (ChatState.ENDED, EndedBy.STAFF, None)
    assert chat.end(session, by=session.ticket.customer).ended_by == EndedBy.STAFF
    assert kinds(session).count("chat.ended") == 1
    assert Ticket.objects.get(pk=session.ticket_id).status == TicketStatus.NEW


def test_being_there_twice_is_said_once(alice: User) -> None:
    chat_desk.set_available(alice, on=True, capacity=5, by=alice)
    duty = chat_desk.set_available(alice, on=True, by=alice)
    assert (duty.is_available, duty.capacity) == (True, 5)
    assert Event.objects.filter(kind="chat.available").count() == 1
    assert not chat_desk.set_available(alice, on=False, by=alice).is_available


def test_who_is_off_shift_is_not_there(begin: Begin) -> None:
    night = build.user("Nina", role=Role.AGENT, shifts={"0": [["09:00", "10:00"]]})
    chat_desk.set_available(night, on=True, by=night)
    with travel("2026-11-24 03:00Z"):  # a Tuesday
        assert begin().state == ChatState.AWAY


# --- reading, rating ---------------------------------------------------------------------------------


def test_marks_of_reading_move_only_forward(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    first = session.ticket.messages.get()
    assert chat.read(session, upto=first.pk, by=at_the_desk).staff_read == first.pk
    assert chat.read(session, upto=0, by=at_the_desk).staff_read == first.pk
    assert chat.read(session, upto=first.pk + 999, by=session.ticket.customer).customer_read == first.pk


def test_a_rating_is_kept_and_told(begin: Begin) -> None:
    session = begin()
    chat.rate(session, score=4, comment=" Quick. ", by=session.ticket.customer)
    chat.rate(session, score=4, comment="Quick.", by=session.ticket.customer)
    rated = fresh(session)
    assert (rated.rating, rated.rating_comment) == (4, "Quick.")
    assert kinds(session).count("chat.rated") == 1
    with pytest.raises(Refused, match=r"chat\.score_out_of_range"):
        chat.rate(session, score=6, comment="", by=session.ticket.customer)


# --- time --------------------------------------------------------------------------------------------


def test_who_left_goes_on_by_mail(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    with travel(clock.now() + rules.GONE_AFTER + timedelta(seconds=1)):
        assert sweep_chats(clock.now()) == 1
    assert fresh(session).state == ChatState.AWAY
    assert kinds(session)[-1] == "chat.left"


def test_who_gives_a_sign_of_life_stays(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    with travel(clock.now() + rules.GONE_AFTER - timedelta(seconds=1)):
        chat.touch(session, at=clock.now())
    with travel(clock.now() + rules.GONE_AFTER + timedelta(seconds=1)):
        sweep_chats(clock.now())
        due_at = fresh(session).due_at
        assert due_at is not None
        assert due_at > clock.now()
    assert fresh(session).state == ChatState.ACTIVE


def test_a_silent_chat_ends(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    ChatSession.objects.update(seen_at=clock.now() + rules.IDLE_AFTER)
    with travel(clock.now() + rules.IDLE_AFTER + timedelta(seconds=1)):
        sweep_chats(clock.now())
    assert (fresh(session).state, fresh(session).ended_by) == (ChatState.ENDED, EndedBy.SILENCE)


def test_who_waits_too_long_goes_on_by_mail(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    ChatSession.objects.update(seen_at=clock.now() + rules.PATIENCE)
    with travel(clock.now() + rules.PATIENCE + timedelta(seconds=1)):
        sweep_chats(clock.now())
    assert fresh(session).state == ChatState.AWAY
    assert Event.objects.get(kind="chat.left").data["unanswered"] is True


def test_every_state_is_left_to_time_or_over(begin: Begin) -> None:
    now = clock.now()
    given = {"waiting_since": now, "seen_at": now, "last_message_at": now}
    for state in ChatState:
        turning = rules.turning(state, **given)
        assert (turning is None) == (state == ChatState.ENDED)
        assert turning is None or turning[1] in FOLLOWS[state]
