"""Input for what only some kinds of case have: objections, replacements, repairs, offers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.uploads import FormWithFiles
from orders.models import OrderLine
from returns.actions import Diagnosis, Part
from returns.forms.fields import TEXT_LENGTH, MoneyField, VersionForm
from returns.models import Reason, RepairOrder
from returns.states import CaseKind, CompensationType


def _text(label: Any, *, rows: int = 3, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
    )


READ_BY_CUSTOMER = gettext_lazy("The customer reads this, so write it in their language.")


class ObjectionForm(VersionForm):
    """What the customer does not agree with."""

    text = _text(gettext_lazy("What do you not agree with?"))


class ResubmitForm(FormWithFiles):
    """Asking once more, with what was missing."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = _text(gettext_lazy("Why should we look at it again?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["text", "attachments"])


class RulingForm(VersionForm):
    """What a team lead decides, and why."""

    text = _text(gettext_lazy("Why?"), help_text=READ_BY_CUSTOMER)


class ConvertForm(VersionForm):
    """How a case goes on in another way."""

    to = forms.ChoiceField(label=gettext_lazy("Continue as"))
    reason = _text(gettext_lazy("Why?"), help_text=READ_BY_CUSTOMER)

    def __init__(self, *args: Any, kinds: Sequence[CaseKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class LostForm(VersionForm):
    """What is known of a parcel that does not arrive."""

    text = _text(gettext_lazy("What does the carrier say?"), required=False)


class ReplacementForm(VersionForm):
    """What goes out instead of a line, and for how much."""

    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=64)
    title = forms.CharField(label=gettext_lazy("Item"), max_length=300)
    is_same_variant = forms.BooleanField(
        label=gettext_lazy("The same variant"),
        required=False,
        help_text=gettext_lazy("An even exchange, whatever it costs today."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_price"] = MoneyField(label=gettext_lazy("Price of one"), currency=currency)
        self.order_fields(["title", "sku", "unit_price", "is_same_variant", "version"])


class CustomerPaymentForm(VersionForm):
    """A payment of the customer that has come in."""

    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=100,
        help_text=gettext_lazy("The number of the payment, as your bank or payment provider has it."),
    )


class DiagnosisForm(VersionForm):
    """What a technician found. Parts are written one on a line: name, quantity, price of one."""

    diagnosis = _text(gettext_lazy("What is wrong?"), help_text=READ_BY_CUSTOMER)
    fault_code = forms.CharField(label=gettext_lazy("Fault code"), max_length=40, required=False)
    serial_number = forms.CharField(label=gettext_lazy("Serial number"), max_length=64, required=False)
    repairable = forms.TypedChoiceField(
        label=gettext_lazy("Can it be repaired?"),
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", pgettext_lazy("repairable", "Yes")),
            ("no", gettext_lazy("No, it goes back as it came")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    under_warranty = forms.BooleanField(
        label=gettext_lazy("Under warranty"),
        required=False,
        help_text=gettext_lazy("Then the customer pays nothing."),
    )
    warranty = forms.CharField(
        label=gettext_lazy("What the warranty rests on"), max_length=64, required=False
    )
    labour_minutes = forms.IntegerField(
        label=gettext_lazy("Labour (minutes)"), required=False, min_value=0, max_value=100_000
    )

    PARTS = 4

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, self.PARTS + 1):
            self.fields[f"part-{place}"] = forms.CharField(
                label=_("Part %(place)s") % {"place": place}, max_length=200, required=False
            )
            self.fields[f"quantity-{place}"] = forms.IntegerField(
                label=_("Quantity"), required=False, min_value=1, max_value=999, initial=1
            )
            self.fields[f"price-{place}"] = MoneyField(
                label=_("Price of one"), currency=currency, required=False
            )
        self.fields["labour"] = MoneyField(label=gettext_lazy("Labour"), currency=currency, required=False)
        self.fields["tax"] = MoneyField(label=gettext_lazy("Tax"), currency=currency, required=False)

    @staticmethod
    def initial_of(repair: RepairOrder) -> dict[str, Any]:
        """What the form shows of a repair begun."""
        names = ("diagnosis", "fault_code", "serial_number", "under_warranty", "warranty")
        return {name: getattr(repair, name) for name in names}

    def plain_fields(self) -> list[Any]:
        """The fields before the parts, bound."""
        names = ("diagnosis", "fault_code", "serial_number", "repairable", "under_warranty", "warranty")
        return [self[name] for name in names]

    def part_rows(self) -> list[list[Any]]:
        """Name, quantity and price of each part, bound."""
        places = range(1, self.PARTS + 1)
        return [[self[f"{name}-{place}"] for name in ("part", "quantity", "price")] for place in places]

    def cost_fields(self) -> list[Any]:
        """The fields after the parts, bound."""
        return [self[name] for name in ("labour_minutes", "labour", "tax", "version")]

    def found(self) -> Diagnosis:
        """What was typed, as the verb takes it."""
        given = self.cleaned_data
        parts = [
            Part(
                given[f"part-{place}"],
                given[f"quantity-{place}"] or 1,
                given[f"price-{place}"] or 0,
            )
            for place in range(1, self.PARTS + 1)
            if given[f"part-{place}"]
        ]
        return Diagnosis(
            text=given["diagnosis"],
            repairable=given["repairable"],
            under_warranty=given["under_warranty"],
            warranty=given["warranty"],
            fault_code=given["fault_code"],
            serial_number=given["serial_number"],
            parts=parts,
            labour=given["labour"] or 0,
            labour_minutes=given["labour_minutes"] or 0,
            tax=given["tax"] or 0,
        )


class WorkDoneForm(VersionForm):
    """What was done to mend it."""

    work_done = _text(gettext_lazy("What was done?"), help_text=READ_BY_CUSTOMER)


class RepairTestForm(VersionForm):
    """How the test went."""

    passed = forms.TypedChoiceField(
        label=gettext_lazy("Does it work?"),
        coerce=lambda value: value == "yes",
        choices=[
            ("yes", gettext_lazy("Yes, it can go back")),
            ("no", gettext_lazy("No, back to the bench")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )
    result = _text(gettext_lazy("What was tested?"), required=False)


class DeclineForm(VersionForm):
    """Why an offer does not suit."""

    text = _text(gettext_lazy("What would suit you better?"), required=False)


class CompensationForm(FormWithFiles):
    """Something to make up for a trouble, asked for at the desk."""

    compensation_type = forms.ChoiceField(
        label=gettext_lazy("What is given"), choices=CompensationType.choices
    )
    reason: forms.ModelChoiceField[Reason] = forms.ModelChoiceField(
        label=gettext_lazy("Reason"),
        queryset=Reason.objects.filter(is_active=True, kinds__contains=CaseKind.COMPENSATION.value),
        empty_label=gettext_lazy("Choose a reason"),
    )
    description = _text(gettext_lazy("What the customer says"), required=False)

    def __init__(self, *args: Any, currency: str, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.fields["amount"] = MoneyField(label=gettext_lazy("Amount"), currency=currency)
        self.fields["items"] = forms.MultipleChoiceField(
            label=gettext_lazy("For which items"),
            required=False,
            choices=[(str(line.pk), line.title) for line in lines],
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy("Needed for price protection only."),
        )
        self.order_fields(["compensation_type", "amount", "items", "reason", "description", "attachments"])

    def chosen(self) -> list[OrderLine]:
        """The lines that were ticked."""
        ticked = set(self.cleaned_data["items"])
        return [line for line in self.lines if str(line.pk) in ticked]
