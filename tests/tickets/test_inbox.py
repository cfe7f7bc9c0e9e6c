"""The inbox: queues, filters, search, many at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from time_machine import Traveller

from accounts.models import User
from core import clock
from core.actors import SYSTEM
from core.paging import Keyset
from customers.models import Customer
from orders.actions import record_shipment
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets import actions, listing, queries, queues, rows
from tickets.access import tickets_for
from tickets.models import Ticket
from tickets.states import TicketStatus

INBOX = "/console/"


def shown(page: Client, query: str = "") -> list[str]:
    """Numbers of the rows, in order."""
    return [ticket.number for ticket in page.get(f"{INBOX}{query}").context["page"]]


@pytest.fixture
def tickets(promises: None, monday: Traveller, alice: User, lea: User) -> dict[str, Ticket]:
    """One ticket for every queue, opened on Monday morning one after the other; then it is Monday 12:30."""
    found = {name: build.ticket(subject=name) for name in ("late", "waiting", "solved", "lea", "closed")}
    actions.reply(found["waiting"], body="Which colour?", by=alice)
    actions.wait(found["waiting"], by=alice)
    actions.solve(found["solved"], by=alice)
    actions.close(found["closed"], by=alice)
    actions.reply(found["lea"], body="Hello", by=lea)
    actions.assign(found["lea"], to=lea, by=lea)
    monday.shift(timedelta(hours=2))
    found["fresh"] = build.ticket(subject="fresh")
    found["mine"] = build.ticket(subject="mine", channel="chat")
    actions.assign(found["mine"], to=alice, by=alice)
    monday.shift(timedelta(minutes=2))
    return found


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ("mine", ["mine"]),
        ("unassigned", ["late", "fresh"]),
        ("soon", ["mine", "fresh"]),
        ("late", ["late"]),
        ("all", ["late", "mine", "fresh", "lea", "waiting"]),
        ("waiting", ["waiting"]),
        ("solved", ["solved"]),
        ("no such queue", ["mine"]),
    ],
)
def test_each_queue_has_its_tickets_by_urgency(
    page: Client, tickets: dict[str, Ticket], queue: str, expected: list[str]
) -> None:
    assert shown(page, f"?queue={queue}") == [tickets[name].number for name in expected]


def test_the_first_queue_is_ones_own(page: Client, tickets: dict[str, Ticket]) -> None:
    assert shown(page) == [tickets["mine"].number]


def test_who_works_on_none_begins_with_all(client: Client, mara: User, tickets: dict[str, Ticket]) -> None:
    client.force_login(mara)
    assert len(shown(client)) == 5
    assert b"ticket-row__tick" not in client.get(INBOX).content


def test_queues_are_counted(alice: User, tickets: dict[str, Ticket]) -> None:
    counted = queues.counts(alice, clock.now())
    assert counted == {
        "mine": 1,
        "unassigned": 2,
        "soon": 2,
        "late": 1,
        "all": 5,
        "waiting": 1,
        "solved": 1,
    }


@pytest.mark.parametrize("queue", queues.QUEUES, ids=lambda queue: queue.code)
@pytest.mark.parametrize("size", [1, 40])
def test_the_first_page_of_a_whole_queue_is_that_of_its_list(
    monday: Traveller, alice: User, lea: User, tickets: dict[str, Ticket], queue: queues.Queue, size: int
) -> None:
    order = Keyset(queue.keyset.order, size)
    for _ in range(2):
        for reader in (alice, lea):
            whole = queue.narrow(tickets_for(reader), reader, clock.now())
            assert rows.first_page(queue, size, reader, clock.now()) == rows.page_of_rows(whole, order, {})
        monday.shift(timedelta(minutes=45))


def test_who_may_not_read_tickets_is_told_no_number(wei: User, tickets: dict[str, Ticket]) -> None:
    assert set(queues.counts(wei, clock.now()).values()) == {0}
    assert not listing.listing(wei, QueryDict("queue=all")).page({}).rows


def test_long_queues_are_counted_up_to_a_point(
    page: Client, promises: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "COUNTED", 2)
    for _ in range(4):
        build.ticket()
    answer = page.get(INBOX)
    assert {queue.code: count for queue, count in answer.context["queues"]}["all"] == 3
    assert "2+" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type=complaint", ["complaint"]),
        ("priority=4", ["urgent"]),
        ("channel=phone", ["phone"]),
        ("language=zh-hans", ["chinese"]),
        ("team=repairs", ["repairs"]),
        ("assignee=lea", ["lea"]),
        ("type=nonsense", ["complaint", "phone", "urgent", "chinese", "repairs", "lea"]),
    ],
)
def test_a_queue_is_narrowed_by_filters(
    page: Client, promises: None, alice: User, lea: User, query: str, expected: list[str]
) -> None:
    found = {
        "complaint": build.ticket(type="complaint"),
        "urgent": build.ticket(priority=4),
        "phone": build.ticket(channel="phone"),
        "chinese": build.ticket(customer=build.customer("王小明", language="zh-hans")),
        "repairs": build.ticket(),
        "lea": build.ticket(),
    }
    repairs = build.team("repairs", is_default=False)
    actions.assign(found["repairs"], to=None, team=repairs, by=alice)
    actions.assign(found["lea"], to=lea, by=lea)
    query = query.replace("assignee=lea", f"assignee={lea.pk}")
    assert set(shown(page, f"?queue=all&{query}")) == {found[name].number for name in expected}


def test_a_long_queue_is_walked_page_by_page(
    page: Client, promises: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(queues.BY_CODE["all"], keyset=Keyset(("queue_at", "pk"), size=2))
    monkeypatch.setitem(queues.BY_CODE, "all", short)
    everything = [build.ticket().number for _ in range(5)]
    seen, query = [], "?queue=all"
    for _ in range(3):
        answer = page.get(f"{INBOX}{query}").context["page"]
        seen += [ticket.number for ticket in answer]
        query = f"?queue=all&cursor={answer.next}"
    assert seen == everything


# --- search ------------------------------------------------------------------------------------------


@pytest.fixture
def wanted(promises: None, monday: Traveller) -> Ticket:
    """A ticket that can be found in many ways, beside one that must not be."""
    wang = build.customer("王小明", email="wang@example.com")
    wang.contact_points.create(kind="phone", value="138 0013 8000", normalized="+8613800138000")
    order = build.order(customer=wang, number="SO-2026-77")
    record_shipment(order, carrier="SF", tracking_number="SF1234567890", by=SYSTEM, shipped_at=MONDAY_10)
    found = build.ticket(customer=wang, order=order, subject="台灯破损", body="灯罩碎了，我要退货 please")
    build.ticket(subject="Something else", body="Nothing of the kind")
    return found


@pytest.mark.parametrize(
    "words",
    ["SO-2026-77", "wang@example.com", "138-0013-8000", "SF1234567890", "退货", "破损", "please", "小明"],
)
def test_one_box_finds_by_number_person_and_words(page: Client, wanted: Ticket, words: str) -> None:
    assert shown(page, f"?q={words}") == [wanted.number]


@pytest.mark.parametrize("style", ["{0}", "{1}", "t{1}", " {0} "])
def test_a_ticket_number_leads_straight_to_it(page: Client, wanted: Ticket, style: str) -> None:
    typed = style.format(wanted.number, wanted.number.removeprefix("T-"))
    answer = page.get(INBOX, {"q": typed})
    assert (answer.status_code, answer["Location"]) == (302, f"/console/tickets/{wanted.number}/")


def test_a_search_finds_closed_tickets_too(page: Client, alice: User, wanted: Ticket) -> None:
    actions.close(wanted, by=alice)
    assert shown(page, "?q=退货") == [wanted.number]


@pytest.mark.parametrize("words", ["nothing like it", "' OR 1=1 --", "🙂", "T-999999999999999999", "%"])
def test_a_search_without_result_says_so(page: Client, wanted: Ticket, words: str) -> None:
    answer = page.get(INBOX, {"q": words})
    assert answer.status_code == 200
    assert list(answer.context["page"]) == []


# --- many at once ------------------------------------------------------------------------------------


def test_ticked_tickets_are_assigned(page: Client, promises: None, alice: User) -> None:
    tickets = [build.ticket() for _ in range(3)]
    ticked = [ticket.number for ticket in tickets[:2]]
    answer = page.post("/console/inbox/assign/?queue=all", {"tickets": ticked, "assignee": alice.pk})
    assert answer["Location"] == "/console/?queue=all"
    assert set(Ticket.objects.filter(assignee=alice).values_list("number", flat=True)) == set(ticked)


def test_ticked_tickets_are_solved_and_those_that_cannot_are_named(page: Client, promises: None) -> None:
    fine, closed = build.ticket(), build.ticket(status=TicketStatus.CLOSED)
    answer = page.post("/console/inbox/solve/", {"tickets": [fine.number, closed.number]}, follow=True)
    fine.refresh_from_db()
    assert fine.status == TicketStatus.SOLVED
    assert closed.number in answer.content.decode()


def test_an_agent_does_not_give_away_what_is_anothers(
    page: Client, promises: None, alice: User, lea: User
) -> None:
    theirs = build.ticket()
    actions.assign(theirs, to=lea, by=lea)
    page.post("/console/inbox/assign/", {"tickets": [theirs.number], "assignee": ""})
    theirs.refresh_from_db()
    assert theirs.assignee == lea


def test_nothing_ticked_is_said(page: Client, promises: None) -> None:
    answer = page.post("/console/inbox/solve/", {}, follow=True)
    assert "Tick the tickets first." in answer.content.decode()


# --- live --------------------------------------------------------------------------------------------


def test_a_list_that_did_not_change_is_not_sent_again(
    page: Client, tickets: dict[str, Ticket], alice: User
) -> None:
    seen = page.get(f"{INBOX}?queue=all").context["seen"]
    rows = f"/console/inbox/rows/?queue=all&seen={seen}"
    assert page.get(rows).status_code == 204
    actions.reply(tickets["fresh"], body="Hello", by=alice)
    answer = page.get(rows)
    assert answer.status_code == 200
    assert 'hx-swap-oob="true"' in answer.content.decode()


def test_a_row_is_drawn_for_its_reader(
    client: Client, alice: User, mara: User, tickets: dict[str, Ticket]
) -> None:
    """What one reader was shown is no measure for another who reads Chinese, elsewhere, and may do less."""
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Berlin")
    client.force_login(alice)
    english = client.get(f"{INBOX}?queue=all").content.decode()
    User.objects.filter(pk=mara.pk).update(language="zh-hans", time_zone="Asia/Shanghai")
    client.force_login(mara)
    chinese = client.get(f"{INBOX}?queue=all").content.decode()
    assert "Take it" in english
    assert 'name="tickets"' in english
    assert "Europe/Berlin" in english
    assert "Take it" not in chinese
    assert 'name="tickets"' not in chinese
    assert "Asia/Shanghai" in chinese
    assert "刚刚" in chinese or "分钟" in chinese


def test_a_row_follows_what_it_shows(page: Client, tickets: dict[str, Ticket], lea: User) -> None:
    """Also what belongs to somebody else than the ticket, whose version does not move with it."""
    assert "Lea Lang" not in page.get(f"{INBOX}?queue=all").content.decode()
    User.objects.filter(pk=lea.pk).update(name="Lea Lang")
    Customer.objects.update(name="Somebody New")
    answer = page.get(f"{INBOX}?queue=all").content.decode()
    assert "Lea Lang" in answer
    assert answer.count("Somebody New") == 5


def test_the_queue_beside_a_ticket(page: Client, tickets: dict[str, Ticket]) -> None:
    answer = page.get(f"/console/inbox/side/?queue=all&current={tickets['mine'].number}").content.decode()
    assert answer.count('aria-current="true"') == 1
    assert f"/console/tickets/{tickets['late'].number}/?queue=all#newest" in answer


# --- rights and speed --------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [INBOX, "/console/inbox/rows/", "/console/inbox/side/"])
def test_who_may_not_read_tickets_is_kept_out(client: Client, wei: User, url: str) -> None:
    assert client.get(url).status_code == 302
    client.force_login(wei)
    assert client.get(url).status_code == 403


def test_the_inbox_takes_few_statements(
    page: Client, promises: None, carol: Customer, alice: User, django_assert_num_queries: Any
) -> None:
    for _ in range(12):
        actions.assign(build.ticket(customer=carol, order=build.order(customer=carol)), to=alice, by=alice)
    page.get(INBOX)
    with django_assert_num_queries(6):  # who asks, rows, counts, macros, teams, people
        page.get(INBOX)


def test_words_found_very_often_are_searched_newest_first(
    page: Client, promises: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_FOUND", 2)
    found = [build.ticket(subject="Lamp").number for _ in range(4)]
    assert shown(page, "?q=lamp") == found[::-1]
    assert shown(page, "?q=lamp&type=complaint") == []
