"""Conditions as rows on a page: what is shown is what is stored, what is wrong is said on its row."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from accounts.models import Team, User
from tests.tickets.conftest import MONDAY_10
from tests.tickets.test_conditions import _asked, pool, trees
from tests.tickets.typed import asked, sent
from tickets.conditions import FIELDS, matches, parse
from tickets.conditions.tree import MOST_LEAVES, OPS
from tickets.forms import ConditionRows
from tickets.forms.conditions import QuestionForm
from tickets.models import Ticket

__all__ = ["pool"]

COMPLAINT = {"field": "type", "op": "is", "value": "complaint"}
URGENT = {"field": "priority", "op": "at_least", "value": 4}
DEEP = {"any": [{"all": [COMPLAINT, {"not": {"all": [URGENT, COMPLAINT]}}]}]}


def query(data: dict[str, Any]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in data.items():
        found.setlist(name, value if isinstance(value, list) else [str(value)])
    return found


def read(data: dict[str, Any], stored: Any = None) -> ConditionRows:
    return ConditionRows.typed(query(data), stored=stored, checked=True)


def redrawn(data: dict[str, Any], **button: str) -> ConditionRows:
    pressed = {f"conditions-{name}": value for name, value in button.items()}
    return ConditionRows.typed(query({**data, **pressed}), stored={}, checked=False)


def again(tree: Any) -> Any:
    """A tree shown as rows and sent back as it was shown."""
    rows = ConditionRows.typed(sent(ConditionRows.of(tree)), stored=tree, checked=True)
    assert rows.is_valid(), rows.group and rows.group.errors
    return rows.stored


def same(left: Any, right: Any, tickets: list[Ticket]) -> bool:
    one, other = parse(left), parse(right)
    return all(matches(one, t, MONDAY_10) == matches(other, t, MONDAY_10) for t in tickets)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=trees)
def test_what_is_shown_and_saved_means_the_same(pool: list[Ticket], tree: dict[str, Any]) -> None:
    assert same(again(tree), tree, pool)


def test_every_field_and_comparison_has_a_row(db: None) -> None:
    for field in FIELDS.values():
        for op in OPS[field.kind]:
            for leaf in _asked(field, op):
                rows = ConditionRows.of(leaf)
                if rows.group is not None:
                    [row] = rows.group.parts
                    assert isinstance(row, QuestionForm)
                    assert again(leaf) == {"all": [leaf]}


@pytest.mark.parametrize(
    ("tree", "stored"),
    [
        ({}, {"all": []}),
        (COMPLAINT, {"all": [COMPLAINT]}),
        ({"any": [COMPLAINT, URGENT]}, {"any": [COMPLAINT, URGENT]}),
        ({"not": COMPLAINT}, {"not": {"any": [COMPLAINT]}}),
        ({"all": [{"any": [COMPLAINT, URGENT]}, URGENT]}, {"all": [{"any": [COMPLAINT, URGENT]}, URGENT]}),
        (
            {"any": [{"not": {"any": [URGENT]}}, COMPLAINT]},
            {"any": [{"not": {"any": [URGENT]}}, COMPLAINT]},
        ),
    ],
)
def test_groups_of_questions_are_rows(db: None, tree: Any, stored: Any) -> None:
    assert ConditionRows.of(tree).kept is None
    assert again(tree) == stored


@pytest.mark.parametrize(
    "tree",
    [
        DEEP,
        {"any": []},
        {"not": {"all": [COMPLAINT, URGENT]}},
        {"all": [{"all": []}]},
        {"field": "subject", "op": "is", "value": " lamp"},
    ],
)
def test_what_goes_deeper_is_told_in_words_and_kept(db: None, tree: Any) -> None:
    rows = ConditionRows.of(tree)
    assert rows.group is None
    assert rows.sentence
    assert parse(again(tree)) == parse(tree)
    new = ConditionRows.typed(
        query({"conditions-keep": "1", "conditions-anew": "1"}), stored=tree, checked=False
    )
    assert new.group is not None


def test_rows_come_and_go(db: None) -> None:
    shown = asked(COMPLAINT, {"mode": "any", "parts": [URGENT]})
    three = redrawn(shown, add="conditions")
    assert three.group is not None
    assert [part.is_group for part in three.group.parts] == [False, True, False]
    inner = redrawn(shown, add="conditions-1")
    assert sent(inner)["conditions-1-0-field"] == "priority"
    assert sent(inner)["conditions-1-1-field"] == ""
    assert "conditions-1-0-field" not in sent(redrawn(shown, drop="conditions-1-0"))
    assert sent(redrawn(shown, drop="conditions-0"))["conditions-0-0-field"] == "priority"
    grouped = sent(redrawn(shown, **{"add-group": "1"}))
    assert (grouped["conditions-2-mode"], grouped["conditions-2-0-field"]) == ("any", "")


@pytest.mark.parametrize("name", ["conditions-7", "conditions-0-3", "conditions", "x", ""])
def test_a_button_for_what_is_gone_changes_nothing(db: None, name: str) -> None:
    shown = asked(COMPLAINT, {"mode": "any", "parts": [URGENT]})
    assert dict(sent(redrawn(shown, drop=name)).lists()) == dict(sent(redrawn(shown)).lists())


def test_another_field_takes_its_own_comparisons_and_no_old_value(db: None) -> None:
    typed = asked({"field": "subject", "op": "is_empty", "was": "subject"})
    kept = sent(redrawn(typed))
    assert kept["conditions-0-op"] == "is_empty"
    changed = sent(redrawn(asked({"field": "team", "op": "contains", "value": "lamp", "was": "subject"})))
    assert (changed["conditions-0-op"], changed["conditions-0-value"]) == ("is", [])
    saved = read(asked({"field": "team", "op": "contains", "value": "lamp", "was": "subject"}))
    assert not saved.is_valid()


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"field": ""}, "field", "请选择要判断的内容"),
        ({"field": "mood", "op": "is", "value": "good"}, "field", "mood"),
        ({"field": "priority", "op": "is", "value": ""}, "value", "请填写比较的内容"),
        ({"field": "type", "op": "in"}, "value", "请填写比较的内容"),
        ({"field": "cycle", "op": "in", "value": "1\ntwo"}, "value", "整数"),
        ({"field": "hours_late", "op": "at_least", "value": "soon"}, "value", "整数"),
        ({"field": "subject", "op": "contains", "value": "x" * 201}, "value", "200"),
        ({"field": "subject", "op": "in", "value": "x" * 201}, "value", "200"),
        ({"field": "cycle", "op": "in", "value": "1\n" * 101}, "value", "100"),
    ],
)
def test_what_is_wrong_is_said_on_its_row_in_the_reader_s_language(
    db: None, row: dict[str, Any], field: str, words: str
) -> None:
    with translation.override("zh-hans"):
        rows = read(asked(COMPLAINT, row))
        assert not rows.is_valid()
        assert rows.group is not None
        first, second = rows.group.parts
        assert not first.errors
        assert words in str(second.errors[field])
        assert second["field"].value() == row["field"]


def test_an_empty_group_is_no_answer(db: None) -> None:
    rows = read({**asked(COMPLAINT), "conditions-1-mode": "any"})
    assert not rows.is_valid()


def test_a_form_without_rows_asks_for_them(db: None) -> None:
    assert not read({}).is_valid()
    assert read(asked()).is_valid()


def test_there_is_an_end_to_questions(db: None) -> None:
    half = [URGENT] * (MOST_LEAVES // 2)
    groups: list[dict[str, Any]] = [{"mode": "any", "parts": half}] * 2
    assert read(asked(*groups)).is_valid()
    many = read(asked(*groups, URGENT))
    assert not many.is_valid()
    assert "100" in many.wrong


def test_a_value_whose_row_is_gone_is_shown_and_stays(db: None) -> None:
    tree = {"all": [{"field": "team", "op": "in", "value": ["gone", "here"]}]}
    Team.objects.create(code="here", name_en="Here", name_zh="这里")
    assert again(tree) == tree


def test_what_cannot_be_read_is_written_anew(db: None) -> None:
    rows = ConditionRows.of({"field": "gone", "op": "is", "value": "x"})
    assert "“gone” is not a field" in rows.wrong
    kept = ConditionRows.typed(
        query({"conditions-keep": "1"}), stored={"field": "gone", "op": "is"}, checked=True
    )
    assert not kept.is_valid()


def test_people_and_countries_are_offered_by_name(db: None, alice: User) -> None:
    rows = ConditionRows.of({"all": [{"field": "assignee", "op": "is", "value": alice.email}]})
    assert rows.group is not None
    assert str(alice.display_name) in str(rows.group.parts[0]["value"])
    rows = ConditionRows.of({"all": [{"field": "country", "op": "in", "value": ["DE"]}]})
    assert rows.group is not None
    assert "Germany" in str(rows.group.parts[0]["value"])
