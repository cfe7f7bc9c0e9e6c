"""Steps in a form, put together one by one: those of a rule and those of a macro."""

from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tickets.automation.steps import ACTIONS, LONGEST_TEXT, MOST_STEPS, Action, Kind, Parameter, parse_steps

ADD, DROP = "add_step", "drop_step"
BUTTONS = frozenset({ADD, DROP})
"""What only draws the rows again."""


class StepFields(forms.Form):
    """What one step needs to know."""

    def __init__(self, action: Action, data: Any = None, *, place: int, initial: Any = None) -> None:
        super().__init__(data, prefix=f"step-{place}", initial=initial)
        self.action = action
        for parameter in action.parameters:
            self.fields[parameter.name] = _field(parameter)

    @property
    def stored(self) -> dict[str, Any]:
        """The step as JSON."""
        kinds = {one.name: one.kind for one in self.action.parameters}
        values = {
            name: int(value) if kinds[name] == Kind.NUMBER else value
            for name, value in self.cleaned_data.items()
        }
        return {"do": self.action.name, **values}


def _field(parameter: Parameter) -> forms.Field:
    label = str(parameter.label)
    if parameter.choices is not None:
        return forms.ChoiceField(label=label, choices=[("", _("Please choose")), *parameter.choices()])
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


class StepRows:
    """Steps in a form. Rows come and go by buttons, each of which draws the page again.

    `wrong` says why stored steps cannot be read; then there is no row.
    """

    left_out: frozenset[str] = frozenset()
    """Steps that are not offered."""

    def __init__(self, rows: Sequence[StepFields], *, wrong: str = "") -> None:
        self.rows = list(rows)
        self.wrong = wrong

    @classmethod
    def of(cls, stored: Any) -> Self:
        """The rows of stored steps."""
        try:
            steps = parse_steps(stored, stored=True)
        except ValueError as error:
            return cls([], wrong=str(error))
        return cls([StepFields(one.action, place=at, initial=one.values) for at, one in enumerate(steps)])

    @classmethod
    def typed(cls, data: QueryDict, *, checked: bool) -> Self:
        """The rows as they were sent; not `checked`, as a button leaves them, complaining about nothing."""
        rows = cls._sent(data, checked=checked)
        if not checked and DROP in data:
            return rows.without(data.get(DROP, ""))
        if not checked and ADD in data:
            return rows.with_new(data.get("new_step", ""))
        return rows

    @classmethod
    def _sent(cls, data: QueryDict, *, checked: bool) -> Self:
        rows = []
        for place in range(MOST_STEPS):
            action = ACTIONS.get(data.get(f"step-{place}-do", ""))
            if action is None:
                break
            given = data if checked else None
            told = {one.name: data.get(f"step-{place}-{one.name}", "") for one in action.parameters}
            rows.append(StepFields(action, given, place=place, initial=told))
        return cls(rows)

    def with_new(self, name: str) -> Self:
        """With one more step at the end, to be filled in; as before when there is no room or no such step."""
        if name not in dict(self.offered) or len(self.rows) >= MOST_STEPS:
            return self
        return type(self)([*self.rows, StepFields(ACTIONS[name], place=len(self.rows))])

    def without(self, place: str) -> Self:
        """Without the step at a place."""
        kept = [row for at, row in enumerate(self.rows) if str(at) != place]
        return type(self)(
            [StepFields(row.action, place=at, initial=row.initial) for at, row in enumerate(kept)]
        )

    def is_valid(self) -> bool:
        return all(row.is_valid() for row in self.rows)

    @property
    def stored(self) -> list[dict[str, Any]]:
        """The steps as JSON, once they are valid."""
        return [row.stored for row in self.rows]

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        """What can be added."""
        return [(name, str(action.label)) for name, action in ACTIONS.items() if name not in self.left_out]
