"""Texts to customers as administrators word them: both languages beside each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from accounts.models import Language
from core.texts import checking
from core.texts.declaring import LANGUAGES, Text, Wording
from core.texts.versions import Standing


@dataclass(frozen=True)
class PartRow:
    """A part with its words and whether a preview shows it."""

    written: str
    label: str
    words: BoundField


@dataclass(frozen=True)
class Side:
    """The fields of one language; `name` is "en" or "zh", `tag` the language as HTML names it."""

    name: str
    tag: str
    label: str
    body: BoundField
    subject: BoundField | None
    parts: Sequence[PartRow]

    @property
    def is_wrong(self) -> bool:
        fields = [self.body, *(part.words for part in self.parts)]
        return any(field.errors for field in ([*fields, self.subject] if self.subject else fields))


class TextForm(forms.Form):
    """The words of a text, and which parts its preview shows. `version` is the one its writer has seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        for name, tag in LANGUAGES.items():
            self._add_side(name, tag)
        for part in text.parts:
            self.fields[f"show_{part.name}"] = forms.BooleanField(
                label=str(part.label), required=False, initial=part.shown
            )

    def _add_side(self, name: str, tag: str) -> None:
        if self.text.is_mail:
            line = forms.TextInput(attrs={"lang": tag, "data-insert-field": True, "autocomplete": "off"})
            self.fields[f"subject_{name}"] = forms.CharField(label=_("Subject"), widget=line)
        rows = 16 if self.text.is_mail else 4
        words = forms.Textarea(attrs={"rows": rows, "lang": tag})
        self.fields[f"body_{name}"] = forms.CharField(label=_("Text"), widget=words)
        for part in self.text.parts:
            words = forms.Textarea(attrs={"rows": 3, "lang": tag})
            self.fields[f"part_{part.name}_{name}"] = forms.CharField(
                label=str(part.label), widget=words, required=False
            )

    @staticmethod
    def initial_of(standing: Standing) -> dict[str, Any]:
        """What the form shows of a text as it stands."""
        return {
            field_name(name, field): said
            for name, wording in standing.wordings.items()
            for field, said in wording.fields.items()
        }

    def sides(self) -> Iterator[Side]:
        for name, tag in LANGUAGES.items():
            yield Side(
                name=name,
                tag=tag,
                label=str(Language(tag).label),
                body=self[f"body_{name}"],
                subject=self[f"subject_{name}"] if self.text.is_mail else None,
                parts=[
                    PartRow(part.written, str(part.label), self[f"part_{part.name}_{name}"])
                    for part in self.text.parts
                ],
            )

    def as_typed(self) -> Mapping[str, Wording]:
        """The words as they stand in the fields, right or wrong."""
        return {name: self._wording(name) for name in LANGUAGES}

    def _wording(self, name: str) -> Wording:
        parts = {part.name: self._typed(f"part_{part.name}_{name}") for part in self.text.parts}
        subject = self._typed(f"subject_{name}") if self.text.is_mail else ""
        return Wording(subject, self._typed(f"body_{name}"), parts)

    def _typed(self, field: str) -> str:
        return str(self[field].value() or "").replace("\r\n", "\n")

    @property
    def shown(self) -> Mapping[str, bool]:
        """Which parts the preview shows."""
        return {part.name: bool(self[f"show_{part.name}"].value()) for part in self.text.parts}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, wording in self.as_typed().items():
            for field, sentence in checking.problems(self.text, wording).items():
                key = field_name(name, field)
                if key not in self.errors:
                    self.add_error(key, sentence)
        return cleaned


def field_name(language: str, field: str) -> str:
    """The form's name for a field of a wording: "subject_en", "part_promise_zh"."""
    return f"{field.replace('.', '_')}_{language}"
