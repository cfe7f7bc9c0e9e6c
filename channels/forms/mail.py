"""Input of the pages about mail."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from channels.actions.mail_keeping import LONGEST_KEEPING, SHORTEST_KEEPING
from channels.actions.mailboxes import SignIn
from channels.email import oauth, smtp
from channels.email.states import FETCHED, Fetching, Provider
from channels.models import Mailbox, MailGrant, MailKeeping
from core.forms import say_what_empty_means
from tickets.access import tickets_for
from tickets.models import Ticket

SMTP_WRONG = _(
    "That is no address of a mail server. Write it as smtp+tls://name:password@smtp.example.com:587."
)


def keeping_wrong() -> str:
    """Why originals cannot be kept for so many days."""
    limits = {"least": SHORTEST_KEEPING, "most": LONGEST_KEEPING}
    return gettext("Between %(least)s and %(most)s days, or 0 for ever.") % limits


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

    provider = forms.ChoiceField(
        label=_("Signs in"),
        required=False,
        choices=[("", _("with a password")), *Provider.choices],
        help_text=_("Microsoft and Google let programs in only after somebody signed in there and agreed."),
    )
    client_id = forms.CharField(
        label=_("Client ID"),
        required=False,
        max_length=255,
        help_text=_("Of the application that you registered with the provider."),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        strip=False,
        help_text=_("Left empty it stays as it is. It is kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    tenant = forms.RegexField(
        r"^[A-Za-z0-9.-]{1,100}$",
        label=_("Directory (tenant)"),
        required=False,
        max_length=100,
        help_text=_("Only for Microsoft: the ID or domain of your organisation."),
        error_messages={"invalid": _("Letters, digits, dots and dashes only.")},
    )
    secret = forms.CharField(
        label=_("Password or signing secret"),
        required=False,
        max_length=500,
        strip=False,
        help_text=_("Left empty it stays as it is. It is kept encrypted and never shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    smtp_url = forms.CharField(
        label=_("Own mail server for sending"),
        required=False,
        max_length=500,
        help_text=_(
            "For example smtp+tls://name:password@smtp.example.com:587. Left empty it stays as it is. "
            "It is kept encrypted and never shown again."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    no_smtp = forms.BooleanField(
        label=_("Send through the common mail server"),
        required=False,
        help_text=_("Forgets the own mail server."),
    )

    LEFT_EMPTY: ClassVar[dict[str, Any]] = {"team": _("As the routing rules say"), "shop": _("No shop")}

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
            "shop",
            "answers",
            "is_default",
            "from_name",
            "reply_address",
            "plus",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_empty_means(self, self.LEFT_EMPTY)
        if (grant := self._grant()) is not None:
            for name in ("provider", "client_id", "tenant"):
                self.fields[name].initial = getattr(grant, name)

    def _grant(self) -> MailGrant | None:
        stored = self.instance.pk is not None
        return MailGrant.objects.filter(mailbox=self.instance).first() if stored else None

    def clean_from_name(self) -> str:
        """A name that can stand in a header."""
        return " ".join(str(self.cleaned_data["from_name"]).split())

    def clean_smtp_url(self) -> str:
        """An address that leads to a mail server."""
        given = str(self.cleaned_data["smtp_url"]).strip()
        if given and not smtp.is_address(given):
            raise forms.ValidationError(SMTP_WRONG)
        return given

    def clean(self) -> dict[str, Any]:
        """A mailbox that we call at needs a server, a name and a password or a provider."""
        given = super().clean() or {}
        if given.get("provider"):
            self._complete(given)
        if given.get("fetching") in FETCHED:
            for name in ("host", "username"):
                if not given.get(name):
                    self.add_error(name, _("Without this nobody can call there."))
            if not given.get("provider") and not given.get("secret") and not self.instance.sealed_secret:
                self.add_error("secret", _("Without this nobody can call there."))
        if given.get("fetching") == Fetching.WEBHOOK and given.get("secret") and len(given["secret"]) < 16:
            self.add_error("secret", _("At least 16 characters, so that nobody guesses it."))
        return given

    def _complete(self, given: dict[str, Any]) -> None:
        """What is known of a provider need not be typed."""
        where = oauth.endpoints(given["provider"])
        if not given.get("client_id") and not self.errors.get("client_id"):
            self.add_error("client_id", _("Without this the provider does not know who asks."))
        if not given.get("host"):
            given["host"] = where.pop if given.get("fetching") == Fetching.POP else where.imap
        given["username"] = given.get("username") or given.get("address", "")

    @property
    def sign_in(self) -> SignIn:
        """How the mailbox signs in."""
        given = self.cleaned_data
        return SignIn(given["provider"], given["client_id"], given["client_secret"], given["tenant"])

    @property
    def way_out(self) -> str | None:
        """The mail server it sends through: "" leaves it as it is, None forgets it."""
        return None if self.cleaned_data["no_smtp"] else self.cleaned_data["smtp_url"]


class KeepingForm(forms.ModelForm[MailKeeping]):
    """How long original mails are kept."""

    class Meta:
        model = MailKeeping
        fields = ("days",)

    def clean_days(self) -> int:
        """For ever, or long enough to look something up."""
        days = int(self.cleaned_data["days"])
        if 0 < days < SHORTEST_KEEPING or days > LONGEST_KEEPING:
            raise forms.ValidationError(keeping_wrong())
        return days


class SuppressionForm(forms.Form):
    """An address to which nothing is to be sent."""

    address = forms.EmailField(label=_("E-mail address"), max_length=254)
