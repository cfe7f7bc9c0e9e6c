"""Input of the pages about returns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.uploads import FilesField, FormWithFiles
from orders.models import OrderLine
from returns.actions.inspection import USUAL
from returns.carriers import CARRIERS
from returns.forms.fields import TEXT_LENGTH, MoneyField, VersionForm
from returns.kinds import OWN_REQUESTS, Possibility
from returns.models import CaseLine, Reason, ServiceCentre
from returns.states import CaseKind, DispositionType, Grade, RefusalReason


class ItemsForm(forms.Form):
    """Which items it is about, and how many units of each."""

    def __init__(
        self,
        *args: Any,
        possibilities: Sequence[Possibility],
        chosen: Mapping[int, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.possibilities = possibilities
        for one in self._open():
            key = one.offer.line.pk
            ticked = key in chosen or len(self._open()) == 1
            self.fields[f"line-{key}"] = forms.BooleanField(required=False, initial=ticked)
            self.fields[f"quantity-{key}"] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                choices=[(units, str(units)) for units in range(1, one.quantity + 1)],
                initial=min(chosen.get(key, one.quantity), one.quantity),
                widget=forms.Select(attrs={"class": "control control--count"}),
            )

    def _open(self) -> list[Possibility]:
        return [one for one in self.possibilities if one.is_open]

    def rows(self) -> list[dict[str, Any]]:
        """Each possibility with its fields, for drawing; blocked ones without."""
        return [
            {
                "offer": one.offer,
                "kinds": one.kinds,
                "units": one.quantity,
                "tick": self[f"line-{one.offer.line.pk}"] if one.is_open else None,
                "quantity": self[f"quantity-{one.offer.line.pk}"] if one.is_open else None,
            }
            for one in self.possibilities
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.quantities(cleaned):
            raise forms.ValidationError(_("Choose at least one item."))
        return cleaned

    def quantities(self, cleaned: Mapping[str, Any] | None = None) -> dict[str, int]:
        """Units by primary key of the line, as they are kept."""
        given = self.cleaned_data if cleaned is None else cleaned
        return {
            str(one.offer.line.pk): int(given.get(f"quantity-{one.offer.line.pk}") or 1)
            for one in self._open()
            if given.get(f"line-{one.offer.line.pk}")
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


class WishesForm(forms.Form):
    """What the customer would like for each item."""

    def __init__(
        self,
        *args: Any,
        lines: Sequence[OrderLine],
        options: Mapping[int, Sequence[CaseKind]],
        chosen: Mapping[int, Mapping[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            known = chosen.get(line.pk, {})
            kinds = options[line.pk]
            self.fields[f"kind-{line.pk}"] = forms.ChoiceField(
                label=line.title,
                choices=[(kind.value, WISHES[kind]) for kind in kinds],
                widget=forms.RadioSelect,
                initial=known.get("kind") or (kinds[0].value if len(kinds) == 1 else None),
            )
            if CaseKind.EXCHANGE in kinds:
                self.fields[f"wish-{line.pk}"] = forms.CharField(
                    label=_("In exchange for"),
                    required=False,
                    max_length=200,
                    initial=known.get("wish", ""),
                    help_text=_("Another size or colour? Empty means the same again."),
                )

    def rows(self) -> list[dict[str, Any]]:
        """The fields of each item, bound."""
        return [
            {
                "kind": self[f"kind-{line.pk}"],
                "wish": self[f"wish-{line.pk}"] if f"wish-{line.pk}" in self.fields else None,
            }
            for line in self.lines
        ]

    def wishes(self) -> dict[str, dict[str, str]]:
        """Kind and wish by primary key of the line, as they are kept."""
        given = self.cleaned_data
        return {
            str(line.pk): {"kind": given[f"kind-{line.pk}"], "wish": given.get(f"wish-{line.pk}", "")}
            for line in self.lines
        }


WISHES: Mapping[str, Any] = {
    CaseKind.RETURN_REFUND: gettext_lazy("Send it back and get my money back"),
    CaseKind.EXCHANGE: gettext_lazy("Exchange it"),
    CaseKind.REPAIR: gettext_lazy("Have it repaired"),
    CaseKind.RESEND: gettext_lazy("Get what is missing"),
    CaseKind.REFUND_ONLY: gettext_lazy("Get my money back without sending it"),
}
"""What kinds of case are called where customers choose."""


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
    """A request that an agent makes in the customer's name."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What they would like"),
        choices=[(kind.value, kind.label) for kind in OWN_REQUESTS],
        initial=CaseKind.RETURN_REFUND,
    )
    reason: forms.ModelChoiceField[Reason] = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=Reason.objects.filter(is_active=True),
        empty_label=gettext_lazy("Choose a reason"),
    )
    wish = forms.CharField(
        label=gettext_lazy("In exchange for"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Another size or colour? Empty means the same again."),
    )
    advance = forms.BooleanField(
        label=gettext_lazy("Send the replacement first"),
        required=False,
        help_text=gettext_lazy("An exchange in advance: the old goods come back afterwards."),
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
        label=gettext_lazy("Service centre"),
        queryset=ServiceCentre.objects.filter(is_active=True),
        empty_label=gettext_lazy("Please choose"),
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
