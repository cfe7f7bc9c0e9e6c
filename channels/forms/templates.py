"""What administrators say about a template of a messenger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels import template_previews
from channels.actions.templates import FIXED
from channels.models import MessageTemplate
from channels.template_previews import Line
from core import news

FIXED_LENGTH = 200


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("Choose")), *((kind.code, kind.label) for kind in news.known().values())]


def _values() -> list[tuple[str, Any]]:
    return [("", _("Choose")), *news.labels().items()]


class OneOrNone(forms.ChoiceField):
    """One of the choices, of which the empty one is one."""

    def validate(self, value: str) -> None:
        """The empty choice is fine."""
        if value:
            super().validate(value)


class TemplateForm(forms.Form):
    """News that a template stands for, and for each of its gaps a value of it or a fixed text."""

    use_required_attribute = False

    news = forms.ChoiceField(label=_("Stands for"), choices=_kinds)

    def __init__(self, *args: Any, template: MessageTemplate, chosen: str = "", **kwargs: Any) -> None:
        self.template = template
        use = template.uses.filter(news=chosen).first() if chosen else None
        initial = {"news": chosen}
        for place, value in enumerate(use.values if use else ()):
            name = "text" if value.startswith(FIXED) else "gap"
            initial[f"{name}_{place}"] = value.removeprefix(FIXED)
        super().__init__(*args, **{**kwargs, "initial": initial})
        self.lines = template_previews.gaps(template)
        for place, line in enumerate(self.lines):
            self._add(place, line)

    def _add(self, place: int, line: Line) -> None:
        label = f"{line.caption} {{{{{line.gap}}}}}".strip()
        if not line.is_fixed:
            self.fields[f"gap_{place}"] = OneOrNone(label=label, choices=_values, help_text=line.takes)
        self.fields[f"text_{place}"] = forms.CharField(
            label=label if line.is_fixed else _("or always this text"),
            max_length=FIXED_LENGTH,
            required=line.is_fixed,
            help_text=line.takes if line.is_fixed else "",
        )

    @property
    def gaps(self) -> list[list[forms.BoundField]]:
        """The fields of each gap, in their order."""
        names = [(f"gap_{place}", f"text_{place}") for place in range(len(self.lines))]
        return [[self[name] for name in pair if name in self.fields] for pair in names]

    @property
    def values(self) -> list[str]:
        """What stands in each gap as far as it was said: the name of a value, or = and a text."""
        return [self._value(place) for place in range(len(self.lines))]

    def _value(self, place: int) -> str:
        name, text = self._said(f"gap_{place}"), self._said(f"text_{place}")
        return name or (FIXED + text if text else "")

    def _said(self, name: str) -> str:
        return str(self[name].value() or "").strip() if name in self.fields else ""

    @property
    def preview(self) -> list[Line]:
        """What it becomes with examples, also while something is wrong."""
        known = news.labels()
        values = [value if value.startswith(FIXED) or value in known else "" for value in self.values]
        return template_previews.lines(self.template, values)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for place, line in enumerate(self.lines):
            chosen, typed = cleaned.get(f"gap_{place}"), cleaned.get(f"text_{place}")
            if chosen and typed:
                self.add_error(f"text_{place}", _("Either a value or a text."))
            elif not chosen and not typed and not line.is_fixed:
                self.add_error(f"gap_{place}", _("Choose what stands here."))
        if not self.errors:
            self._check_fit()
        return cleaned

    def _check_fit(self) -> None:
        for place, line in enumerate(self.preview):
            if line.problem:
                shown = "gap" if self._said(f"gap_{place}") else "text"
                self.add_error(f"{shown}_{place}", line.problem)
