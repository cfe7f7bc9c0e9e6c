"""Automation rules as administrators write them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.automation.steps import parse_steps
from tickets.forms.conditions import FormWithConditions
from tickets.forms.steps import StepRows
from tickets.models import AutomationRule
from tickets.states import Trigger


class RuleForm(FormWithConditions):
    """Names and trigger of a rule; its conditions and its steps stand in rows."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    trigger = forms.ChoiceField(label=pgettext_lazy("rule", "When"), choices=Trigger)

    def __init__(self, *args: Any, steps: StepRows, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = steps

    @staticmethod
    def initial_of(rule: AutomationRule) -> dict[str, Any]:
        """What the form shows of a rule."""
        return {"name_en": rule.name_en, "name_zh": rule.name_zh, "trigger": rule.trigger}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.steps.is_valid():
            self.add_error(None, _("Look at the steps again."))
        elif not self.steps.rows:
            self.add_error(None, _("A rule takes at least one step."))
        else:
            try:
                parse_steps(self.steps.stored)
            except ValueError as error:
                self.add_error(None, str(error))
        return cleaned

    @property
    def content(self) -> dict[str, Any]:
        """The rule as `automation.changing` takes it."""
        return {**self.cleaned_data, "conditions": self.conditions.stored, "steps": self.steps.stored}
