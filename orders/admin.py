"""Shops, as administrators keep them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.forms import zone_choices
from core import countries
from core.admin import ReadOnlyAdmin
from orders import rules
from orders.models import InboundEvent, Shop


class ShopForm(forms.ModelForm[Shop]):
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("ISO code such as EUR or CNY."))
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", "–"), *countries.choices()], required=False
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Dates in imported files are read by this clock."),
    )

    class Meta:
        model = Shop
        fields = ("code", "name", "currency", "country", "time_zone")

    def clean_currency(self) -> str:
        """A currency that exists, in capital letters."""
        code = str(self.cleaned_data["currency"]).upper()
        if code not in rules.CURRENCIES:
            raise forms.ValidationError(_("This is not the code of a currency."))
        return code


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ShopForm
    list_display = ("code", "name", "currency", "country", "time_zone")


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnlyAdmin):
    """What tracking services told, and what came of it."""

    list_display = ("id", "received_at", "source", "event_id", "processed_at", "result")
    list_filter = ("source", ("processed_at", admin.EmptyFieldListFilter))
    search_fields = ("=event_id", "result")
    ordering = ("-id",)
