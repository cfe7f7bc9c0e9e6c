"""Input of the pages about mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.email.states import FETCHED, Fetching
from channels.models import Mailbox
from tickets.access import tickets_for
from tickets.models import Ticket


class TakeInForm(forms.Form):
    """Where a mail that was put aside goes: to a ticket, or without a number to a new one."""

    number = forms.CharField(
        label=_("Ticket number"),
        required=False,
        max_length=20,
        help_text=_("Empty: a new ticket is opened."),
        widget=forms.TextInput(attrs={"placeholder": "T-10042", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, reader: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader

    def clean_number(self) -> Ticket | None:
        """The ticket, as far as the reader may see it."""
        typed = str(self.cleaned_data["number"]).strip().upper()
        if not typed:
            return None
        number = typed if typed.startswith("T-") else f"T-{typed.removeprefix('T')}"
        found = tickets_for(self.reader).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no ticket %(number)s.") % {"number": number})
        return found


class MailboxForm(forms.ModelForm[Mailbox]):
    """A mailbox. What is secret is never shown again; left empty it stays as it is."""

    secret = forms.CharField(
        label=_("Password or signing secret"),
        required=False,
        max_length=500,
        strip=False,
        help_text=_("Left empty it stays as it is. It is kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Mailbox
        fields = (
            "name",
            "address",
            "fetching",
            "host",
            "port",
            "security",
            "username",
            "folder",
            "deletes",
            "language",
            "team",
            "is_active",
        )

    def clean(self) -> dict[str, Any]:
        """A mailbox that we call at needs a server, a name and a password."""
        given = super().clean() or {}
        if given.get("fetching") in FETCHED:
            for name in ("host", "username"):
                if not given.get(name):
                    self.add_error(name, _("Without this nobody can call there."))
            if not given.get("secret") and not self.instance.sealed_secret:
                self.add_error("secret", _("Without this nobody can call there."))
        if given.get("fetching") == Fetching.WEBHOOK and given.get("secret") and len(given["secret"]) < 16:
            self.add_error("secret", _("At least 16 characters, so that nobody guesses it."))
        return given


class SuppressionForm(forms.Form):
    """An address to which nothing is to be sent."""

    address = forms.EmailField(label=_("E-mail address"), max_length=254)
