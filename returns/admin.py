"""Configuration of the returns desk that administrators own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core import countries
from orders.states import LineFlag
from returns import law_admin  # noqa: F401 - its tables are registered by being loaded
from returns.models import (
    ExchangeRate,
    GatewayConnection,
    PolicyAmounts,
    Reason,
    ReturnPolicy,
    RiskRule,
    SandboxBehaviour,
    ServiceCentre,
    StatutoryRule,
)
from returns.policy_forms import AmountsForm, PolicyForm
from returns.states import CaseKind
from returns.statutes import UNION


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
            "denies_receipt",
            "evidence_required",
            "order",
            "is_active",
        )


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin[Reason]):
    form = ReasonForm
    list_display = ("code", "name_en", "name_zh", "fault_default", "evidence_required", "order", "is_active")


class AmountsInline(admin.TabularInline[PolicyAmounts, ReturnPolicy]):
    model = PolicyAmounts
    form = AmountsForm
    extra = 0


@admin.register(ReturnPolicy)
class ReturnPolicyAdmin(admin.ModelAdmin[ReturnPolicy]):
    form = PolicyForm
    inlines = (AmountsInline,)
    list_display = (
        *("name_en", "name_zh", "priority", "country", "category", "sku", "tier", "shop", "reason"),
        *("window_days", "valid_from", "valid_to", "is_active"),
    )
    list_select_related = ("tier", "shop", "reason")


class StatuteForm(forms.ModelForm[StatutoryRule]):
    territory = forms.ChoiceField(
        label=_("country or region"),
        choices=lambda: [(UNION, _("European Union")), *countries.choices()],
    )
    exemptions = forms.MultipleChoiceField(
        label=_("does not hold for"),
        choices=LineFlag.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Lines with one of these marks."),
    )

    class Meta:
        model = StatutoryRule
        fields = (
            *("code", "territory", "right", "name_en", "name_zh", "min_days", "mode", "anchor"),
            *("fee_allowed", "freight", "refunds_shipping", "refund_days", "exemptions"),
            *("valid_from", "valid_to", "source_en", "source_zh"),
        )


@admin.register(StatutoryRule)
class StatutoryRuleAdmin(admin.ModelAdmin[StatutoryRule]):
    """A change of law is a new row with a later date; what is on record stays, as it was the law then."""

    form = StatuteForm
    list_display = (
        *("name_en", "name_zh", "territory", "right", "min_days", "fee_allowed", "valid_from", "valid_to"),
    )


@admin.register(RiskRule)
class RiskRuleAdmin(admin.ModelAdmin[RiskRule]):
    fields = ("flag", "is_active", "limit", "minimum", "days", "points")
    list_display = ("flag", "limit", "minimum", "days", "points", "is_active")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


class CentreForm(forms.ModelForm[ServiceCentre]):
    country = forms.ChoiceField(label=_("Country"), choices=countries.choices)
    serves = forms.MultipleChoiceField(
        label=_("serves only"),
        choices=countries.choices,
        required=False,
        help_text=_("Nothing chosen: every country."),
    )
    categories = LinesField(
        label=_("takes goods of"),
        required=False,
        help_text=_("Categories as they stand in the orders, one a line; empty: every category."),
    )
    capabilities = forms.MultipleChoiceField(
        label=_("can do"),
        choices=ServiceCentre.Capability.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: everything."),
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
            "categories",
            "capabilities",
            "hours_en",
            "hours_zh",
            "order",
            "is_active",
        )


@admin.register(ServiceCentre)
class ServiceCentreAdmin(admin.ModelAdmin[ServiceCentre]):
    form = CentreForm
    list_display = ("code", "name_en", "name_zh", "country", "city", "order", "is_active")


class ExchangeRateForm(forms.ModelForm[ExchangeRate]):
    class Meta:
        model = ExchangeRate
        fields = ("currency", "book_currency", "day", "rate")

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_book_currency(self) -> str:
        return str(self.cleaned_data["book_currency"]).upper()


@admin.register(ExchangeRate)
class ExchangeRateAdmin(admin.ModelAdmin[ExchangeRate]):
    form = ExchangeRateForm
    list_display = ("day", "currency", "book_currency", "rate")
    list_filter = ("currency", "book_currency")


class ConnectionForm(forms.ModelForm[GatewayConnection]):
    new_secret = forms.CharField(
        label=_("Secret"),
        min_length=16,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 16 characters. It is not shown again; empty keeps the one there is."),
    )

    class Meta:
        model = GatewayConnection
        fields = (
            "shop",
            "gateway",
            "url",
            "key_id",
            "timeout_s",
            "retry_same_key",
            "max_partials",
            "min_gap_s",
            "max_age_days",
            "is_active",
        )

    def clean_new_secret(self) -> str:
        given = str(self.cleaned_data["new_secret"])
        if given:
            self.instance.keep(given)
        elif not self.instance.secret:
            raise forms.ValidationError(_("Both sides need the same secret."))
        return given


@admin.register(GatewayConnection)
class GatewayConnectionAdmin(admin.ModelAdmin[GatewayConnection]):
    form = ConnectionForm
    list_display = ("shop", "gateway", "url", "key_id", "is_active")


@admin.register(SandboxBehaviour)
class SandboxBehaviourAdmin(admin.ModelAdmin[SandboxBehaviour]):
    list_display = ("payment", "answer", "times")
