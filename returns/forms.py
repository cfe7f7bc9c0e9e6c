"""Input of the pages about returns."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.money import exponent, to_decimal, to_minor
from core.uploads import FilesField, FormWithFiles
from orders.models import OrderLine
from returns.actions.inspection import USUAL
from returns.carriers import CARRIERS
from returns.models import CaseLine, Reason, ServiceCentre
from returns.offers import Offer
from returns.states import DispositionType, Grade, RefusalReason

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


class ItemsForm(forms.Form):
    """Which items go back, and how many units of each."""

    def __init__(self, *args: Any, offers: Sequence[Offer], chosen: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        for offer in self._open():
            key = offer.line.pk
            ticked = key in chosen or len(self._open()) == 1
            self.fields[f"line-{key}"] = forms.BooleanField(required=False, initial=ticked)
            self.fields[f"quantity-{key}"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                choices=[(units, str(units)) for units in range(1, offer.quantity + 1)],
                initial=min(chosen.get(key, offer.quantity), offer.quantity),
                widget=forms.Select(attrs={"class": "control control--count"}),
            )

    def _open(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.blocked]

    def rows(self) -> list[dict[str, Any]]:
        """Each offer with its fields, for drawing; blocked ones without."""
        return [
            {
                "offer": offer,
                "tick": None if offer.blocked else self[f"line-{offer.line.pk}"],
                "quantity": None if offer.blocked else self[f"quantity-{offer.line.pk}"],
            }
            for offer in self.offers
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.quantities(cleaned):
            raise forms.ValidationError(_("Choose at least one item to return."))
        return cleaned

    def quantities(self, cleaned: Mapping[str, Any] | None = None) -> dict[str, int]:
        """Units by primary key of the line, as they are kept."""
        given = self.cleaned_data if cleaned is None else cleaned
        return {
            str(offer.line.pk): int(given.get(f"quantity-{offer.line.pk}") or 1)
            for offer in self._open()
            if given.get(f"line-{offer.line.pk}")
        }


class ReasonsForm(forms.Form):
    """Why each item goes back, and what there is to say about it."""

    description = forms.CharField(
        label=gettext_lazy("What happened?"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A sentence or two help us to decide quickly."),
    )

    def __init__(
        self,
        *args: Any,
        lines: Sequence[OrderLine],
        reasons: Iterable[Reason],
        chosen: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        choices = [(reason.code, str(reason)) for reason in reasons]
        for line in lines:
            field: forms.Field = forms.ChoiceField(
                label=line.title, choices=choices, widget=forms.RadioSelect, initial=chosen.get(line.pk)
            )
            if len(lines) > 1:
                field = forms.ChoiceField(
                    label=line.title,
                    choices=[("", _("Choose a reason")), *choices],
                    initial=chosen.get(line.pk),
                )
            self.fields[f"reason-{line.pk}"] = field
        self.order_fields([f"reason-{line.pk}" for line in lines])

    def reason_fields(self) -> list[Any]:
        """The reason of each item, bound, in the order of the items."""
        return [self[f"reason-{line.pk}"] for line in self.lines]

    def codes(self) -> dict[str, str]:
        """Reasons by primary key of the line, as they are kept."""
        return {str(line.pk): self.cleaned_data[f"reason-{line.pk}"] for line in self.lines}


class EvidenceForm(forms.Form):
    """Photos and files that show what is wrong."""

    attachments = FilesField(
        label=gettext_lazy("Photos and files"),
        required=False,
        help_text=gettext_lazy("Photos (JPEG, PNG, HEIC), short videos or PDF."),
        error_messages={
            "required": gettext_lazy("Please add at least one photo or video that shows the problem.")
        },
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["attachments"].required = needed


class TrackingForm(forms.Form):
    """The parcel on its way back; `carriers` are suggested while typing."""

    carriers = CARRIERS

    carrier = forms.CharField(
        label=pgettext_lazy("parcel", "Carrier"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "carriers", "autocomplete": "off"}),
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class OwnParcelForm(TrackingForm):
    """The customer's parcel; after a refusal the teller may insist on the number."""

    sure = forms.BooleanField(label=gettext_lazy("The number is right, use it as it is"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier"].required = False
        self.fields["carrier"].help_text = _("Leave it empty if you are not sure: the number may tell.")
        self.fields["sure"].widget = forms.CheckboxInput() if self.is_bound else forms.HiddenInput()

    def clean_sure(self) -> bool:
        """Ticked; the hidden field of a form that was not refused yet is not."""
        return self.cleaned_data["sure"] is True


class SupplyForm(FormWithFiles):
    """The answer to what the shop has asked for."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VersionForm(forms.Form):
    """A verb without words, done to a case as it was read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ApproveForm(VersionForm):
    """The amount that is granted."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=gettext_lazy("Refund once it is back"), currency=currency)


class RefuseForm(VersionForm):
    """Why not; the customer reads both."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RefusalReason.choices)
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The customer reads this, so write it in their language."),
    )


class RequestInfoForm(VersionForm):
    """What the customer should send."""

    question = forms.CharField(
        label=gettext_lazy("What do you need?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The customer reads this, so write it in their language."),
    )


class NewCaseForm(FormWithFiles):
    """A return that an agent requests in the customer's name."""

    reason: forms.ModelChoiceField[Reason] = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=Reason.objects.filter(is_active=True),
        empty_label=gettext_lazy("Choose a reason"),
    )
    description = forms.CharField(
        label=gettext_lazy("What the customer says"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InstructForm(VersionForm):
    """Where the goods go back to."""

    centre: forms.ModelChoiceField[ServiceCentre] = forms.ModelChoiceField(
        label=gettext_lazy("Service centre"), queryset=ServiceCentre.objects.filter(is_active=True)
    )


class DeductionForm(VersionForm):
    """A reduced refund to offer."""

    note = forms.CharField(
        label=gettext_lazy("What was found"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The customer reads this, so write it in their language."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = MoneyField(label=gettext_lazy("Deduction"), currency=currency)
        self.order_fields(["amount", "note", "version"])


class SendBackForm(TrackingForm, VersionForm):
    """The parcel with which refused goods go back."""


class PayForm(VersionForm):
    """Pay what is due; `expected_refunded` is what the payer saw as refunded already."""

    expected_refunded = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ManualPayoutForm(FormWithFiles):
    """A payment made outside of the house."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=100,
        help_text=gettext_lazy("The number of the transfer, as it stands on the bank statement."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proof = self.fields["attachments"]
        proof.label, proof.required = gettext_lazy("Proof of payment"), not self.data.get("draft")
        self.order_fields(["reference", "attachments"])


class ReceiveForm(forms.Form):
    """How many units of each line have arrived."""

    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, lines: Sequence[CaseLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.quantity_approved > line.quantity_received]
        for line in self.lines:
            left = line.quantity_approved - line.quantity_received
            self.fields[f"units-{line.pk}"] = forms.TypedChoiceField(
                label=line.order_line.title,
                coerce=int,
                choices=[(units, str(units)) for units in range(left, -1, -1)],
                initial=left,
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each line that is still expected, with its field."""
        return [{"line": line, "field": self[f"units-{line.pk}"]} for line in self.lines]

    def counts(self) -> dict[int, int]:
        """Units by primary key of the case line."""
        return {line.pk: self.cleaned_data[f"units-{line.pk}"] for line in self.lines}


class LotForm(FormWithFiles):
    """One lot of a line: equal units, what they look like, and what becomes of them."""

    grade = forms.ChoiceField(
        label=gettext_lazy("Condition"), choices=Grade.choices, widget=forms.RadioSelect
    )
    accepted = forms.TypedChoiceField(
        label=gettext_lazy("Take it back?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("Yes, as agreed")), ("no", gettext_lazy("No, ask the desk"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    value_loss_percent = forms.IntegerField(
        label=gettext_lazy("Lost value (%)"), required=False, min_value=0, max_value=100
    )
    disposition = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        required=False,
        choices=[("", gettext_lazy("As usual for its condition")), *DispositionType.choices],
    )
    location = forms.CharField(label=gettext_lazy("Shelf"), required=False, max_length=60)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, line: CaseLine, units: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        received = line.quantity_received
        self.fields["quantity"] = forms.TypedChoiceField(
            label=pgettext_lazy("units", "Units"),
            coerce=int,
            choices=[(count, str(count)) for count in range(1, received + 1)],
            initial=units,
        )

    def dispositions(self) -> list[tuple[str, int, str]]:
        """What becomes of the lot, when it is not the usual."""
        given = self.cleaned_data
        if not given["disposition"] and not given["location"]:
            return []
        kind = given["disposition"] or USUAL[given["grade"]]
        return [(kind, given["quantity"], given["location"])]
