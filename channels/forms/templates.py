"""What administrators say about a template of a messenger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.models import MessageTemplate
from core import news


def _kinds() -> list[tuple[str, Any]]:
    return [("", _("Not used")), *((kind.code, kind.label) for kind in news.known().values())]


def _values() -> list[tuple[str, Any]]:
    return [("", "–"), *news.labels().items()]


class OneOrNone(forms.ChoiceField):
    """One of the choices, of which the empty one is one."""

    def validate(self, value: str) -> None:
        """The empty choice is fine."""
        if value:
            super().validate(value)


class TemplateForm(forms.Form):
    """The news a template stands for, and a value for each of its gaps."""

    use_required_attribute = False

    news = OneOrNone(
        label=_("Stands for"),
        choices=_kinds,
        help_text=_("Sent for this news when WhatsApp takes no words of our own any more."),
    )

    def __init__(self, *args: Any, template: MessageTemplate, **kwargs: Any) -> None:
        known = {f"gap_{place}": value for place, value in enumerate(template.values)}
        kwargs["initial"] = {"news": template.news, **known}
        super().__init__(*args, **kwargs)
        self.names = [f"gap_{place}" for place in range(len(template.parameters))]
        for name, gap in zip(self.names, template.parameters, strict=True):
            self.fields[name] = OneOrNone(label=f"{{{{{gap}}}}}", choices=_values)

    @property
    def gaps(self) -> list[forms.BoundField]:
        """The fields of the gaps, in their order."""
        return [self[name] for name in self.names]

    @property
    def values(self) -> list[str]:
        """What was chosen, in the order of the gaps."""
        return [self.cleaned_data[name] for name in self.names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.names if cleaned.get("news") else ():
            if not cleaned.get(name):
                self.add_error(name, _("Choose what stands here."))
        return cleaned
