"""Chats find somebody by themselves: they ring, go on to the next, come back when somebody is gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from time_machine import travel

from accounts.models import User
from channels.actions import chat, chat_desk
from channels.actions import chat_giving as giving
from channels.chat import outlook, window
from channels.chat.desk import desk, loads
from channels.chat.states import ChatState, Giving
from channels.models import ChatDuty, ChatGiving, ChatSession
from core import clock, dispatch
from core.actors import SYSTEM
from core.errors import Refused
from core.models import Event
from tests import build
from tickets import actions as tickets

pytestmark = pytest.mark.django_db

Begin = Callable[..., ChatSession]
SECOND = timedelta(seconds=1)


@pytest.fixture
def set_giving(db: None) -> Callable[..., ChatGiving]:
    """Change how chats find somebody."""
    ChatGiving.objects.get_or_create(pk=1)

    def change(**wanted: Any) -> ChatGiving:
        ChatGiving.objects.filter(pk=1).update(**wanted)
        return ChatGiving.objects.get()

    return change


@pytest.fixture
def lea_too(at_the_desk: User, lea: User) -> User:
    """Lea, who takes chats as well."""
    chat_desk.set_available(lea, on=True, by=lea)
    return lea


def fresh(session: ChatSession) -> ChatSession:
    return ChatSession.objects.select_related("ticket__assignee", "agent", "offered_to").get(pk=session.pk)


def kinds(session: ChatSession) -> list[str]:
    events = Event.objects.filter(subject=f"chatsession:{session.pk}").order_by("pk")
    return list(events.values_list("kind", flat=True))


# --- ringing -----------------------------------------------------------------------------------------


def test_a_chat_rings_for_whoever_is_there(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    assert giving.look_after(clock.now()) == 1
    rung = fresh(session)
    assert (rung.state, rung.offered_to, rung.agent) == (ChatState.WAITING, at_the_desk, None)
    assert giving.look_after(clock.now()) == 0
    taken = chat_desk.accept(session, by=at_the_desk)
    assert (taken.state, taken.agent, taken.offered_to) == (ChatState.ACTIVE, at_the_desk, None)


def test_what_is_not_taken_rings_for_the_next(begin: Begin, lea_too: User, at_the_desk: User) -> None:
    session = begin()
    giving.look_after(clock.now())
    first = fresh(session).offered_to
    with travel(clock.now() + 26 * SECOND):
        assert giving.look_after(clock.now()) == 1
    second = fresh(session).offered_to
    assert {first, second} == {at_the_desk, lea_too}
    assert kinds(session) == ["chat.started", "chat.offered", "chat.missed", "chat.offered"]


def test_not_now_rings_for_the_next_at_once(begin: Begin, lea_too: User, at_the_desk: User) -> None:
    session = begin()
    giving.look_after(clock.now())
    first = fresh(session).offered_to
    assert first is not None
    giving.decline(session, by=first)
    giving.decline(session, by=first)
    giving.look_after(clock.now())
    assert fresh(session).offered_to not in (None, first)
    assert kinds(session).count("chat.declined") == 1


def test_alone_one_is_rung_again_after_a_while(begin: Begin, at_the_desk: User) -> None:
    session = begin()
    giving.look_after(clock.now())
    giving.decline(session, by=at_the_desk)
    assert giving.look_after(clock.now()) == 0
    with travel(clock.now() + 61 * SECOND):
        assert giving.look_after(clock.now()) == 1


def test_whoever_misses_two_in_a_row_takes_no_more(begin: Begin, at_the_desk: User) -> None:
    first, second = begin(), begin()
    giving.look_after(clock.now())
    with travel(clock.now() + 26 * SECOND):
        giving.look_after(clock.now())
    duty = ChatDuty.objects.get(member=at_the_desk)
    assert (duty.is_available, fresh(first).offered_to, fresh(second).offered_to) == (False, None, None)
    off = Event.objects.get(kind="chat.unavailable")
    assert off.actor_kind == "system"


def test_the_board_says_why_nothing_rings_any_more(begin: Begin, at_the_desk: User, client: Client) -> None:
    begin(), begin()
    giving.look_after(clock.now())
    client.force_login(at_the_desk)
    why = "2 chats in a row rang for you and nobody took them"
    with travel(clock.now() + 26 * SECOND):
        giving.look_after(clock.now())
        assert why in client.get("/console/chats/").content.decode()
        chat_desk.set_available(at_the_desk, on=True, by=at_the_desk)
        assert why not in client.get("/console/chats/").content.decode()


def test_taking_one_forgets_what_was_missed(begin: Begin, at_the_desk: User) -> None:
    ChatDuty.objects.update(missed=1)
    chat_desk.accept(begin(), by=at_the_desk)
    assert ChatDuty.objects.get().missed == 0


def test_a_ring_ends_when_somebody_takes_no_more(begin: Begin, lea_too: User) -> None:
    session = begin()
    giving.look_after(clock.now())
    rung = fresh(session).offered_to
    assert rung is not None
    chat_desk.set_available(rung, on=False, by=rung)
    giving.look_after(clock.now())
    assert fresh(session).offered_to not in (None, rung)
    assert ChatDuty.objects.get(member=rung).missed == 0


def test_somebody_else_may_take_what_rings(begin: Begin, at_the_desk: User, lea: User) -> None:
    session = begin()
    giving.look_after(clock.now())
    assert chat_desk.accept(session, by=lea).agent == lea


def test_given_at_once_it_comes_with_its_ticket(
    begin: Begin, at_the_desk: User, set_giving: Callable[..., ChatGiving]
) -> None:
    set_giving(way=Giving.DIRECT)
    session = begin()
    giving.look_after(clock.now())
    given = fresh(session)
    assert (given.state, given.agent, given.ticket.assignee) == (ChatState.ACTIVE, at_the_desk, at_the_desk)
    assert kinds(session)[-1] == "chat.given"


def test_on_the_board_it_waits_for_whoever_takes_it(
    begin: Begin, at_the_desk: User, set_giving: Callable[..., ChatGiving]
) -> None:
    set_giving(way=Giving.BOARD)
    session = begin()
    assert giving.look_after(clock.now()) == 0
    assert fresh(session).offered_to is None


def test_whose_pages_are_closed_is_not_there(begin: Begin, at_the_desk: User) -> None:
    ChatDuty.objects.update(seen_at=clock.now() - timedelta(minutes=3))
    assert not desk(clock.now()).is_open()
    assert begin().state == ChatState.AWAY


def test_a_page_that_is_open_is_a_sign_of_life(at_the_desk: User, client: Client) -> None:
    ChatDuty.objects.update(seen_at=clock.now() - timedelta(minutes=3))
    client.force_login(at_the_desk)
    assert client.get("/console/chats/ring/").status_code == 200
    assert desk(clock.now()).is_open()


# --- how many at once --------------------------------------------------------------------------------


def test_whoever_is_full_gets_no_more(
    begin: Begin, at_the_desk: User, set_giving: Callable[..., ChatGiving]
) -> None:
    chat_desk.set_available(at_the_desk, on=True, capacity=2, by=at_the_desk)
    for _number in range(4):
        begin()
    assert giving.look_after(clock.now()) == 2
    assert loads([at_the_desk.pk]) == {at_the_desk.pk: 2}


@pytest.mark.parametrize("way", [Giving.RING, Giving.DIRECT])
def test_nobody_gets_more_than_they_said_however_many_workers_give(
    way: str,
    begin: Begin,
    lea_too: User,
    at_the_desk: User,
    set_giving: Callable[..., ChatGiving],
    together: Callable[..., list[Any]],
) -> None:
    set_giving(way=way)
    sessions = [begin() for _number in range(10)]
    taking = [lambda one=one: chat_desk.accept(one, by=at_the_desk) for one in sessions[:2]]
    outcomes = together(*[lambda: giving.give(by=SYSTEM)] * 4, *taking)
    assert not [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refused)]
    held = loads([at_the_desk.pk, lea_too.pk])
    assert held[lea_too.pk] == 3
    assert held[at_the_desk.pk] <= 3 + len(taking)


def test_giving_and_coming_back_at_once_keep_the_number(
    begin: Begin, at_the_desk: User, set_giving: Callable[..., ChatGiving], together: Callable[..., list[Any]]
) -> None:
    set_giving(way=Giving.DIRECT)
    chat_desk.set_available(at_the_desk, on=True, capacity=2, by=at_the_desk)
    left = [chat_desk.accept(begin(), by=at_the_desk) for _number in range(2)]
    for session in left:
        chat.end(session, by=session.ticket.customer)
    for _number in range(3):
        begin()
    back = [
        lambda one=one, n=n: chat.send(one, body="Wait!", key=f"back-again-{n}") for n, one in enumerate(left)
    ]
    outcomes = together(*back, *[lambda: giving.give(by=SYSTEM)] * 3)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert loads([at_the_desk.pk])[at_the_desk.pk] == 2


def test_giving_taking_declining_and_ending_at_once_do_not_wait_for_each_other(
    begin: Begin, lea_too: User, at_the_desk: User, together: Callable[..., list[Any]]
) -> None:
    sessions = [begin() for _number in range(4)]
    giving.look_after(clock.now())
    calls: list[Callable[[], Any]] = [lambda: giving.look_after(clock.now())] * 3
    calls += [
        lambda: giving.decline(sessions[0], by=at_the_desk),
        lambda: giving.decline(sessions[0], by=lea_too),
    ]
    calls += [lambda: chat.end(sessions[1], by=SYSTEM), lambda: chat_desk.accept(sessions[2], by=lea_too)]
    calls += [lambda: chat_desk.set_available(at_the_desk, on=False, by=at_the_desk)]
    outcomes = together(*calls)
    assert not [one for one in outcomes if isinstance(one, Exception)]


# --- who is gone -------------------------------------------------------------------------------------


def test_the_chats_of_whoever_lost_the_connection_go_to_a_colleague_first(
    begin: Begin, at_the_desk: User, lea: User
) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    other = begin()
    with travel(clock.now() + 91 * SECOND):
        chat.touch(fresh(session), at=clock.now())
        chat_desk.set_available(lea, on=True, capacity=1, by=lea)
        giving.look_after(clock.now())
        back = fresh(session)
        assert (back.state, back.agent, back.is_returned) == (ChatState.WAITING, None, True)
        assert (back.offered_to, fresh(other).offered_to) == (lea, None)
        assert window.of(back).place == 1
        assert "chat.returned" in kinds(session)
        taken = chat_desk.accept(back, by=lea)
    assert (taken.agent, taken.is_returned, fresh(session).ticket.assignee) == (lea, False, lea)


def test_the_customer_is_told_that_a_colleague_goes_on(
    begin: Begin, at_the_desk: User, browser_of: Callable[[ChatSession], Client]
) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    with travel(clock.now() + 91 * SECOND):
        giving.take_back(session, by=SYSTEM)
        page = browser_of(session).get(f"/chat/{session.reference}/").content.decode()
    assert "A colleague goes on with you." in page


def test_who_answers_is_there(begin: Begin, at_the_desk: User) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    with travel(clock.now() + 80 * SECOND):
        chat_desk.answer(session, body="Still here.", key="still-here", by=at_the_desk)
    with travel(clock.now() + 95 * SECOND):
        giving.take_back(session, by=SYSTEM)
    assert fresh(session).state == ChatState.ACTIVE


# --- the wait ----------------------------------------------------------------------------------------


def test_the_wait_is_told_while_all_are_in_conversation(begin: Begin, at_the_desk: User) -> None:
    chat_desk.set_available(at_the_desk, on=True, capacity=1, by=at_the_desk)
    for _number in range(3):
        over = chat_desk.accept(begin(), by=at_the_desk)
        ChatSession.objects.filter(pk=over.pk).update(
            accepted_at=over.started_at - timedelta(minutes=8), last_message_at=over.started_at
        )
        chat.end(over, by=at_the_desk)
    chat_desk.accept(begin(), by=at_the_desk)
    waiting = begin()
    assert window.of(waiting).wait == 8
    assert window.of(waiting).is_long
    assert outlook.of_next(desk(clock.now())) == 16


def test_before_enough_is_known_no_wait_is_made_up(begin: Begin, at_the_desk: User) -> None:
    chat_desk.set_available(at_the_desk, on=True, capacity=1, by=at_the_desk)
    chat_desk.accept(begin(), by=at_the_desk)
    assert window.of(begin()).wait is None


def test_whoever_will_wait_may_leave_a_message(begin: Begin, at_the_desk: User, client: Client) -> None:
    chat_desk.set_available(at_the_desk, on=True, capacity=1, by=at_the_desk)
    chat_desk.accept(begin(), by=at_the_desk)
    assert "?away=1" in client.get("/chat/").content.decode()
    assert "/chat/away/" in client.get("/chat/?away=1").content.decode()


# --- the ticket --------------------------------------------------------------------------------------


def test_a_ticket_that_a_lead_assigns_takes_its_chat_along(
    begin: Begin, at_the_desk: User, lea: User
) -> None:
    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.assign(session.ticket, to=lea, by=lea)
    dispatch.drain()
    assert fresh(session).agent == lea


def test_of_two_hand_overs_in_a_row_the_last_one_counts(begin: Begin, at_the_desk: User, lea: User) -> None:
    mia = build.user("Mia")
    session = chat_desk.accept(begin(), by=at_the_desk)
    tickets.hand_over(session.ticket, to=lea, note="Lamps.", by=at_the_desk)
    tickets.hand_over(session.ticket, to=mia, note="Rather you.", by=lea)
    dispatch.drain()
    assert (fresh(session).agent, fresh(session).ticket.assignee) == (mia, mia)


# --- settings ----------------------------------------------------------------------------------------


def test_settings_are_changed_once_and_told(db: None) -> None:
    admin = build.user("Ada", role="administrator")
    assert giving.set_giving(way=Giving.DIRECT, ring_seconds=40, by=admin).way == Giving.DIRECT
    giving.set_giving(way=Giving.DIRECT, ring_seconds=40, by=admin)
    assert Event.objects.get(kind="chat.giving_changed").data["changed"] == ["ring_seconds", "way"]
    with pytest.raises(Refused, match=r"chat\.giving_out_of_range"):
        giving.set_giving(ring_seconds=1, by=admin)


def test_settings_have_a_page_and_keep_what_was_typed(client: Client) -> None:
    client.force_login(build.user("Ada", role="administrator"))
    typed = {
        "way": "direct",
        "strategy": "round_robin",
        "ring_seconds": "3",
        "missed_at_most": "2",
        "widen_seconds": "30",
        "gone_seconds": "120",
    }
    wrong = client.post("/console/chats/settings/", typed)
    assert wrong.status_code == 422
    assert 'value="3"' in wrong.content.decode()
    client.post("/console/chats/settings/", typed | {"ring_seconds": "30"})
    assert (ChatGiving.current().way, ChatGiving.current().widen_seconds) == ("direct", 30)
