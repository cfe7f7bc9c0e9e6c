"""Macros as leads write them: a text in two languages, and steps put together one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from tickets.automation.steps import ACTIONS, LONGEST_TEXT, MOST_STEPS, Action, Kind, Parameter
from tickets.forms.desk import BODY_LENGTH
from tickets.macros.changing import NOT_BY_HAND, check_text, require_whole
from tickets.models import Macro


class MacroForm(forms.Form):
    """What a macro is called, who may use it, and what it says; its steps stand in `StepRows`."""

    code = forms.SlugField(label=_("Code"), max_length=50, help_text=_("Short and without spaces."))
    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    team = forms.ModelChoiceField(
        label=_("Who may use it"), queryset=Team.objects.all(), required=False, empty_label=_("Everybody")
    )
    is_active = forms.BooleanField(label=_("Offered at the desk"), required=False, initial=True)
    body_en = forms.CharField(
        label=_("Text (English)"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "en"}),
    )
    body_zh = forms.CharField(
        label=_("Text (Chinese)"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "zh-hans"}),
    )

    def __init__(self, *args: Any, macro: Macro | None = None, steps: "StepRows", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.macro = macro
        self.steps = steps

    @staticmethod
    def initial_of(macro: Macro) -> dict[str, Any]:
        """What the form shows of a macro."""
        names = ("code", "name_en", "name_zh", "team", "is_active", "body_en", "body_zh")
        return {name: getattr(macro, name) for name in names}

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        same = Macro.objects.filter(code=code)
        if (same.exclude(pk=self.macro.pk) if self.macro else same).exists():
            raise forms.ValidationError(_("There is a macro with this code."))
        return code

    def clean_body_en(self) -> str:
        return _checked(self.cleaned_data["body_en"])

    def clean_body_zh(self) -> str:
        return _checked(self.cleaned_data["body_zh"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.steps.is_valid():
            self.add_error(None, _("Look at the steps again."))
        if {"body_en", "body_zh"} <= cleaned.keys():
            try:
                require_whole(cleaned["body_en"], cleaned["body_zh"], self.steps.rows)
            except ValueError as error:
                self.add_error(None, str(error))
        return cleaned


def _checked(text: str) -> str:
    try:
        return check_text(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class PreviewForm(forms.Form):
    """The ticket on which a macro is tried out."""

    ticket = forms.CharField(label=_("Ticket number"), required=False, max_length=20)


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
        return forms.ChoiceField(label=label, choices=[("", "—"), *parameter.choices()])
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 2}))


class StepRows:
    """The steps of a macro in a form. Rows come and go by buttons, each of which draws the page again."""

    def __init__(self, rows: Sequence[StepFields]) -> None:
        self.rows = list(rows)

    @classmethod
    def of(cls, stored: Sequence[Mapping[str, Any]]) -> "StepRows":
        """The rows of stored steps."""
        return cls([StepFields(ACTIONS[one["do"]], place=at, initial=one) for at, one in enumerate(stored)])

    @classmethod
    def typed(cls, data: Mapping[str, Any], *, checked: bool) -> "StepRows":
        """The rows as they were sent; not `checked`, they show what was typed and complain about nothing."""
        rows = []
        for place in range(MOST_STEPS):
            action = ACTIONS.get(data.get(f"step-{place}-do", ""))
            if action is None:
                break
            given = data if checked else None
            told = {one.name: data.get(f"step-{place}-{one.name}", "") for one in action.parameters}
            rows.append(StepFields(action, given, place=place, initial=told))
        return cls(rows)

    def add(self, name: str) -> "StepRows":
        """With one more step at the end, to be filled in; as before when there is no room or no such step."""
        if name not in ACTIONS or name == NOT_BY_HAND or len(self.rows) >= MOST_STEPS:
            return self
        return StepRows([*self.rows, StepFields(ACTIONS[name], place=len(self.rows))])

    def drop(self, place: str) -> "StepRows":
        """Without the step at a place."""
        kept = [row for at, row in enumerate(self.rows) if str(at) != place]
        return StepRows(
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
        return [(name, str(action.label)) for name, action in ACTIONS.items() if name != NOT_BY_HAND]


MACRO_STATES = (
    ("", pgettext_lazy("macros", "All")),
    ("on", pgettext_lazy("macros", "Offered")),
    ("off", pgettext_lazy("macros", "Switched off")),
)
