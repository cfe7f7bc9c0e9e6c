"""Rules that choose a team for new tickets, as administrators write them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Skill, Team
from tickets.forms.conditions import FormWithConditions
from tickets.models import RoutingRule


class RoutingRuleForm(FormWithConditions):
    """Names of a rule, the team it leads to, and the skills asked of whoever gets the ticket."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.all(), empty_label=_("Please choose")
    )
    skills = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("asked of a member", "Skills needed"),
        queryset=Skill.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @staticmethod
    def initial_of(rule: RoutingRule) -> dict[str, Any]:
        """What the form shows of a rule."""
        return {
            "name_en": rule.name_en,
            "name_zh": rule.name_zh,
            "team": rule.team_id,
            "skills": list(rule.skills.all()),
        }

    @property
    def content(self) -> dict[str, Any]:
        """The rule as its verbs take it."""
        return {**self.cleaned_data, "conditions": self.conditions.stored}
