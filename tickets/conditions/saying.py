"""A condition in words, in the reader's language."""

from typing import Any as Anything

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.conditions.fields import Field, Kind
from tickets.conditions.tree import LISTS, WITHOUT_VALUE, All, Any, Condition, Leaf, Not


def describe(condition: Condition) -> str:
    """The whole condition as one line."""
    match condition:
        case All(()):
            return _("every ticket")
        case Any(()):
            return _("no ticket")
        case All(parts):
            return pgettext("between conditions", " and ").join(_part(part) for part in parts)
        case Any(parts):
            return pgettext("between conditions", " or ").join(_part(part) for part in parts)
        case Not(part):
            return _("not (%s)") % describe(part)
        case Leaf():
            return leaf_words(condition)


def leaf_words(leaf: Leaf) -> str:
    """One question: "Priority is at least High"."""
    words = {"field": leaf.field.label, "comparison": leaf.op.label}
    if leaf.op in WITHOUT_VALUE:
        return pgettext("condition", "%(field)s %(comparison)s") % words
    value = (
        pgettext("between values", ", ").join(_value(leaf.field, one) for one in leaf.value)
        if leaf.op in LISTS
        else _value(leaf.field, leaf.value)
    )
    return pgettext("condition", "%(field)s %(comparison)s %(value)s") % {**words, "value": value}


def _part(condition: Condition) -> str:
    told = describe(condition)
    return f"({told})" if isinstance(condition, All | Any) and len(condition.parts) > 1 else told


def _value(field: Field, value: Anything) -> str:
    if field.kind == Kind.FACT:
        return _("yes") if value else _("no")
    names = dict(named()) if (named := field.choices or field.known) else {}
    if str(value) in names or field.choices is not None:
        return names.get(str(value), str(value))
    return f"“{value}”" if isinstance(value, str) else str(value)
