"""Conditions on tickets: one tree with one meaning, asked of a row in Python or of the database in SQL.

Stored as JSON: {"all": [...]}, {"any": [...]}, {"not": {...}}, and leaves such as
{"field": "type", "op": "is", "value": "complaint"}. {} and {"all": []} hold for every ticket.

A field without a value (nobody assigned, no order) meets no comparison but `is_empty`, `is_not` and `not_in`:
in SQL as in Python, `not` of a condition holds exactly where the condition does not.
"""

from tickets.conditions.asking import matches, reasons, to_q
from tickets.conditions.fields import FIELDS, Field
from tickets.conditions.saying import describe
from tickets.conditions.tree import All, Any, Condition, Leaf, Not, Op, parse, tree_of

__all__ = [
    "FIELDS",
    "All",
    "Any",
    "Condition",
    "Field",
    "Leaf",
    "Not",
    "Op",
    "describe",
    "matches",
    "parse",
    "reasons",
    "to_q",
    "tree_of",
]
