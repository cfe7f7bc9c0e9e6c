"""Input of the dashboards: filters in the address, and targets."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from core import countries
from dashboards.kpis import KPIS
from dashboards.periods import Period
from orders.models import Shop
from tickets.states import Channel

PRESETS = (7, 30, 90)
USUAL = "30"
CUSTOM = "custom"
LONGEST = 731
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """The filters of every page, from its address. What cannot be read counts as not chosen."""

    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[*((str(days), days) for days in PRESETS), (CUSTOM, CUSTOM)],
        widget=forms.HiddenInput,
    )
    since = forms.DateField(label=pgettext_lazy("period", "From"), required=False, widget=DATE)
    until = forms.DateField(label=pgettext_lazy("period", "To"), required=False, widget=DATE)
    team = forms.ChoiceField(label=_("Team"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    shop = forms.ChoiceField(label=_("Shop"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, data: Any, *, today: date, teams: Sequence[Team], shops: Sequence[Shop]) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.today = today
        self._offer("team", _("All teams"), [(team.code, str(team)) for team in teams])
        self._offer("channel", _("All channels"), list(Channel.choices))
        self._offer("shop", _("All shops"), [(shop.code, shop.name) for shop in shops])
        codes = sorted({shop.country for shop in shops if shop.country})
        self._offer("country", _("All countries"), [(code, countries.name(code)) for code in codes])

    def _offer(self, name: str, everything: Any, values: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *values]
        field.widget.attrs["class"] = "control"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        elif until and until > self.today:
            self.add_error("until", _("The period ends in the future."))
        elif since and until and (until - since).days >= LONGEST:
            self.add_error("since", _("A period may have up to two years."))
        return given

    @property
    def chosen(self) -> Period:
        """The period that is asked for; the usual one where that cannot be read."""
        given = self.cleaned_data
        if given.get("period") == CUSTOM and given.get("since") and given.get("until"):
            return Period(given["since"], given["until"])
        preset = given.get("period") or USUAL
        return Period.ending(self.today, int(preset if preset != CUSTOM else USUAL))

    def offers(self, name: str) -> bool:
        """Whether a filter has anything to choose between."""
        return len(self[name].subwidgets) > 2


class SetTargetForm(forms.Form):
    """What a figure should reach, and from when."""

    kpi = forms.ChoiceField(label=_("Figure"), choices=[(kpi.slug, kpi.name) for kpi in KPIS])
    value = forms.DecimalField(
        label=_("Target"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("In percent."),
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DATE, help_text=_("Today or later."))
