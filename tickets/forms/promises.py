"""Calendars and policies as administrators write them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import zones
from tickets import calendars
from tickets.models import ServiceCalendar, SlaPolicy


class WorkingTimeField(forms.CharField):
    """A length of working time as "27:00": hours and minutes, the hours not limited to a day."""

    default_error_messages = {"invalid": _("Write hours and minutes, such as 1:00 or 27:30.")}
    pattern = re.compile(r"(\d{1,4}):([0-5]\d)")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, timedelta):
            return value
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return f"{hours}:{minutes:02}"

    def clean(self, value: Any) -> timedelta:
        found = self.pattern.fullmatch(super().clean(value))
        length = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else timedelta()
        if not length:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return length


class SlaPolicyForm(forms.ModelForm[SlaPolicy]):
    """A policy, its budgets in hours and minutes of the calendar's working time."""

    first_response = WorkingTimeField(
        label=_("First response within"), help_text=_("Working hours and minutes, such as 1:00.")
    )
    resolution = WorkingTimeField(
        label=_("Resolution within"), help_text=_("Working hours and minutes, such as 27:00.")
    )

    class Meta:
        model = SlaPolicy
        fields = (
            "name_en",
            "name_zh",
            "order",
            "is_active",
            "ticket_type",
            "channel",
            "min_priority",
            "calendar",
            "first_response",
            "resolution",
        )


class ServiceCalendarForm(forms.ModelForm[ServiceCalendar]):
    """A calendar that can be counted with: what is wrong is said beside the field it is in."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [(name, name) for name in zones.names()])

    class Meta:
        model = ServiceCalendar
        fields = ("code", "name_en", "name_zh", "zone", "weekly", "holidays", "extra_days")

    def clean_weekly(self) -> Any:
        return self._checked("weekly", calendars.weekly_hours)

    def clean_holidays(self) -> Any:
        return self._checked("holidays", calendars.holiday_dates)

    def clean_extra_days(self) -> Any:
        return self._checked("extra_days", calendars.hours_by_date)

    def _checked(self, name: str, read: Callable[[Any], Any]) -> Any:
        value = self.cleaned_data[name]
        try:
            read(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                calendars.build(
                    **{name: cleaned[name] for name in ("zone", "weekly", "holidays", "extra_days")}
                )
            except ValueError as error:
                self.add_error("weekly", _("These hours cannot be counted with: %s") % error)
        return cleaned
