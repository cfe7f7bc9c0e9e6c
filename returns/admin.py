"""Configuration of the returns desk that administrators own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core import countries
from core.money import exponent
from returns import law_admin  # noqa: F401 - its tables are registered by being loaded
from returns.forms import MoneyField
from returns.models import PolicyAmounts, Reason, ReturnPolicy, SandboxBehaviour, ServiceCentre
from returns.states import CaseKind


class ReasonForm(forms.ModelForm[Reason]):
    kinds = forms.MultipleChoiceField(
        label=_("kinds of case"), choices=CaseKind.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Reason
        fields = (
            "code",
            "name_en",
            "name_zh",
            "kinds",
            "fault_default",
            "evidence_required",
            "order",
            "is_active",
        )


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin[Reason]):
    form = ReasonForm
    list_display = ("code", "name_en", "name_zh", "fault_default", "evidence_required", "order", "is_active")


AMOUNTS = (
    "auto_approve_limit",
    "agent_limit",
    "one_payer_limit",
    "label_fee",
    "standard_shipping",
    "free_shipping_from",
)


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


class AmountsInline(admin.TabularInline[PolicyAmounts, ReturnPolicy]):
    model = PolicyAmounts
    form = AmountsForm
    extra = 0


class PolicyForm(forms.ModelForm[ReturnPolicy]):
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: [("", _("Every country")), *countries.choices()],
        required=False,
    )

    class Meta:
        model = ReturnPolicy
        fields = (
            "name_en",
            "name_zh",
            "country",
            "category",
            "priority",
            "is_active",
            "window_days",
            "window_mode",
            "review_hours",
            "approve_on_timeout",
            "info_days",
            "ship_back_days",
            "receipt_days",
            "refund_days",
            "freight_payer",
            "restocking_percent",
            "refunds_shipping",
        )


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(admin.ModelAdmin[ReturnPolicy]):
    form = PolicyForm
    inlines = (AmountsInline,)
    list_display = ("name_en", "name_zh", "country", "category", "window_days", "priority", "is_active")


class CentreForm(forms.ModelForm[ServiceCentre]):
    country = forms.ChoiceField(label=_("Country"), choices=countries.choices)
    serves = forms.MultipleChoiceField(
        label=_("serves only"),
        choices=countries.choices,
        required=False,
        help_text=_("Nothing chosen: every country."),
    )

    class Meta:
        model = ServiceCentre
        fields = (
            "code",
            "name_en",
            "name_zh",
            "recipient",
            "phone",
            "country",
            "region",
            "city",
            "postcode",
            "lines",
            "serves",
            "order",
            "is_active",
        )


@admin.register(ServiceCentre)
class ServiceCentreAdmin(admin.ModelAdmin[ServiceCentre]):
    form = CentreForm
    list_display = ("code", "name_en", "name_zh", "country", "city", "order", "is_active")


@admin.register(SandboxBehaviour)
class SandboxBehaviourAdmin(admin.ModelAdmin[SandboxBehaviour]):
    list_display = ("payment", "answer", "times")
