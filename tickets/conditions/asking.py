"""Asking a condition: of one ticket in Python, or of all of them in SQL. The meaning is the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any as Anything

from django.db.models import Q

from tickets.conditions.fields import Field, Kind
from tickets.conditions.tree import All, Any, Condition, Leaf, Not, Op
from tickets.models import Ticket

NONE = Q(pk__in=())
EVERY = ~NONE
"""Said aloud: an empty Q would vanish from an "or" and from a "not"."""


def matches(condition: Condition, ticket: Ticket, at: datetime) -> bool:
    """Whether the ticket meets the condition at an instant."""
    match condition:
        case All(parts):
            return all(matches(part, ticket, at) for part in parts)
        case Any(parts):
            return any(matches(part, ticket, at) for part in parts)
        case Not(part):
            return not matches(part, ticket, at)
        case Leaf():
            return _holds(condition, ticket, at)


def reasons(condition: Condition, ticket: Ticket, at: datetime) -> Iterator[tuple[Leaf, bool]]:
    """Every question of the condition with its answer for the ticket, in the order of the tree."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from reasons(part, ticket, at)
        case Not(part):
            yield from reasons(part, ticket, at)
        case Leaf():
            yield condition, _holds(condition, ticket, at)


def to_q(condition: Condition, at: datetime) -> Q:
    """The same question to `Ticket.objects.filter`; it joins no table, so no ticket comes twice."""
    match condition:
        case All(parts):
            found = EVERY
            for part in parts:
                found &= to_q(part, at)
            return found
        case Any(parts):
            found = NONE
            for part in parts:
                found |= to_q(part, at)
            return found
        case Not(part):
            return ~to_q(part, at)
        case Leaf(field) if field.kind == Kind.FACT:
            return Q(**{f"{field.column}__isnull": not condition.value})
        case Leaf(field) if field.kind == Kind.HOURS:
            return _hours(condition, at)
        case Leaf():
            return _compared(condition)


# --- in Python ---------------------------------------------------------------------------------------


def _holds(leaf: Leaf, ticket: Ticket, at: datetime) -> bool:
    found = leaf.field.read(ticket)
    if leaf.op in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        return (found is None) == (leaf.op == Op.IS_EMPTY)
    if leaf.op in (Op.IS_NOT, Op.NOT_IN):
        return found is None or not _equals(leaf, found)
    if found is None:
        return False
    if leaf.field.kind == Kind.HOURS:
        passed: timedelta = at - found
        hours = timedelta(hours=leaf.value)
        return passed >= hours if leaf.op == Op.AT_LEAST else passed <= hours
    match leaf.op:
        case Op.AT_LEAST:
            return bool(found >= leaf.value)
        case Op.AT_MOST:
            return bool(found <= leaf.value)
        case Op.CONTAINS:
            return _folded(leaf.value) in _folded(found)
    return _equals(leaf, found)


def _equals(leaf: Leaf, found: Anything) -> bool:
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return any(_folded(found) == _folded(one) for one in wanted)


def _folded(value: Anything) -> Anything:
    """As Postgres compares without case: by upper case, letter by letter ("ß" stays one letter)."""
    if not isinstance(value, str):
        return value
    return "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in value)


# --- in SQL ------------------------------------------------------------------------------------------


def _hours(leaf: Leaf, at: datetime) -> Q:
    column = leaf.field.column
    if leaf.op in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        return Q(**{f"{column}__isnull": leaf.op == Op.IS_EMPTY})
    moment = at - timedelta(hours=leaf.value)
    asked = Q(**{f"{column}__{'lte' if leaf.op == Op.AT_LEAST else 'gte'}": moment})
    return asked & Q(**{f"{column}__isnull": False})


def _compared(leaf: Leaf) -> Q:
    match leaf.op:
        case Op.IS_EMPTY:
            return ~_filled(leaf.field)
        case Op.IS_NOT_EMPTY:
            return _filled(leaf.field)
        case Op.IS_NOT | Op.NOT_IN:
            return ~_one_of(leaf)
        case Op.IS | Op.IN:
            return _one_of(leaf)
        case Op.CONTAINS:
            return _asked(leaf.field, "icontains", leaf.value)
        case Op.AT_LEAST:
            return _asked(leaf.field, "gte", leaf.value)
    return _asked(leaf.field, "lte", leaf.value)


def _one_of(leaf: Leaf) -> Q:
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    lookup = "exact" if leaf.field.kind == Kind.NUMBER else "iexact"
    found = NONE
    for one in wanted:
        found |= _asked(leaf.field, lookup, one)
    return found


def _filled(field: Field) -> Q:
    if field.keys is not None:
        return _asked(field, "gt", "")
    return Q(**{f"{field.column}__gt": ""})


def _asked(field: Field, lookup: str, value: Anything) -> Q:
    """A comparison that is true or false and never unknown, so that its negation is the rest."""
    if field.keys is None:
        return Q(**{f"{field.column}__{lookup}": value})
    found = field.keys(**{f"{field.relation}__{lookup}": value})
    return Q(**{f"{field.column}__in": found}) & Q(**{f"{field.column}__isnull": False})
