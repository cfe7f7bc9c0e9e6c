"""Keyset paging walks a list forth and back without skipping or repeating a row."""

from datetime import UTC, datetime, timedelta

import pytest

from core.models import Event
from core.paging import Keyset

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 8, 12, 0, 0, 123456, tzinfo=UTC)
KEYSET = Keyset(("-at", "-pk"), size=3)


@pytest.fixture
def rows():
    """Eight events, some of the same microsecond."""
    moments = [0, 0, 0, 1, 1, 2, 3, 3]
    Event.objects.bulk_create(
        Event(
            kind=f"sample.{number}",
            subject="sample:1",
            thread="sample:1",
            actor_kind="system",
            at=NOON + timedelta(microseconds=step),
            next_attempt_at=NOON,
        )
        for number, step in enumerate(moments)
    )
    return [event.pk for event in Event.objects.order_by("-at", "-pk")]


def keys(page):
    return [row.pk for row in page]


def walk(way, cursor=""):
    page = KEYSET.page(Event.objects.all(), {"cursor": cursor})
    pages = [page]
    while following := getattr(page, way):
        page = KEYSET.page(Event.objects.all(), {"cursor": following})
        pages.append(page)
    return pages


def test_forth_every_row_comes_once(rows):
    pages = walk("next")
    assert [keys(page) for page in pages] == [rows[:3], rows[3:6], rows[6:]]
    assert pages[0].previous == ""


def test_back_leads_the_same_way(rows):
    last = walk("next")[-1]
    assert [keys(page) for page in walk("previous", last.previous)] == [rows[3:6], rows[:3]]


def test_a_row_that_came_in_between_moves_nothing(rows):
    first = KEYSET.page(Event.objects.all(), {})
    Event.objects.create(
        kind="sample.new",
        subject="s:1",
        thread="s:1",
        actor_kind="system",
        at=NOON + timedelta(days=1),
        next_attempt_at=NOON,
    )
    assert keys(KEYSET.page(Event.objects.all(), {"cursor": first.next})) == rows[3:6]


@pytest.mark.parametrize(
    "cursor", ["nonsense", "WyI-Il0", "WyI-IiwieCIsInkiXQ", "e30", "WyI-IixudWxsLDFd", "é"]
)
def test_a_broken_cursor_begins_at_the_start(rows, cursor):
    assert keys(KEYSET.page(Event.objects.all(), {"cursor": cursor})) == rows[:3]


def test_an_empty_list_has_no_ways(rows):
    page = KEYSET.page(Event.objects.none(), {})
    assert (list(page), page.previous, page.next) == ([], "", "")
