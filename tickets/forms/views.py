"""The form of a saved view."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from accounts.rights import Right
from tickets.states import ViewVisibility


class SavedViewForm(forms.Form):
    """What a view is called, and who sees it; sharing is offered as far as a member may."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=60, required=False)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=60, required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=ViewVisibility)
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=pgettext_lazy("team", "None"),
    )
    position = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=999,
        initial=100,
        help_text=_("Smaller numbers stand further up."),
    )

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "view_%s", **kwargs})
        leads = member.may(Right.ASSIGN_TICKETS)
        self.fields["team"].queryset = Team.objects.all() if leads else member.teams.all()  # type: ignore[attr-defined]
        if not leads:
            mine = [choice for choice in ViewVisibility.choices if choice[0] != ViewVisibility.ALL]
            self.fields["visibility"].choices = mine  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("name_en") and not cleaned.get("name_zh"):
            self.add_error("name_en", _("Give it a name, in one language at least."))
        if cleaned.get("visibility") == ViewVisibility.TEAM and not cleaned.get("team"):
            self.add_error("team", _("Say which team is to see the view."))
        return cleaned
