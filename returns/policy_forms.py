"""Forms around return policies: their editing, a made-up item to try them on, a question about an order."""

from datetime import UTC, datetime, time
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import countries, zones
from core.forms import say_what_empty_means
from core.money import exponent
from customers.models import Tier
from orders.models import Shop
from orders.rules import CURRENCIES
from orders.states import LineFlag
from returns.forms.fields import MoneyField
from returns.models import PolicyAmounts, Reason, ReturnPolicy
from returns.policies import AMOUNTS
from returns.situations import Situation
from returns.states import CaseKind


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country")), *countries.choices()]


class AmountsForm(forms.ModelForm[PolicyAmounts]):
    """Amounts as people write them; kept in minor units of the currency beside them."""

    class Meta:
        model = PolicyAmounts
        fields = ("currency", *AMOUNTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = str(self.data.get(self.add_prefix("currency"), self.instance.currency)).upper()
        for name in AMOUNTS:
            label = self.fields[name].label
            self.fields[name] = MoneyField(label=label, currency=self.currency or "EUR", required=False)

    def clean_currency(self) -> str:
        """A currency that exists, in capital letters."""
        if not self.currency.isalpha() or len(self.currency) != 3:
            raise forms.ValidationError(_("This is not the code of a currency."))
        exponent(self.currency)
        return self.currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {name: (value or 0) if name in AMOUNTS else value for name, value in cleaned.items()}


class BaseAmountsFormSet(forms.BaseInlineFormSet[PolicyAmounts, ReturnPolicy, AmountsForm]):
    def rows(self) -> list[dict[str, Any]]:
        """The amounts by currency as they were written; what is empty or to be removed is left out."""
        told = [form.cleaned_data for form in self.forms if form not in self.deleted_forms]
        return [
            {name: each[name] for name in ("currency", *AMOUNTS)} for each in told if each.get("currency")
        ]


AmountsFormSet = cast(
    type[BaseAmountsFormSet],
    forms.inlineformset_factory(
        ReturnPolicy, PolicyAmounts, form=AmountsForm, formset=BaseAmountsFormSet, extra=1, can_delete=True
    ),
)


class PolicyForm(forms.ModelForm[ReturnPolicy]):
    """A policy: whom it is for, what it promises, what it costs."""

    country = forms.ChoiceField(label=_("Country"), choices=_countries, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of case"),
        choices=CaseKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Nothing chosen: every kind."),
    )
    excluded_flags = forms.MultipleChoiceField(
        label=_("Goods that cannot be returned"),
        choices=LineFlag.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Lines with one of these marks. What the law grants stays."),
    )

    LEFT_EMPTY: ClassVar[dict[str, Any]] = {
        "tier": _("Every customer"),
        "shop": _("Every shop"),
        "reason": _("Every reason"),
    }

    class Meta:
        model = ReturnPolicy
        fields = (
            *("name_en", "name_zh", "priority", "is_active"),
            *("country", "category", "sku", "tier", "shop", "reason", "valid_from", "valid_to"),
            *("kinds", "excluded_flags", "window_days", "window_mode", "window_anchor"),
            *("review_hours", "approve_on_timeout", "auto_approve_risk_below", "evidence"),
            *("info_days", "ship_back_days", "receipt_days", "refund_days"),
            *("quote_days", "offer_days", "dispatch_days", "acceptance_days", "escalate_days"),
            *("freight_payer", "restocking_percent", "refunds_shipping", "proration_method"),
        )
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "valid_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_empty_means(self, self.LEFT_EMPTY)


KINDS = sorted(CaseKind.choices, key=lambda choice: choice[0] != CaseKind.RETURN_REFUND)
"""The usual one first, so that it stands where nothing was chosen."""


class AskForm(forms.Form):
    """What is asked about an order: why, and what for."""

    reason = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=Reason.objects.filter(is_active=True),
        to_field_name="code",
        required=False,
        empty_label=_("Not known yet"),
    )
    kind = forms.ChoiceField(label=_("Kind of case"), choices=KINDS, required=False)

    def asked(self) -> dict[str, Any]:
        """As keyword arguments of an explanation."""
        told = self.cleaned_data
        return {"reason": told["reason"], "kind": told["kind"] or CaseKind.RETURN_REFUND.value}


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class TrialForm(AskForm):
    """An item that nobody bought, to see which policy it would fall under."""

    country = forms.ChoiceField(label=_("Country"), choices=_countries, required=False)
    category = forms.CharField(label=_("Category"), max_length=100, required=False)
    sku = forms.CharField(label=_("SKU"), max_length=64, required=False)
    tier = forms.ModelChoiceField(
        label=_("Membership level"),
        queryset=Tier.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("None"),
    )
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("Any"),
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("ISO code such as EUR or CNY.")
    )
    ordered = _day(_("Ordered on"))
    delivered = _day(_("Delivered on"), required=False)
    asked_on = _day(_("Asked on"))
    flags = forms.MultipleChoiceField(
        label=_("Marks of the goods"),
        choices=LineFlag.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @staticmethod
    def today(now: datetime) -> dict[str, Any]:
        """What the form starts with: ordered, delivered and asked about today."""
        day = timezone.localtime(now).date()
        return {"ordered": day, "delivered": day, "asked_on": day}

    def clean_currency(self) -> str:
        """A currency that exists, in capital letters, or none."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if code and code not in CURRENCIES:
            raise forms.ValidationError(_("This is not the code of a currency."))
        return code

    def clean(self) -> dict[str, Any]:
        """Ordered, delivered, asked: in this order."""
        told = super().clean() or self.cleaned_data
        ordered, delivered = told.get("ordered"), told.get("delivered")
        if ordered and delivered and delivered < ordered:
            self.add_error("delivered", _("This is before the day of the order."))
        asked = told.get("asked_on")
        if asked and ordered and asked < ordered:
            self.add_error("asked_on", _("This is before the day of the order."))
        return told

    def situation(self) -> Situation:
        """The made-up item, at noon of its days on the wall of its country."""
        told, shop = self.cleaned_data, self.cleaned_data["shop"]
        country = told["country"] or (shop.country if shop else "")
        zone = zones.of_country(country) or (shop.time_zone if shop else "UTC")

        def noon(day: Any) -> datetime | None:
            return datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC) if day else None

        delivered, ordered, at = (noon(told[name]) for name in ("delivered", "ordered", "asked_on"))
        assert ordered is not None
        assert at is not None
        return Situation(
            placed_at=ordered,
            at=at,
            country=country,
            zone=zone,
            category=told["category"].strip(),
            sku=told["sku"].strip(),
            flags=frozenset(told["flags"]),
            tier=told["tier"],
            shop=shop,
            reason=told["reason"],
            kind=told["kind"] or CaseKind.RETURN_REFUND.value,
            currency=told["currency"] or (shop.currency if shop else ""),
            shop_currency=shop.currency if shop else "",
            delivered_at=delivered,
            last_parcel_at=delivered,
        )
