"""Macros as leads write them: a text in two languages, and steps put together one by one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Team
from tickets.forms.desk import BODY_LENGTH
from tickets.forms.steps import StepRows
from tickets.macros.changing import NOT_BY_HAND, check_text, require_whole
from tickets.models import Macro


class MacroForm(forms.Form):
    """What a macro is called, who may use it, and what it says; its steps stand in rows."""

    code = forms.SlugField(label=_("Code"), max_length=50, help_text=_("Short and without spaces."))
    name_en = forms.CharField(label=_("Name (English)"), max_length=100)
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=100)
    team = forms.ModelChoiceField(
        label=_("Who may use it"), queryset=Team.objects.all(), required=False, empty_label=_("Everybody")
    )
    is_active = forms.BooleanField(label=_("Offered at the desk"), required=False, initial=True)
    body_en = forms.CharField(
        label=_("Text (English)"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "en"}),
    )
    body_zh = forms.CharField(
        label=_("Text (Chinese)"),
        required=False,
        max_length=BODY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "zh-hans"}),
    )

    def __init__(self, *args: Any, macro: Macro | None = None, steps: "MacroStepRows", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.macro = macro
        self.steps = steps

    @staticmethod
    def initial_of(macro: Macro) -> dict[str, Any]:
        """What the form shows of a macro."""
        names = ("code", "name_en", "name_zh", "team", "is_active", "body_en", "body_zh")
        return {name: getattr(macro, name) for name in names}

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        same = Macro.objects.filter(code=code)
        if (same.exclude(pk=self.macro.pk) if self.macro else same).exists():
            raise forms.ValidationError(_("There is a macro with this code."))
        return code

    def clean_body_en(self) -> str:
        return _checked(self.cleaned_data["body_en"])

    def clean_body_zh(self) -> str:
        return _checked(self.cleaned_data["body_zh"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.steps.is_valid():
            self.add_error(None, _("Look at the steps again."))
        if {"body_en", "body_zh"} <= cleaned.keys():
            try:
                require_whole(cleaned["body_en"], cleaned["body_zh"], self.steps.rows)
            except ValueError as error:
                self.add_error(None, str(error))
        return cleaned


def _checked(text: str) -> str:
    try:
        return check_text(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class MacroStepRows(StepRows):
    """The steps of a macro."""

    left_out = frozenset({NOT_BY_HAND})


class PreviewForm(forms.Form):
    """The ticket on which a macro is tried out."""

    ticket = forms.CharField(label=_("Ticket number"), required=False, max_length=20)


MACRO_STATES = (
    ("", pgettext_lazy("macros", "All")),
    ("on", pgettext_lazy("macros", "Offered")),
    ("off", pgettext_lazy("macros", "Switched off")),
)
