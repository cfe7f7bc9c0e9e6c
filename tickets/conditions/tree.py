"""The tree itself: read from JSON, checked, and written back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any as Anything

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from tickets.conditions.fields import FIELDS, Field, Kind

DEEPEST = 8
MOST_LEAVES = 100
LONGEST_TEXT = 200
LONGEST_LIST = 100
MOST_HOURS = 24 * 3660
MOST_NUMBER = 10_000


class Op(models.TextChoices):
    """How a field is compared."""

    IS = "is", pgettext_lazy("comparison", "is")
    IS_NOT = "is_not", pgettext_lazy("comparison", "is not")
    IN = "in", pgettext_lazy("comparison", "is one of")
    NOT_IN = "not_in", pgettext_lazy("comparison", "is none of")
    AT_LEAST = "at_least", pgettext_lazy("comparison", "is at least")
    AT_MOST = "at_most", pgettext_lazy("comparison", "is at most")
    CONTAINS = "contains", pgettext_lazy("comparison", "contains")
    IS_EMPTY = "is_empty", pgettext_lazy("comparison", "is empty")
    IS_NOT_EMPTY = "is_not_empty", pgettext_lazy("comparison", "is not empty")


LISTS = (Op.IN, Op.NOT_IN)
WITHOUT_VALUE = (Op.IS_EMPTY, Op.IS_NOT_EMPTY)

OPS: Mapping[Kind, tuple[Op, ...]] = {
    Kind.CHOICE: (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN, Op.IS_EMPTY, Op.IS_NOT_EMPTY),
    Kind.NUMBER: (Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST, Op.IN, Op.NOT_IN),
    Kind.TEXT: (Op.CONTAINS, Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN, Op.IS_EMPTY, Op.IS_NOT_EMPTY),
    Kind.FACT: (Op.IS,),
    Kind.HOURS: (Op.AT_LEAST, Op.AT_MOST, Op.IS_EMPTY, Op.IS_NOT_EMPTY),
}
"""Which comparisons a kind of field takes; the first is what an editor offers first."""


@dataclass(frozen=True)
class Leaf:
    """One question; `value` is a str, int, bool or a tuple of str or int, None where the op needs none."""

    field: Field
    op: Op
    value: Anything = None


@dataclass(frozen=True)
class All:
    """Holds when every part does; without parts it always does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any:
    """Holds when one part does; without parts it never does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Holds when its part does not."""

    part: Condition


Condition = All | Any | Not | Leaf


def parse(tree: Anything) -> Condition:
    """A condition from JSON; ValueError with a sentence in the reader's language for what is none."""
    left = [MOST_LEAVES]
    return _node(tree, 1, left)


def tree_of(condition: Condition) -> dict[str, Anything]:
    """The JSON of a condition; `parse` makes the same condition of it."""
    match condition:
        case All(parts):
            return {"all": [tree_of(part) for part in parts]}
        case Any(parts):
            return {"any": [tree_of(part) for part in parts]}
        case Not(part):
            return {"not": tree_of(part)}
        case Leaf(field, op, value):
            asked: dict[str, Anything] = {"field": field.name, "op": str(op)}
            if op not in WITHOUT_VALUE:
                asked["value"] = list(value) if op in LISTS else value
            return asked


def _node(tree: Anything, depth: int, left: list[int]) -> Condition:
    if not isinstance(tree, Mapping):
        raise ValueError(_("A condition is written as {…}, not as %s.") % _shown(tree))  # noqa: TRY004
    if depth > DEEPEST:
        raise ValueError(_("Conditions go at most %s levels deep.") % DEEPEST)
    if not tree:
        return All(())
    if "field" in tree:
        left[0] -= 1
        if left[0] < 0:
            raise ValueError(_("A condition asks at most %s questions.") % MOST_LEAVES)
        return _leaf(tree)
    if len(tree) == 1:
        [(word, inner)] = tree.items()
        if word == "not":
            return Not(_node(inner, depth + 1, left))
        if word in {"all", "any"} and _is_list(inner):
            parts = tuple(_node(part, depth + 1, left) for part in inner)
            return All(parts) if word == "all" else Any(parts)
    raise ValueError(
        _('A condition has one of "all", "any", "not" or "field", not %s.') % _shown(sorted(map(str, tree)))
    )


def _leaf(tree: Mapping[str, Anything]) -> Leaf:
    if unknown := sorted(set(map(str, tree)) - {"field", "op", "value"}):
        raise ValueError(_("A question has a field, an op and a value, not “%s”.") % unknown[0])
    field = FIELDS.get(tree["field"]) if isinstance(tree["field"], str) else None
    if field is None:
        raise ValueError(
            _("“%(field)s” is not a field; known are: %(known)s.")
            % {"field": tree["field"], "known": ", ".join(FIELDS)}
        )
    allowed = OPS[field.kind]
    if tree.get("op") not in allowed:
        raise ValueError(
            _("“%(field)s” cannot be asked with “%(op)s”; it takes: %(known)s.")
            % {"field": field.name, "op": tree.get("op"), "known": ", ".join(allowed)}
        )
    op = Op(tree["op"])
    return Leaf(field, op, _value(field, op, tree.get("value")))


def _value(field: Field, op: Op, given: Anything) -> Anything:
    if op in WITHOUT_VALUE:
        return None
    if op not in LISTS:
        return _single(field, given)
    if not _is_list(given) or not 0 < len(given) <= LONGEST_LIST:
        raise ValueError(_("“%s” is compared with a list of values.") % field.name)
    return tuple(_single(field, one) for one in given)


def _single(field: Field, given: Anything) -> Anything:
    match field.kind:
        case Kind.FACT:
            return _checked(field, given, isinstance(given, bool), _("true or false"))
        case Kind.HOURS:
            fits = _is_number(given) and 0 <= given <= MOST_HOURS
            return _checked(field, given, fits, _("a number of hours"))
        case Kind.NUMBER:
            return _checked(
                field, given, _is_number(given) and 0 <= given <= MOST_NUMBER, _("a whole number")
            )
    fits = isinstance(given, str) and 0 < len(given) <= LONGEST_TEXT and "\x00" not in given
    return _checked(field, given, fits, _("a text"))


def _checked(field: Field, given: Anything, fits: bool, wanted: str) -> Anything:
    if not fits:
        raise ValueError(
            _("“%(field)s” is compared with %(wanted)s, not with %(given)s.")
            % {"field": field.name, "wanted": wanted, "given": _shown(given)}
        )
    return given


def _is_number(given: Anything) -> bool:
    return isinstance(given, int) and not isinstance(given, bool)


def _is_list(given: Anything) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str)


def _shown(given: Anything) -> str:
    return repr(given)[:60]
