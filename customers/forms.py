"""Input of the customer pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.forms import zone_choices
from accounts.models import Language
from core import countries
from customers import rules
from customers.models import ContactPoint, Customer, Tier
from customers.states import NewsWay, Topic


def country_choices() -> list[tuple[str, str]]:
    return [("", str(_("Not given"))), *countries.choices()]


class SearchForm(forms.Form):
    """Filters of the customer list; they live in the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    tier = forms.ModelChoiceField(
        label=_("Tier"), queryset=Tier.objects.all(), required=False, empty_label=_("All tiers")
    )


class MergeForm(forms.Form):
    """The customer who is the same person and goes on; `people` are those the asker may see."""

    into = forms.CharField(
        label=_("Customer who goes on"),
        max_length=20,
        error_messages={"required": _("Choose the customer who goes on.")},
    )
    note = forms.CharField(
        label=_("How you know"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, people: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_into(self) -> Customer:
        return _named(self.people, self.cleaned_data["into"])


class OtherForm(forms.Form):
    """Another customer, by number; `people` are those the asker may see."""

    other = forms.CharField(max_length=20)

    def __init__(self, *args: Any, people: QuerySet[Customer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people

    def clean_other(self) -> Customer:
        return _named(self.people, self.cleaned_data["other"])


def _named(people: QuerySet[Customer], typed: str) -> Customer:
    found = people.filter(number=typed.strip().upper()).first()
    if found is None:
        raise forms.ValidationError(_("There is no customer %(typed)s."), params={"typed": typed})
    return found


class EditForm(forms.Form):
    """What staff may change of a customer."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=Language, help_text=_("We write in this language.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    tier = forms.ModelChoiceField(
        label=_("Tier"), queryset=Tier.objects.all(), required=False, empty_label=_("No tier")
    )


class ContactForm(forms.Form):
    """A new way to reach a customer."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(k.value, k.label) for k in list(ContactPoint.Kind)[:2]]
    )
    value = forms.CharField(label=_("E-mail address or phone number"), max_length=254)


class AccountForm(forms.Form):
    """What customers may change of themselves."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=Language, help_text=_("Pages and mails speak this language.")
    )


class AnyOf(forms.MultipleChoiceField):
    """Any number of the choices, none of them too."""

    def validate(self, value: list[str]) -> None:
        """Nothing chosen is a choice."""
        if value:
            super().validate(value)


class NewsForm(forms.Form):
    """How a customer hears from us, and what of it. What is ticked is told."""

    way = forms.ChoiceField(label=_("How shall we tell you?"), choices=NewsWay, widget=forms.RadioSelect)
    topics = AnyOf(
        label=_("What would you like to hear?"),
        choices=Topic,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        wanted = [topic for topic in Topic.values if topic not in customer.news_off]
        kwargs["initial"] = {"way": customer.news_way, "topics": wanted}
        super().__init__(*args, **kwargs)

    @property
    def off(self) -> list[str]:
        """The topics that were not ticked."""
        return [topic for topic in Topic.values if topic not in self.cleaned_data["topics"]]


class SignInForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}
        ),
    )

    def clean_email(self) -> str:
        """The address in the form in which it is compared."""
        email = rules.normal_email(self.cleaned_data["email"])
        if not email:
            raise forms.ValidationError(_("This is not an e-mail address."))
        return email


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class FindOrderForm(forms.Form):
    """The two things that open an order without an account."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("It stands in the mail that confirmed your order."),
    )
    contact = forms.CharField(
        label=_("E-mail address or phone number"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"}
        ),
        help_text=_("The one you gave when you ordered."),
    )
