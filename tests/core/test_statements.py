"""Statements put together once: they give what the ORM gives, with other values at each use."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import DateTimeField, TextField
from django.test.utils import CaptureQueriesContext

from core.counting import Counting
from core.models import Event
from core.statements import Given, Statement

NOON = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
KIND = Given("kind", TextField())
MOMENT = Given("moment", DateTimeField())


@pytest.fixture
def events(db):
    """One of kind a at noon, two of kind b in the two hours after."""
    for kind, hours in (("a", 0), ("b", 1), ("b", 2)):
        at = NOON + timedelta(hours=hours)
        Event.objects.create(
            kind=kind, subject=f"x:{hours}", thread="x", actor_kind="system", at=at, next_attempt_at=at
        )
    return Event.objects.order_by("at")


def subjects(rows):
    return Statement(lambda: rows.values_list("subject"), lambda row: row[0])


def test_each_use_brings_its_own_values(events):
    of_kind = subjects(events.filter(kind=KIND))
    assert of_kind(kind="b") == ["x:1", "x:2"]
    assert of_kind(kind="a") == ["x:0"]
    assert of_kind(kind="%s' OR 1=1") == []


def test_it_is_written_once_and_run_at_each_use(events):
    written = []

    def rows():
        written.append(True)
        return events.filter(kind=KIND).values_list("subject")

    statement = Statement(rows, tuple)
    with CaptureQueriesContext(connection) as asked:
        statement(kind="a")
        statement(kind="b")
    assert (len(written), len(asked)) == (1, 2)


def test_a_given_moment_can_be_counted_from(events):
    within = subjects(events.filter(at__gt=MOMENT, at__lte=MOMENT + timedelta(hours=1)))
    assert within(moment=NOON) == ["x:1"]
    assert within(moment=NOON + timedelta(hours=1)) == ["x:2"]


def test_a_value_that_is_not_given_is_an_error(events):
    with pytest.raises(KeyError, match="kind"):
        subjects(events.filter(kind=KIND))(moment=NOON)


def test_rows_of_nothing_ask_nothing(events, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert subjects(events.none())() == []


def test_a_percent_sign_of_the_statement_is_no_placeholder(events):
    assert subjects(events.filter(kind=KIND, subject__contains="%s"))(kind="a") == []


def test_what_a_field_would_convert_is_refused(events):
    with pytest.raises(TypeError, match="converts"):
        Statement(lambda: events.values_list("data"), tuple)()


def test_lists_with_given_values_are_counted(events, django_assert_num_queries):
    counting = Counting({"kind": events.filter(kind=KIND), "late": events.filter(at__lte=MOMENT)}, 1)
    with django_assert_num_queries(2):
        assert counting(kind="a", moment=NOON) == {"kind": 1, "late": 1}
        assert counting(kind="b", moment=NOON - timedelta(hours=1)) == {"kind": 2, "late": 0}
