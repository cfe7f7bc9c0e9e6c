"""Deadlines of others as administrators write them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets import ladder
from tickets.forms.conditions import FormWithConditions
from tickets.forms.promises import SPARE_STEPS, StepForm, WorkingTimeField
from tickets.models import ExternalPromise, ServiceCalendar
from tickets.states import ClockKind, ExternalStart, MetBy

BUTTONS = frozenset({"whatif"})
"""What shows the past under what was typed, and saves nothing."""


class ExternalStepForm(StepForm):
    """One step of the ladder of an external deadline; a row in which nothing happens is no step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["clock"]

    @property
    def kind(self) -> str:
        row = self.cleaned_data
        happens = row.get("offset") or row.get("notify") or row.get("reassign") or row.get("raise_priority")
        return ClockKind.EXTERNAL if happens else ""


ExternalLadderFormSet = forms.formset_factory(ExternalStepForm, extra=SPARE_STEPS, max_num=ladder.MOST_STEPS)


class ExternalDeadlineForm(FormWithConditions):
    """A deadline that somebody else sets, and what follows when it is missed; its ladder stands in rows."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    consequence_en = forms.CharField(label=_("When missed (English)"), max_length=200)
    consequence_zh = forms.CharField(label=_("When missed (Chinese)"), max_length=200)
    starts_on = forms.ChoiceField(label=_("Starts when"), choices=ExternalStart)
    met_by = forms.ChoiceField(label=_("Met when"), choices=MetBy)
    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=ServiceCalendar.objects.offered(), empty_label=_("Please choose")
    )
    budget = WorkingTimeField(
        label=_("Within"), help_text=_("Hours and minutes of the calendar's working time, such as 48:00.")
    )

    @staticmethod
    def initial_of(promise: ExternalPromise) -> dict[str, Any]:
        """What the form shows of a deadline."""
        names = ("name_en", "name_zh", "consequence_en", "consequence_zh", "starts_on", "met_by", "budget")
        return {"calendar": promise.calendar_id, **{name: getattr(promise, name) for name in names}}

    def content(self, steps: Sequence[StepForm]) -> dict[str, Any]:
        """The deadline as its verbs take it."""
        stored = [step.stored for step in steps if step.stored is not None]
        return {**self.cleaned_data, "conditions": self.conditions.stored, "ladder": stored}

    @property
    def length(self) -> timedelta:
        """How much working time there is."""
        found: timedelta = self.cleaned_data["budget"]
        return found
