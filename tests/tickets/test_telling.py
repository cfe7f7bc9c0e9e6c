"""Customers are told things by one door: once per cause, and visibly where it cannot be done."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from core import dispatch, events, news
from core.actors import SYSTEM
from core.errors import Refused
from core.models import OutgoingMail
from customers.actions import add_contact, choose_news, merge_customers, unmerge_customers
from customers.models import Customer
from customers.states import NewsWay, Topic
from tests import build
from tickets import actions, telling
from tickets.models import Telling, Ticket
from tickets.states import Told

pytestmark = pytest.mark.django_db


def told(ticket: Ticket, key: str = "test:1", news_code: str = "ticket.solved") -> Telling:
    return telling.tell(
        ticket.customer,
        ticket=ticket,
        news_code=news_code,
        key=key,
        template="tickets.solved",
        context={"link": "http://testserver/x", "reopen_days": 7},
    )


def kinds(ticket: Ticket) -> list[str]:
    return [event.kind for event in events.timeline(ticket) if event.kind.startswith("news.")]


def test_who_never_wrote_through_a_connection_is_told_by_mail(ticket: Ticket) -> None:
    row = told(ticket)
    assert row.outcome == Told.MAIL
    assert row.mail is not None
    assert row.mail.to == ticket.customer.email
    assert row.mail.headers["Reply-To"]
    assert row.facts["ticket.number"] == ticket.number
    assert kinds(ticket) == []


def test_a_mail_says_where_the_customer_chooses(ticket: Ticket) -> None:
    row = told(ticket)
    assert row.mail is not None
    assert "What we tell you, and how, you choose at http://testserver/requests/news/" in row.mail.text


def test_the_same_cause_is_told_once(ticket: Ticket) -> None:
    assert told(ticket) == told(ticket)
    assert OutgoingMail.objects.filter(key="test:1").count() == 1


def test_many_workers_tell_once(together: Callable[..., list[Any]]) -> None:
    ticket = build.ticket()
    rows = together(*[lambda: told(ticket).pk] * 4)
    assert len(set(rows)) == 1
    assert OutgoingMail.objects.filter(key="test:1").count() == 1


def test_what_is_not_wanted_is_not_told_and_says_so(ticket: Ticket) -> None:
    choose_news(ticket.customer, way=NewsWay.AS_I_WRITE, off=[Topic.SOLVED], by=ticket.customer)
    ticket.customer.refresh_from_db()
    assert told(ticket).outcome == Told.UNWANTED
    assert not OutgoingMail.objects.filter(key="test:1").exists()


def test_decisions_deadlines_and_money_have_no_switch() -> None:
    always = {code for code, kind in news.known().items() if not kind.is_optional}
    assert {
        "case.refused",
        "case.instructed",
        "case.info_requested",
        "case.completed",
        "refund.failed",
    } <= always
    assert {kind.topic for kind in news.known().values() if kind.topic} == set(Topic.values)


def test_every_value_of_every_news_has_a_name() -> None:
    named = set(news.labels())
    assert not [
        (kind.code, name) for kind in news.known().values() for name in kind.all_values if name not in named
    ]


def test_who_cannot_be_reached_is_seen_on_the_timeline() -> None:
    ticket = build.ticket(customer=build.customer(email=""))
    row = told(ticket)
    assert row.outcome == Told.NOWHERE
    assert kinds(ticket) == ["news.untold"]


def test_it_is_told_again_once_there_is_an_address(alice: User) -> None:
    ticket = build.ticket(customer=build.customer(email=""))
    row = told(ticket)
    with pytest.raises(Refused, match="no_way"):
        telling.tell_again(row, by=alice)
    add_contact(ticket.customer, kind="email", value="now@example.com", by=SYSTEM)
    row = telling.tell_again(row, by=alice)
    assert row.outcome == Told.MAIL
    assert OutgoingMail.objects.get(key="test:1").to == "now@example.com"
    telling.tell_again(row, by=alice)
    assert OutgoingMail.objects.filter(key__startswith="test:1").count() == 1


def test_too_many_mails_of_a_day_are_held_back(ticket: Ticket, settings: Any) -> None:
    settings.MAIL_CAP_PER_TICKET = 2
    rows = [told(ticket, key=f"test:{number}") for number in range(3)]
    states = [row.mail.state for row in rows if row.mail]
    assert states == ["queued", "queued", "withheld"]


def test_the_acknowledgement_is_a_telling(ticket: Ticket, carol: Customer) -> None:
    dispatch.drain()
    row = Telling.objects.get(ticket=ticket)
    assert (row.news, row.customer, row.outcome) == ("ticket.opened", carol, Told.MAIL)


def test_a_merged_customer_takes_what_they_do_not_want_along(carol: Customer, alice: User) -> None:
    other = build.customer("Caro")
    choose_news(other, way=NewsWay.AS_I_WRITE, off=[Topic.SURVEY], by=other)
    merge_customers(other, into=carol, by=alice)
    carol.refresh_from_db()
    assert carol.news_off == [Topic.SURVEY]
    unmerge_customers(other, by=alice)
    carol.refresh_from_db()
    assert carol.news_off == []


def test_a_solved_ticket_is_told(ticket: Ticket, alice: User) -> None:
    actions.solve(ticket, by=alice)
    dispatch.drain()
    assert set(Telling.objects.values_list("news", flat=True)) >= {"ticket.opened", "ticket.solved"}
