"""Configuration of warranties and rights of withdrawal; `returns.admin` takes it in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core import countries
from returns.forms.fields import MoneyField
from returns.models import PlanPrice, WarrantyPlan, WarrantyRule, WithdrawalRight


class WarrantyRuleForm(forms.ModelForm[WarrantyRule]):
    countries = forms.MultipleChoiceField(
        label=_("countries"),
        choices=countries.choices,
        required=False,
        help_text=_("Nothing chosen: every country."),
    )

    class Meta:
        model = WarrantyRule
        fields = (
            "code",
            "name_en",
            "name_zh",
            "kind",
            "countries",
            "category",
            "months",
            "starts",
            "after_repair",
            "repair_months",
            "repair_contracts_from",
            "valid_from",
            "valid_to",
            "basis_en",
            "basis_zh",
            "is_active",
        )


@admin.register(WarrantyRule)
class WarrantyRuleAdmin(admin.ModelAdmin[WarrantyRule]):
    form = WarrantyRuleForm
    list_display = ("code", "name_en", "name_zh", "kind", "months", "valid_from", "valid_to", "is_active")


class PriceForm(forms.ModelForm[PlanPrice]):
    """A price as people write it; kept in minor units of the currency beside it."""

    class Meta:
        model = PlanPrice
        fields = ("currency", "price")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = str(self.data.get(self.add_prefix("currency"), self.instance.currency)).upper()
        self.fields["price"] = MoneyField(label=self.fields["price"].label, currency=self.currency or "EUR")

    def clean_currency(self) -> str:
        """A currency that exists, in capital letters."""
        if not self.currency.isalpha() or len(self.currency) != 3:
            raise forms.ValidationError(_("This is not the code of a currency."))
        return self.currency


class PriceInline(admin.TabularInline[PlanPrice, WarrantyPlan]):
    model = PlanPrice
    form = PriceForm
    extra = 1


@admin.register(WarrantyPlan)
class WarrantyPlanAdmin(admin.ModelAdmin[WarrantyPlan]):
    inlines = (PriceInline,)
    list_display = ("code", "name_en", "name_zh", "months", "starts", "category", "is_active")


class WithdrawalRightForm(forms.ModelForm[WithdrawalRight]):
    countries = forms.MultipleChoiceField(label=_("countries"), choices=countries.choices)

    class Meta:
        model = WithdrawalRight
        fields = (
            "code",
            "name_en",
            "name_zh",
            "countries",
            "wording",
            "days",
            "mode",
            "exempt_categories",
            "valid_from",
            "valid_to",
            "basis_en",
            "basis_zh",
            "is_active",
        )


@admin.register(WithdrawalRight)
class WithdrawalRightAdmin(admin.ModelAdmin[WithdrawalRight]):
    form = WithdrawalRightForm
    list_display = ("code", "name_en", "name_zh", "days", "mode", "valid_from", "valid_to", "is_active")
