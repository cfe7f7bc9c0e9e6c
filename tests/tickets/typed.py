"""Conditions and steps as a browser sends them from their rows."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from tickets.forms import ConditionRows

Data = dict[str, Any]


def sent(rows: ConditionRows) -> QueryDict:
    """What a browser sends when nothing of what is shown was changed."""
    data = QueryDict(mutable=True)
    if rows.group is None:
        data["conditions-keep"] = "1"
    for name, values in _inputs(rows.group):
        data.setlist(name, values)
    return data


def _inputs(form: Any) -> Iterator[tuple[str, list[str]]]:
    for bound in form or ():
        value = bound.value()
        values = value if isinstance(value, list) else [] if value is None else [str(value)]
        if isinstance(bound.field, forms.MultipleChoiceField) and not values:
            continue
        yield bound.html_name, values
    for part in getattr(form, "parts", ()):
        yield from _inputs(part)


def asked(*parts: Mapping[str, Any], mode: str = "all", at: str = "conditions") -> Data:
    """Rows as somebody fills them in: asked({"field": "type", "op": "is", "value": "complaint"})."""
    data: Data = {f"{at}-mode": mode}
    for place, part in enumerate(parts):
        here = f"{at}-{place}"
        if "parts" in part:
            data |= asked(*part["parts"], mode=part["mode"], at=here)
        else:
            data |= {f"{here}-{name}": value for name, value in part.items()}
    return data


def taken(*steps: Mapping[str, Any]) -> Data:
    """Rows of steps: taken({"do": "set_priority", "priority": 4})."""
    return {f"step-{place}-{name}": value for place, step in enumerate(steps) for name, value in step.items()}
