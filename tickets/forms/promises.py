"""Calendars and policies as administrators write them."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import product
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from core import countries, zones
from tickets import calendars, ladder, targets
from tickets.forms.conditions import FormWithConditions
from tickets.holidays import COUNTRIES
from tickets.ladder import Step
from tickets.models import CalendarVersion, PolicyVersion, ServiceCalendar
from tickets.states import PROMISED, ClockKind, Priority, Recipient

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)
SPARE_STEPS = 2
"""So many empty rows of the ladder are offered beyond those that are filled."""


class WorkingTimeField(forms.CharField):
    """A length of working time as "27:00": hours and minutes, the hours not limited to a day."""

    default_error_messages = {"invalid": _("Write hours and minutes, such as 1:00 or 27:30.")}
    pattern = re.compile(r"(\d{1,4}):([0-5]\d)")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, timedelta):
            return value
        hours, minutes = divmod(int(value.total_seconds()) // 60, 60)
        return f"{hours}:{minutes:02}"

    def clean(self, value: Any) -> timedelta | None:
        written = super().clean(value)
        if not written and not self.required:
            return None
        found = self.pattern.fullmatch(written)
        length = timedelta(hours=int(found[1]), minutes=int(found[2])) if found else timedelta()
        if not length:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return length


class ReadField(forms.CharField):
    """A text that is read as something else; what it cannot be read as is said in a sentence."""

    def __init__(self, *, read: Callable[[str], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.read = read

    def clean(self, value: Any) -> Any:
        try:
            return self.read(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class CalendarForm(forms.Form):
    """A calendar and the draft of its next version: a week, holidays, days with hours of their own."""

    code = forms.SlugField(label=_("Code"), max_length=50, help_text=_("Short and without spaces."))
    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    zone = forms.ChoiceField(label=_("Time zone"), choices=lambda: [(name, name) for name in zones.names()])
    holidays = ReadField(
        label=_("Holidays"),
        read=calendars.read_holidays,
        required=False,
        max_length=50_000,
        widget=_text(8),
        help_text=_("One a line: the date, its name in English, a bar, its name in Chinese."),
    )
    extra_days = ReadField(
        label=_("Days with hours of their own"),
        read=calendars.read_extra_days,
        required=False,
        max_length=50_000,
        widget=_text(8),
        help_text=_(
            "Make-up working days, short days, closures: 2026-10-10 09:00–18:00 or 2026-12-24 closed"
        ),
    )
    note = forms.CharField(label=_("What is new"), required=False, max_length=200)

    def __init__(self, *args: Any, calendar: ServiceCalendar | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        for weekday, label in WEEKDAYS:
            self.fields[f"day_{weekday}"] = ReadField(
                label=label, read=calendars.read_hours, required=False, max_length=200
            )
        if calendar is not None:
            del self.fields["code"]

    @staticmethod
    def initial_of(calendar: ServiceCalendar, version: CalendarVersion) -> dict[str, Any]:
        """What the form shows of a calendar and one of its versions."""
        week = {
            f"day_{weekday}": calendars.write_hours(version.weekly.get(str(weekday), ()))
            for weekday, _label in WEEKDAYS
        }
        return {
            "name_en": calendar.name_en,
            "name_zh": calendar.name_zh,
            "zone": version.zone,
            "holidays": calendars.write_holidays(version.holidays),
            "extra_days": calendars.write_extra_days(version.extra_days),
            "note": version.note if version.published_at is None else "",
            **week,
        }

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the week, Monday first."""
        return [self[f"day_{weekday}"] for weekday, _label in WEEKDAYS]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if ServiceCalendar.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a calendar with this code."))
        return code

    @property
    def hours(self) -> dict[str, Any]:
        """The content of a version, as it is stored."""
        cleaned = self.cleaned_data
        return {
            "zone": cleaned["zone"],
            "weekly": {str(day): hours for day, _label in WEEKDAYS if (hours := cleaned[f"day_{day}"])},
            "holidays": cleaned["holidays"],
            "extra_days": cleaned["extra_days"],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                calendars.build(**self.hours)
            except ValueError as error:
                self.add_error("day_0", _("These hours cannot be counted with: %s") % error)
        return cleaned


class LoadHolidaysForm(forms.Form):
    """Whose public holidays are written into a draft, and for which year."""

    country = forms.ChoiceField(label=_("Country"))
    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, *args: Any, years: range, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [(code, countries.name(code)) for code in COUNTRIES]  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """One step of a ladder; a row without a clock is no step."""

    clock = forms.ChoiceField(
        label=_("Clock"),
        required=False,
        choices=lambda: [("", _("No step")), *((k, k.label) for k in PROMISED)],
    )
    when = forms.ChoiceField(
        label=pgettext_lazy("step of a ladder", "When"),
        choices=[("before", _("before the deadline")), ("after", _("after the deadline"))],
        initial="before",
    )
    offset = forms.CharField(label=_("Working time"), required=False, max_length=8)
    notify = forms.MultipleChoiceField(
        label=pgettext_lazy("step of a ladder", "Tell"),
        required=False,
        choices=Recipient,
        widget=forms.CheckboxSelectMultiple,
    )
    reassign = forms.ChoiceField(label=_("Hand over to"), required=False)
    raise_priority = forms.BooleanField(label=_("Raise the priority"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(team.code, str(team)) for team in Team.objects.all()]
        self.fields["reassign"].choices = [("", _("Stays with its team")), *teams]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(step: Step) -> dict[str, Any]:
        """What a row shows of a step."""
        length = abs(step.offset)
        return {
            "clock": step.clock,
            "when": "before" if step.is_warning else "after",
            "offset": WorkingTimeField().prepare_value(length),
            "notify": list(step.notify),
            "reassign": step.reassign,
            "raise_priority": step.raise_priority,
        }

    def clean_offset(self) -> timedelta:
        found = WorkingTimeField.pattern.fullmatch(self.cleaned_data["offset"] or "0:00")
        if found is None:
            raise forms.ValidationError(WorkingTimeField.default_error_messages["invalid"])
        return timedelta(hours=int(found[1]), minutes=int(found[2]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and self.stored is not None:
            try:
                ladder.parse([self.stored])
            except ValueError as error:
                self.add_error("notify", str(error))
        return cleaned

    @property
    def kind(self) -> str:
        """The clock of the step; "" for an empty row."""
        return str(self.cleaned_data.get("clock", ""))  # a row that was not touched holds nothing

    @property
    def stored(self) -> dict[str, Any] | None:
        """The step as a ladder stores it; None for an empty row."""
        row = self.cleaned_data
        if not self.kind:
            return None
        sign = -1 if row["when"] == "before" else 1
        step = Step(
            self.kind, sign * row["offset"], tuple(row["notify"]), row["reassign"], row["raise_priority"]
        )
        return step.as_stored


LadderFormSet = forms.formset_factory(StepForm, extra=SPARE_STEPS, max_num=ladder.MOST_STEPS)


class PolicyForm(FormWithConditions):
    """A policy and the draft of its next version."""

    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    order = forms.IntegerField(
        label=pgettext_lazy("place in a list", "order"),
        min_value=0,
        max_value=32_000,
        initial=50,
        help_text=_("The lowest that applies wins."),
    )
    is_active = forms.BooleanField(label=_("active"), required=False, initial=True)
    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=ServiceCalendar.objects.offered(), empty_label=_("Please choose")
    )
    note = forms.CharField(label=_("What is new"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, priority in self._cells():
            self.fields[f"{kind}_{priority.value}"] = WorkingTimeField(
                label=f"{kind.label}, {priority.label}", required=False, max_length=8
            )

    @staticmethod
    def axes() -> tuple[Sequence[ClockKind], Sequence[Priority]]:
        """The rows and columns of the grid of targets: what is promised, the most urgent priority first."""
        return PROMISED, tuple(reversed(Priority))

    @classmethod
    def _cells(cls) -> Iterator[tuple[ClockKind, Priority]]:
        return product(*cls.axes())

    @staticmethod
    def initial_of(version: PolicyVersion) -> dict[str, Any]:
        """What the form shows of a version and its policy."""
        policy = version.policy
        cells = {
            f"{kind}_{priority}": length
            for kind, lengths in targets.parse(version.targets).items()
            for priority, length in lengths.items()
        }
        return {
            "name_en": policy.name_en,
            "name_zh": policy.name_zh,
            "order": policy.order,
            "is_active": policy.is_active,
            "calendar": version.calendar_id,
            "note": version.note if version.published_at is None else "",
            **cells,
        }

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The grid of targets: a row for each kind of clock, the most urgent priority first."""
        return [
            (str(kind.label), [self[f"{kind}_{priority.value}"] for priority in reversed(Priority)])
            for kind in PROMISED
        ]

    @property
    def priorities(self) -> list[str]:
        """The heads of the grid."""
        return [str(priority.label) for priority in reversed(Priority)]

    @property
    def targets(self) -> dict[str, dict[str, int]]:
        """The grid as a policy stores it."""
        stored: dict[str, dict[str, int]] = {}
        for kind, priority in self._cells():
            length = self.cleaned_data[f"{kind}_{priority.value}"]
            if length is not None:
                stored.setdefault(kind, {})[str(priority.value)] = int(length.total_seconds())
        return stored

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.targets:
            self.add_error(None, _("A policy promises at least one thing."))
        return cleaned
