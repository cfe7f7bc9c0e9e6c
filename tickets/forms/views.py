"""The forms of a saved view: its name, and what it asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team, User
from accounts.rights import Right
from tickets.forms.conditions import FormWithConditions
from tickets.models import SavedView
from tickets.queues import QUEUES
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


class SavedViewEditForm(FormWithConditions, SavedViewForm):
    """The same with the queue, and everything the view asks in rows."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    queue = forms.ChoiceField(label=_("Queue"), choices=lambda: [(one.code, one.label) for one in QUEUES])

    @staticmethod
    def initial_of(view: SavedView) -> dict[str, Any]:
        """What the form shows of a view beside its rows."""
        names = ("name_en", "name_zh", "visibility", "team", "position", "version")
        shown = {name: getattr(view, name) for name in names}
        return {**shown, "queue": view.conditions.get("queue", "all")}

    @property
    def content(self) -> dict[str, Any]:
        """The view as `actions.views` takes it."""
        said = dict(self.cleaned_data)
        filters, asks = parted(self.conditions.stored)
        return {"conditions": {"queue": said.pop("queue"), **filters}, "asks": asks, **said}


# --- filters of the inbox are questions too ----------------------------------------------------------

SAME = ("type", "priority", "channel", "team", "language")
"""Filters that say what the question of the same name says."""


def joined(view: SavedView) -> dict[str, Any]:
    """Everything a view asks as one tree: its filters as questions, then what it asks besides."""
    filters = [_question(name, view.conditions[name]) for name in SAME if name in view.conditions]
    if (pk := view.conditions.get("assignee", "")).isdecimal():
        emails = User.objects.filter(pk=pk).values_list("email", flat=True)
        filters += [_question("assignee", email) for email in emails]
    if not filters:
        return view.asks or {"all": []}
    besides = view.asks or {"all": []}
    parts = besides["all"] if besides.keys() == {"all"} else [besides]
    return {"all": [*filters, *parts]}


def _question(name: str, value: str) -> dict[str, Any]:
    return {
        "field": name,
        "op": "is",
        "value": int(value) if name == "priority" and value.isdecimal() else value,
    }


def parted(tree: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """The filters in a tree, each at most once, and what is left of it: both together ask what it asked."""
    if tree.keys() != {"all"}:
        return {}, tree
    filters: dict[str, str] = {}
    left = []
    for part in tree["all"]:
        name = part.get("field", "")
        if part.get("op") == "is" and name in SAME and name not in filters:
            filters[name] = str(part["value"])
        else:
            left.append(part)
    return filters, {"all": left}
