"""Input of the staff pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import rules
from accounts.models import Language, User
from accounts.states import NoticeKind, NoticeWay
from core import dates, zones

MOMENT = "%Y-%m-%dT%H:%M"


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


class HoursField(forms.CharField):
    """The hours of a day: "09:00-12:00, 13:00-18:00"; empty is a day off."""

    def prepare_value(self, value: Any) -> Any:
        return rules.hours_text(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[list[str]]:
        try:
            return rules.read_hours(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class ShiftsForm(forms.Form):
    """When a member works, a line for each weekday."""

    def __init__(self, *args: Any, shifts: Mapping[str, Sequence[Sequence[str]]], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "shift_%s", **kwargs})
        names = Locale.parse(dates.locale()).days["stand-alone"]["wide"]
        for day in rules.WEEKDAYS:
            self.fields[f"day_{day}"] = HoursField(
                label=names[day],
                required=False,
                max_length=200,
                initial=[list(span) for span in shifts.get(str(day), ())],
                widget=forms.TextInput(attrs={"placeholder": _("Day off"), "inputmode": "text"}),
            )

    @property
    def shifts(self) -> dict[str, list[list[str]]]:
        """The week as it is stored."""
        return {str(day): self.cleaned_data[f"day_{day}"] for day in rules.WEEKDAYS}


class AwayForm(forms.Form):
    """From when until when somebody is out of office, and who covers."""

    starts_at = forms.DateTimeField(
        label=pgettext_lazy("absence", "From"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    ends_at = forms.DateTimeField(
        label=pgettext_lazy("absence", "Until"),
        required=False,
        help_text=_("Empty: until somebody says that they are back."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )
    cover = forms.ModelChoiceField(
        label=_("Covered by"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("cover", "Nobody in particular"),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"away{member.pk}_%s", **kwargs})
        colleagues = User.objects.filter(is_active=True).exclude(pk=member.pk)
        self.fields["cover"].queryset = colleagues  # type: ignore[attr-defined]


class NoticesForm(forms.Form):
    """How a member wants to be told, a line for each kind of thing."""

    def __init__(self, *args: Any, member: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "notice_%s", **kwargs})
        for kind in NoticeKind:
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label, choices=NoticeWay, initial=member.told(kind)
            )


class BrowserForm(forms.Form):
    """What a browser tells about itself so that it can be notified."""

    endpoint = forms.CharField(max_length=rules.LONGEST_ENDPOINT)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=32)


class RenewBrowserForm(BrowserForm):
    """The same of a browser that is known by an earlier address."""

    old = forms.CharField(max_length=rules.LONGEST_ENDPOINT)


class TokenForm(forms.Form):
    """What a new API token is for, and in whose name it acts."""

    user = forms.ModelChoiceField(
        label=_("Acts in the name of"),
        queryset=User.objects.filter(is_active=True),
        empty_label=_("Please choose"),
        help_text=_("The token may do exactly what this member may do."),
    )
    name = forms.CharField(
        label=_("What it is for"), max_length=100, help_text=_("For example the name of the other system.")
    )
