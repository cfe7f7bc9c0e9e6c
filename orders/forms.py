"""Input of the order pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.importing.mappings import MAPPINGS
from orders.importing.opening import Options
from orders.models import Shop
from orders.states import OrderStatus


class FilterForm(forms.Form):
    """Filters of the order list; they live in the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("All shops"),
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Any status")), *OrderStatus.choices]
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("orders", "All")),
            ("returned", _("With returned goods")),
            ("incomplete", _("Incomplete imports")),
        ],
    )

    @property
    def is_filtering(self) -> bool:
        """Whether the list is narrowed at all."""
        return self.is_valid() and any(self.cleaned_data.values())


class ReadingForm(forms.Form):
    """How to read a file, where it does not show it by itself."""

    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.all(),
        required=False,
        empty_label=_("As the file says, or the only one"),
    )
    mapping = forms.ChoiceField(
        label=_("Columns"),
        required=False,
        choices=[("", _("Recognise them")), *((each.name, each.title) for each in MAPPINGS)],
    )
    quote = forms.ChoiceField(
        label=_("Quotation mark"),
        required=False,
        choices=[('"', _('" (double)')), ("'", _("' (single)"))],
        initial='"',
    )
    dates = forms.ChoiceField(
        label=_("Dates like 3/4/2026"),
        required=False,
        choices=[("", _("As the file shows")), ("dmy", _("Day first")), ("mdy", _("Month first"))],
    )
    decimals = forms.ChoiceField(
        label=_("Amounts like 1,234"),
        required=False,
        choices=[("", _("As the file shows")), ("point", _("Decimal point")), ("comma", _("Decimal comma"))],
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Recognise it")), *((name, name) for name in ("utf-8", "gb18030", "cp1252", "big5"))],
    )

    def options(self) -> Options:
        """What was said, as the importer takes it."""
        told: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "shop"}
        return Options.of(told | {"quote": told.get("quote") or '"'})


class UploadForm(forms.Form):
    """A file of orders, handed in."""

    file = forms.FileField(
        label=_("File with orders"),
        max_length=200,
        help_text=_(
            "CSV, XLS or XLSX, at most 50 MB. Nothing is imported before you have seen what is in it."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xls,.xlsx,.xlsm"}),
    )
    shop = forms.ModelChoiceField(
        label=_("Shop"),
        queryset=Shop.objects.all(),
        required=False,
        empty_label=_("As the file says, or the only one"),
    )
