"""Input of surveys and visits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.rules import SCORES
from feedback.states import Outcome, VisitMethod

SCORE_WORDS = {
    1: _("Very dissatisfied"),
    2: _("Dissatisfied"),
    3: pgettext_lazy("satisfaction", "Neither"),
    4: _("Satisfied"),
    5: _("Very satisfied"),
}


class AnswerSurveyForm(forms.Form):
    """A score, and what the customer wants to add."""

    score = forms.TypedChoiceField(
        label=_("Your score"),
        choices=[(score, SCORE_WORDS[score]) for score in SCORES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a score from 1 to 5.")},
    )
    comment = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class LogAttemptForm(forms.Form):
    """What came of an attempt to reach the customer."""

    method = forms.ChoiceField(label=_("How"), choices=VisitMethod.choices)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    next_at = forms.DateTimeField(
        label=_("Try again at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Only when not reached; left empty, the next attempt is planned for you."),
    )

    def clean(self) -> dict[str, Any]:
        """An unsettled matter goes back to the agents, who need to know what is missing."""
        given = super().clean() or {}
        if given.get("outcome") == Outcome.UNSATISFIED and not given.get("note", "").strip():
            self.add_error("note", _("Say what is not settled; the agents read it with the ticket."))
        return given


class CancelVisitForm(forms.Form):
    note = forms.CharField(label=_("Why is it not needed?"), max_length=500)
