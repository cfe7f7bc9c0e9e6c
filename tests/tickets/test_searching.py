"""A search shows the same whether the newest tickets were looked through or an index was asked."""

from datetime import timedelta

import pytest

from core.paging import Keyset
from tests import build
from tickets import queries, searching
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
SIZE = 4


@pytest.fixture
def rows() -> list[Ticket]:
    """Twenty tickets: every second about a parcel, an old one about a 发票, each changed at its time."""
    made = [
        build.ticket(subject="Where is my parcel?" if number % 2 else "Which lamp?") for number in range(20)
    ]
    build.ticket(subject="发票")
    for number, row in enumerate([*made, Ticket.objects.latest("pk")]):
        moment = row.updated_at - timedelta(days=number * 7 % 20 + (50 if number == 20 else 0))
        Ticket.objects.filter(pk=row.pk).update(updated_at=moment)
    return made


def numbers(page) -> list[str]:
    return [row.number for row in page.rows]


def walked(text: str) -> list[str]:
    """All that a search finds, page by page."""
    page = searching.page(Ticket.objects.all(), text, SIZE, {})
    found = numbers(page)
    while page.next:
        page = searching.page(Ticket.objects.all(), text, SIZE, {"cursor": page.next})
        found += numbers(page)
    return found


@pytest.mark.parametrize("newest", [1, 3, 8, 15, 100])
@pytest.mark.parametrize("promising", [1, 2, 50])
@pytest.mark.parametrize("text", ["parcel", "发票", "lamp", "nothing of the kind", "", "10010"])
def test_every_way_of_looking_finds_the_same(monkeypatch, rows, newest, promising, text):
    monkeypatch.setattr(searching, "NEWEST", newest)
    monkeypatch.setattr(searching, "PROMISING", promising)
    whole = Keyset(searching.LATEST, 100).page(queries.matching(Ticket.objects.all(), text), {})
    assert walked(text) == numbers(whole)


def test_a_common_word_asks_no_index(monkeypatch, rows):
    monkeypatch.setattr(searching, "NEWEST", 15)
    monkeypatch.setattr(queries, "matching", lambda *_: pytest.fail("the index was asked"))
    assert len(searching.page(Ticket.objects.all(), "parcel", SIZE, {})) == SIZE


def test_a_word_that_looks_common_is_looked_for_once_more(monkeypatch, rows):
    monkeypatch.setattr(searching, "NEWEST", 5)
    monkeypatch.setattr(searching, "PROMISING", 1)
    monkeypatch.setattr(queries, "matching", lambda *_: pytest.fail("the index was asked"))
    assert len(searching.page(Ticket.objects.all(), "parcel", SIZE, {})) == SIZE


def test_only_tickets_handed_in_are_found(rows):
    few = Ticket.objects.filter(pk__in=[row.pk for row in rows[:3]])
    assert numbers(searching.page(few, "parcel", SIZE, {})) == [rows[1].number]
