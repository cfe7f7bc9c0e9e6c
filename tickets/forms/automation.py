"""Automation rules as administrators write them."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import conditions
from tickets.automation import steps
from tickets.forms.promises import ReadField
from tickets.models import AutomationRule
from tickets.states import Trigger


class RuleForm(forms.Form):
    """Names, trigger, conditions and steps of a rule."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    trigger = forms.ChoiceField(label=pgettext_lazy("rule", "When"), choices=Trigger)
    conditions = ReadField(
        label=_("Applies to"),
        read=lambda text: conditions.tree_of(conditions.read(text)),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("A tree of conditions; empty for every ticket."),
    )
    steps = ReadField(
        label=_("What it does"),
        read=lambda text: steps.steps_of(steps.read(text)),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("A list of steps, taken in their order, all of them or none."),
    )

    @staticmethod
    def initial_of(rule: AutomationRule) -> dict[str, Any]:
        """What the form shows of a rule."""
        return {
            "name_en": rule.name_en,
            "name_zh": rule.name_zh,
            "trigger": rule.trigger,
            "conditions": _written(rule.conditions),
            "steps": steps.written(rule.steps),
        }


def _written(tree: Any) -> str:
    """A stored condition as somebody edits it, also one that can no longer be read."""
    try:
        return conditions.written(tree)
    except ValueError:
        return json.dumps(tree, ensure_ascii=False)
