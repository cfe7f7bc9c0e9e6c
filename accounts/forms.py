"""Input of the staff pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from core import zones


def zone_choices() -> list[tuple[str, str]]:
    """Every time zone by its name, as cities are written."""
    return [(name, name.replace("_", " ")) for name in zones.names()]


class ProfileForm(forms.Form):
    """How a member of staff is called and spoken to."""

    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), choices=Language)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Used where the device does not tell its own, and in mails."),
    )


class TokenForm(forms.Form):
    """What a new API token is for, and in whose name it acts."""

    user = forms.ModelChoiceField(
        label=_("Acts in the name of"),
        queryset=User.objects.filter(is_active=True),
        help_text=_("The token may do exactly what this member may do."),
    )
    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("For example the name of the other system.")
    )
