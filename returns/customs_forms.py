"""Input of the customs declaration."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import countries
from returns.actions.customs import DeclaredGood
from returns.customs import Declaration, Good
from returns.forms.fields import MoneyField, VersionForm
from returns.models import Case, ReturnCustoms
from returns.models.customs import HS_CODE

OWN = ("purpose", "incoterm", "eori", "ioss", "note")
"""What the declaration says as a whole."""


class CustomsForm(VersionForm):
    """What customs are told about the goods of a case, one group of fields for each of its lines."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=ReturnCustoms.Purpose.choices)
    incoterm = forms.ChoiceField(label=gettext_lazy("Duties"), choices=ReturnCustoms.Incoterm.choices)
    eori = forms.CharField(label="EORI", required=False, max_length=17)
    ioss = forms.CharField(label="IOSS", required=False, max_length=12)
    note = forms.CharField(
        label=pgettext_lazy("customs", "Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, case: Case, declaration: Declaration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goods = declaration.goods
        self.initial = {name: getattr(declaration, name) for name in OWN} | {"version": case.version}
        for good in self.goods:
            self._add(good, case.currency)

    def _add(self, good: Good, currency: str) -> None:
        key = good.line.pk
        self.fields[f"description-{key}"] = forms.CharField(
            label=_("Description"), max_length=200, initial=good.description
        )
        self.fields[f"hs_code-{key}"] = forms.CharField(
            label=_("HS code"), required=False, validators=[HS_CODE], initial=good.hs_code
        )
        self.fields[f"origin-{key}"] = forms.ChoiceField(
            label=_("Country of origin"),
            choices=[("", _("Not given")), *countries.choices()],
            required=False,
            initial=good.origin,
        )
        self.fields[f"value-{key}"] = MoneyField(
            label=_("Declared value"), currency=currency, initial=good.value
        )

    def groups(self) -> list[dict[str, Any]]:
        """Each of the goods with its fields, for drawing."""
        names = ("description", "hs_code", "origin", "value")
        return [
            {"good": good, "fields": [self[f"{name}-{good.line.pk}"] for name in names]}
            for good in self.goods
        ]

    def own_fields(self) -> list[Any]:
        """The fields of the declaration as a whole."""
        return [self[name] for name in (*OWN, "version")]

    def told(self) -> dict[str, Any]:
        """The declaration as `declare_customs` takes it."""
        cleaned = self.cleaned_data
        goods = [
            DeclaredGood(
                line=good.line.pk,
                description=cleaned[f"description-{good.line.pk}"],
                value=cleaned[f"value-{good.line.pk}"],
                hs_code=cleaned[f"hs_code-{good.line.pk}"],
                origin=cleaned[f"origin-{good.line.pk}"],
            )
            for good in self.goods
        ]
        return {"goods": goods, **{name: cleaned[name] for name in (*OWN, "version")}}
