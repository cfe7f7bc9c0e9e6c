"""Input of taking, handing over and sharing out tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from tickets.access import assignees
from tickets.actions.assignment import MOST_AT_ONCE
from tickets.forms.desk import BODY_LENGTH


class ReceiverForm(forms.Form):
    """Who gets something: a colleague, a team, or both."""

    to: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("colleague", "Whoever of the team can take it"),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=pgettext_lazy("team", "As it is"),
    )

    def __init__(self, *args: Any, without: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = assignees()
        self.fields["to"].queryset = people.exclude(pk=without.pk) if without else people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("to") and not cleaned.get("team"):
            self.add_error("to", _("Say who is to get it: a colleague or a team."))
        return cleaned


class HandOverForm(ReceiverForm):
    """A ticket given on, with what the next one needs to know."""

    note = forms.CharField(
        label=_("What they need to know"),
        max_length=BODY_LENGTH,
        help_text=_("An internal note; the customer does not see it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="hand_over_%s", **kwargs)


class RebalanceForm(ReceiverForm):
    """Some of a member's open tickets, moved to others."""

    how_many = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST_AT_ONCE, initial=5)
    oldest = forms.ChoiceField(
        label=_("Which first"),
        choices=[("", _("The most urgent")), ("1", _("The oldest"))],
        required=False,
    )

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, without=member, auto_id=f"move{member.pk}_%s", **kwargs)
        self.order_fields(["how_many", "oldest", "to", "team"])

    @property
    def moves(self) -> dict[str, Any]:
        """What `actions.rebalance` is told."""
        return {**self.cleaned_data, "oldest": bool(self.cleaned_data["oldest"])}
