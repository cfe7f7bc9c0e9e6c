"""Conditions mean the same in SQL and in Python, refuse what they cannot ask, and can be read aloud."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any as Anything

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Language, Team
from customers.models import Tier
from tests import build
from tests.tickets.conftest import MONDAY_10
from tickets.conditions import (
    FIELDS,
    Field,
    Op,
    describe,
    matches,
    parse,
    reasons,
    to_q,
    tree_of,
)
from tickets.conditions.fields import Kind
from tickets.conditions.tree import DEEPEST, LISTS, MOST_LEAVES, OPS, WITHOUT_VALUE
from tickets.models import Ticket
from tickets.states import Channel, Priority, TicketStatus, TicketType

WORDS = ["lamp", "LAMP", "50%", "a_b", "\\", "Straße", "STRASSE", "灯", "İstanbul", "ı", "O'Hara", 'a"b', "é"]
POOL = 80


def _pool() -> None:
    """Tickets that differ in everything a condition can ask about, absent values included."""
    chance = random.Random(5)

    def moment() -> datetime:
        passed = timedelta(hours=chance.choice([0, 1, 24, 25, 72]), seconds=chance.choice([0, 1]))
        return MONDAY_10 - passed

    teams = [Team.objects.create(code=code, name_en=code, name_zh=code) for code in ("first", "Second")]
    staff = [build.user(name, email=f"{name}@staff.example") for name in ("ann", "bob")]
    tiers = [
        Tier.objects.create(code=code, name_en=code, name_zh=code, rank=90 + rank)
        for rank, code in enumerate(("t-gold", "t-new"))
    ]
    people = [
        build.customer(f"C{n}", tier=chance.choice([None, *tiers]), country=chance.choice(["", "DE", "CN"]))
        for n in range(8)
    ]
    orders = {person.pk: build.order(customer=person) for person in people[:4]}
    former = None
    for n in range(POOL):
        person = chance.choice(people)
        subject = chance.choice([*WORDS, ""]) + chance.choice(["", " ", "lamp"])
        former = Ticket.objects.create(
            number=f"T-{n}",
            customer=person,
            order=orders.get(person.pk) if chance.random() < 0.6 else None,
            subject=subject,
            type=chance.choice(TicketType.values),
            status=chance.choice(TicketStatus.values),
            priority=chance.choice(Priority.values),
            channel=chance.choice(Channel.values),
            language=chance.choice(Language.values),
            team=chance.choice([None, *teams]),
            assignee=chance.choice([None, *staff]),
            follow_up_of=former if chance.random() < 0.2 else None,
            cycle=chance.randint(1, 3),
            created_at=moment(),
            updated_at=moment(),
            due_at=chance.choice([None, moment()]),
            first_response_at=chance.choice([None, moment()]),
            solved_at=chance.choice([None, moment()]),
            last_message_at=moment(),
            last_message_by=chance.choice(["customer", "user", "system"]),
            last_message_preview=chance.choice([*WORDS, ""]),
        )


KNOWN: dict[str, Sequence[Anything]] = {
    "team": ["first", "second", "SECOND", "none"],
    "assignee": ["ann@staff.example", "BOB@staff.example", "x"],
    "tier": ["t-gold", "t-new"],
    "country": ["DE", "cn", "FR"],
    "shop": ["lamps", "x"],
    "subject": [*WORDS, "Lamp ", "%", "_"],
    "last_message": [*WORDS, "%"],
    "priority": [1, 2, 3, 4],
    "cycle": [0, 1, 2, 3],
    "last_writer": ["customer", "user", "system"],
    "type": TicketType.values,
    "status": TicketStatus.values,
    "channel": Channel.values,
    "language": Language.values,
}


def _known(field: Field) -> Sequence[Anything]:
    match field.kind:
        case Kind.FACT:
            return [True, False]
        case Kind.HOURS:
            return [0, 1, 24, 25, 72, 73]
    return KNOWN[field.name]


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Anything]:
    name = draw(st.sampled_from(sorted(FIELDS)))
    op = draw(st.sampled_from(OPS[FIELDS[name].kind]))
    if op in WITHOUT_VALUE:
        return {"field": name, "op": str(op)}
    values = st.sampled_from(_known(FIELDS[name]))
    value = draw(st.lists(values, min_size=1, max_size=3) if op in LISTS else values)
    return {"field": name, "op": str(op), "value": value}


trees = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=8,
).filter(lambda tree: _depth(tree) <= DEEPEST)


def _depth(tree: dict[str, Anything]) -> int:
    parts = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max(map(_depth, parts), default=0)


@pytest.fixture
def pool(db: None) -> list[Ticket]:
    """Tickets in the database that nothing in a test changes."""
    _pool()
    return list(
        Ticket.objects.select_related("customer__tier", "order__shop", "team", "assignee").order_by("pk")
    )


def _agree(tree: dict[str, Anything], pool: list[Ticket]) -> None:
    condition = parse(tree)
    found = Ticket.objects.filter(to_q(condition, MONDAY_10)).values_list("pk", flat=True)
    assert sorted(found) == [one.pk for one in pool if matches(condition, one, MONDAY_10)]
    assert parse(tree_of(condition)) == condition


@settings(max_examples=1500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_sql_and_python_find_the_same_tickets(pool: list[Ticket], tree: dict[str, Anything]) -> None:
    _agree(tree, pool)


def test_every_field_and_comparison_alone_and_negated(pool: list[Ticket]) -> None:
    for field in FIELDS.values():
        for op in OPS[field.kind]:
            for leaf in _asked(field, op):
                _agree(leaf, pool)
                _agree({"not": leaf}, pool)
                _agree({"any": [leaf, {"not": leaf}]}, pool)
                assert describe(parse(leaf))


def _asked(field: Field, op: Op) -> list[dict[str, Anything]]:
    """The field with every value the pool knows."""
    asked = {"field": field.name, "op": str(op)}
    if op in WITHOUT_VALUE:
        return [asked]
    return [{**asked, "value": [value] if op in LISTS else value} for value in _known(field)]


def test_every_ticket_and_no_ticket(ticket: Ticket) -> None:
    for tree, holds in (({}, True), ({"all": []}, True), ({"any": []}, False), ({"not": {}}, False)):
        condition = parse(tree)
        assert matches(condition, ticket, MONDAY_10) is holds
        assert Ticket.objects.filter(to_q(condition, MONDAY_10)).exists() is holds


def test_a_letter_of_like_is_a_letter(ticket: Ticket) -> None:
    asked = parse({"field": "subject", "op": "contains", "value": "%"})
    assert not Ticket.objects.filter(to_q(asked, MONDAY_10)).exists()
    assert not matches(asked, ticket, MONDAY_10)


def test_reasons_answer_every_question(ticket: Ticket) -> None:
    asked = parse(
        {
            "any": [
                {"field": "status", "op": "is", "value": "new"},
                {"not": {"field": "priority", "op": "at_least", "value": 4}},
            ]
        }
    )
    assert [(leaf.field.name, held) for leaf, held in reasons(asked, ticket, MONDAY_10)] == [
        ("status", True),
        ("priority", False),
    ]


def nested(levels: int) -> dict[str, Anything]:
    tree: dict[str, Anything] = {}
    for _level in range(levels):
        tree = {"not": tree}
    return tree


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ([], "A condition is written as"),
        ("new", "A condition is written as"),
        ({"some": []}, "not ['some']"),
        ({"all": {}}, "A condition has one of"),
        ({"all": [], "any": []}, "A condition has one of"),
        (nested(DEEPEST), f"at most {DEEPEST} levels"),
        ({"all": [{"field": "cycle", "op": "is", "value": 1}] * (MOST_LEAVES + 1)}, "at most 100 questions"),
        ({"field": "mood", "op": "is", "value": "x"}, "“mood” is not a field; known are: type, priority"),
        ({"field": ["type"], "op": "is", "value": "x"}, "is not a field"),
        ({"field": "type", "op": "like", "value": "x"}, "it takes: is, is_not"),
        ({"field": "type", "op": ["is"], "value": "x"}, "it takes: is, is_not"),
        ({"field": "type", "value": "x"}, "it takes: is, is_not"),
        ({"field": "type", "op": "is", "value": "x", "case": 1}, "not “case”"),
        ({"field": "type", "op": "is", "value": 5}, "a text"),
        ({"field": "type", "op": "is", "value": ""}, "a text"),
        ({"field": "subject", "op": "contains", "value": "a\x00"}, "a text"),
        ({"field": "type", "op": "in", "value": "x"}, "a list of values"),
        ({"field": "type", "op": "in", "value": []}, "a list of values"),
        ({"field": "priority", "op": "is", "value": "4"}, "a whole number"),
        ({"field": "priority", "op": "is", "value": True}, "a whole number"),
        ({"field": "has_order", "op": "is", "value": 1}, "true or false"),
        ({"field": "hours_late", "op": "at_least", "value": -1}, "a number of hours"),
    ],
)
def test_what_cannot_be_asked_is_said(tree: Anything, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as wrong:
        parse(tree)
    assert said in str(wrong.value)


def test_a_condition_is_told_in_words(db: None) -> None:
    asked = parse(
        {
            "all": [
                {"field": "priority", "op": "at_least", "value": 3},
                {
                    "any": [
                        {"field": "has_order", "op": "is", "value": True},
                        {"field": "team", "op": "is_empty"},
                    ]
                },
                {"not": {"field": "subject", "op": "contains", "value": "lamp"}},
            ]
        }
    )
    assert describe(asked) == (
        "Priority is at least High and (About an order is yes or Team is empty)"
        " and not (Subject contains “lamp”)"
    )
    with translation.override("zh-hans"):
        assert describe(asked) == "优先级不低于高 且 (涉及订单为是 或 团队为空) 且 非（主题包含“lamp”）"
    assert describe(parse({})) == "every ticket"
    assert describe(parse({"any": []})) == "no ticket"
