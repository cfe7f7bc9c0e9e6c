"""A call that is written down."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.connection_states import CallDirection, CallOutcome
from core import clock
from tickets.forms import BODY_LENGTH
from tickets.rules import SUBJECT_LENGTH
from tickets.states import TicketType

LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)|(\d{1,3})")
TARGETS = [
    ("new", _("A new ticket")),
    ("known", _("A ticket there is already")),
    ("none", _("No ticket")),
]


class CallForm(forms.Form):
    """Who, when, how long, what came of it; and the ticket it belongs to."""

    number = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
        help_text=_("Empty when it was withheld."),
    )
    direction = forms.ChoiceField(
        label=_("Direction"), choices=CallDirection, initial=CallDirection.INBOUND, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(label=_("Outcome"), choices=CallOutcome, initial=CallOutcome.TALKED)
    minutes_ago = forms.IntegerField(
        label=_("Began so many minutes ago"), min_value=0, max_value=60 * 24 * 7, initial=5
    )
    length = forms.CharField(
        label=_("Length"), max_length=9, required=False, help_text=_("Minutes, or minutes and seconds: 4:30.")
    )
    summary = forms.CharField(
        label=_("What was said"),
        max_length=BODY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For us; the customer does not read it."),
    )
    target = forms.ChoiceField(
        label=_("Belongs to"), choices=TARGETS, initial="new", widget=forms.RadioSelect
    )
    ticket = forms.CharField(label=_("Ticket"), max_length=20, required=False)
    customer = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=SUBJECT_LENGTH, required=False)
    concern = forms.CharField(
        label=_("What the customer asks for"),
        max_length=BODY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer can read it in the portal."),
    )
    order_number = forms.CharField(label=_("Order number"), max_length=64, required=False)
    type = forms.ChoiceField(label=_("Type"), choices=TicketType, initial=TicketType.ENQUIRY)
    call = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)

    def clean_length(self) -> int:
        """Seconds."""
        text = str(self.cleaned_data["length"]).strip().replace("：", ":")
        if not text:
            return 0
        found = LENGTH.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("Write minutes, or minutes and seconds: 4:30."))
        hours, minutes, seconds, alone = found.groups()
        return int(alone) * 60 if alone else int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        target = cleaned.get("target")
        if target == "new" and not cleaned.get("subject"):
            self.add_error("subject", _("A new ticket needs a subject."))
        if target == "known" and not cleaned.get("ticket"):
            self.add_error("ticket", _("Which ticket does it belong to?"))
        if cleaned.get("outcome") == CallOutcome.TALKED and not cleaned.get("summary"):
            self.add_error("summary", _("Write down in a few words what was said."))
        return cleaned

    @property
    def started_at(self) -> Any:
        """When the call began."""
        return clock.now() - timedelta(minutes=self.cleaned_data["minutes_ago"])
