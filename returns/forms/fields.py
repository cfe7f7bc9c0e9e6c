"""Parts of the forms about returns."""

from decimal import Decimal
from typing import Any

from django import forms

from core.money import exponent, to_decimal, to_minor

TEXT_LENGTH = 5_000


class MoneyField(forms.DecimalField):
    """An amount as people write it, in the currency it was made for; cleans to minor units."""

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        self.currency = currency
        places = exponent(currency)
        super().__init__(decimal_places=places, max_digits=15, min_value=Decimal(0), **kwargs)
        self.widget.attrs.update(inputmode="decimal")

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        return None if amount is None else to_minor(amount, self.currency)

    def prepare_value(self, value: Any) -> Any:
        return to_decimal(value, self.currency) if isinstance(value, int) else value


class VersionForm(forms.Form):
    """A verb without words, done to a case as it was read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
