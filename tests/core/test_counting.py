"""Lists counted up to a bound, many known keys at once, and links made without the URL resolver."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from core import links
from core.counting import counted
from core.keys import among
from core.models import Event

NOON = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)


@pytest.fixture
def rows(db):
    """Five events: one of kind a, four of kind b."""
    for kind in ("a", "b", "b", "b", "b"):
        Event.objects.create(
            kind=kind, subject="x:1", thread="x:1", actor_kind="system", at=NOON, next_attempt_at=NOON
        )
    return Event.objects.order_by("pk")


def test_lists_are_counted_in_one_statement(rows, django_assert_num_queries):
    lists = {"a": rows.filter(kind="a"), "b": rows.filter(kind="b"), "c": rows.filter(kind="c")}
    with django_assert_num_queries(1):
        assert counted(lists, 99) == {"a": 1, "b": 4, "c": 0}


def test_nothing_is_counted_beyond_the_bound(rows):
    assert counted({"b": rows.filter(kind="b")}, 2) == {"b": 3}


def test_a_list_that_can_hold_nothing_asks_nothing(rows, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert counted({"none": rows.none()}, 9) == {"none": 0}
    assert counted({"none": rows.none(), "a": rows.filter(kind="a")}, 9) == {"none": 0, "a": 1}


def test_a_percent_sign_in_a_list_is_no_placeholder(rows):
    assert counted({"odd": rows.filter(kind__contains="%s")}, 9) == {"odd": 0}


@pytest.mark.parametrize("size", [0, 1, 3000])
def test_rows_among_many_keys(rows, size):
    first = rows.first().pk
    keys = {first - number for number in range(size)}
    assert list(rows.filter(pk__in=among(keys)).values_list("pk", flat=True)) == ([first] if size else [])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("console:ticket", "T-1042"),
        ("console:ticket", "T-7"),
        ("console:inbox-claim", "T-1042"),
        ("console:customer", "C-10042"),
    ],
)
def test_a_link_is_what_the_resolver_says(name, number):
    assert links.about(name, number) == reverse(name, args=[number])
