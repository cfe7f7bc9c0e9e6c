"""Input of the pages about warranties and withdrawals."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.uploads import FormWithFiles
from orders.models import OrderLine
from returns.models import WarrantyPlan
from returns.warranty_states import VoidReason

ELSEWHERE = ""


class DayInput(forms.DateInput):
    """A day, chosen in the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StatementForm(forms.Form):
    """A statement of withdrawal: who, from what, and where the acknowledgement goes. No reason is asked."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail for the acknowledgement"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, *args: Any, lines: Sequence[OrderLine], left: Mapping[int, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if left.get(line.position)]
        self.left = left
        for line in self.lines:
            units = left[line.position]
            self.fields[f"line-{line.position}"] = forms.BooleanField(required=False, initial=True)
            self.fields[f"quantity-{line.position}"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                choices=[(count, str(count)) for count in range(1, units + 1)],
                initial=units,
                widget=forms.Select(attrs={"class": "control control--count"}),
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its fields, for drawing."""
        return [
            {
                "line": line,
                "left": self.left[line.position],
                "tick": self[f"line-{line.position}"],
                "quantity": self[f"quantity-{line.position}"],
            }
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.units(cleaned):
            raise forms.ValidationError(_("Choose at least one item."))
        return cleaned

    def units(self, cleaned: Mapping[str, Any] | None = None) -> dict[int, int]:
        """Units by position of the line."""
        given = self.cleaned_data if cleaned is None else cleaned
        return {
            line.position: int(given.get(f"quantity-{line.position}") or self.left[line.position])
            for line in self.lines
            if given.get(f"line-{line.position}")
        }


class RegisterForm(FormWithFiles):
    """A device to be registered: of an order, or bought elsewhere with its proof."""

    device = forms.ChoiceField(label=gettext_lazy("Device"), required=False)
    serial_no = forms.CharField(
        label=gettext_lazy("Serial number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("It stands on the type plate or in the settings of the device."),
    )
    title = forms.CharField(
        label=gettext_lazy("What is it?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only for what you bought elsewhere: brand and model."),
    )
    started_on = forms.DateField(label=gettext_lazy("Day of purchase"), required=False, widget=DayInput)

    def __init__(
        self, *args: Any, devices: Sequence[tuple[str, str]], elsewhere: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        other = [(ELSEWHERE, _("Bought elsewhere"))] if elsewhere else []
        field = self.fields["device"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*devices, *other]
        field.required = not elsewhere
        self.fields["attachments"].label = gettext_lazy("Proof of purchase")
        if not elsewhere:
            for name in ("title", "attachments"):
                del self.fields[name]
        self.order_fields(["device", "serial_no", "title", "started_on", "attachments"])


class CheckForm(forms.Form):
    """A serial number to look up."""

    serial = forms.CharField(
        label=gettext_lazy("Serial number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class VerifyForm(forms.Form):
    """What the proof says."""

    started_on = forms.DateField(label=gettext_lazy("Day of purchase, as the proof says"), widget=DayInput)


class VoidForm(forms.Form):
    """Why a warranty ends."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=VoidReason.choices)


class SellForm(forms.Form):
    """Which extension is sold."""

    plan: forms.ModelChoiceField[WarrantyPlan] = forms.ModelChoiceField(
        label=pgettext_lazy("warranty", "Plan"),
        queryset=WarrantyPlan.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("Please choose"),
    )

    def __init__(self, *args: Any, plans: Sequence[WarrantyPlan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["plan"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = WarrantyPlan.objects.filter(pk__in=[plan.pk for plan in plans])


class SettleForm(forms.Form):
    """How a withdrawal was settled without a return."""

    note = forms.CharField(
        label=gettext_lazy("How was it settled?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: the parcel was stopped and the payment returned."),
    )
