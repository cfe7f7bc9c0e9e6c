"""What administrators say about a connection, by kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team
from channels import previews, rules
from channels.adapters import ADAPTERS
from channels.connection_states import ConnectionKind
from channels.models import Connection
from channels.models.connections import check_address
from channels.wechat.sealed import is_key
from orders.models import Shop
from tickets.states import Channel

SAMPLE_LENGTH = 20_000


class ConnectionForm(forms.Form):
    """What every connection has. `slug` is asked for only once; it stands in the address of the door."""

    kind = ""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("As colleagues know it."))
    slug = forms.SlugField(
        label=_("Name in addresses"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens. It cannot be changed later."),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(one.value, one.label) for one in (Channel.SOCIAL, Channel.SHOP, Channel.API)],
        help_text=_("Tickets that come this way are marked with it."),
    )
    shop = forms.ModelChoiceField(
        label=_("Shop"), queryset=Shop.objects.all(), required=False, empty_label=_("No shop")
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.all(),
        required=False,
        empty_label=_("As the routing rules say"),
        help_text=_("New tickets go there. Without a team the usual rules decide."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=Language, help_text=_("Of customers whose language we do not know yet.")
    )
    trusts_contacts = forms.BooleanField(
        label=_("It vouches for e-mail addresses and phone numbers"),
        required=False,
        help_text=_("A customer who has the same one is then the same person."),
    )
    carries_news = forms.BooleanField(
        label=_("Automatic news go this way too"),
        required=False,
        help_text=_(
            "That a request arrived, is solved, where a return stands. Some marketplaces forbid it. "
            "Otherwise news go by e-mail."
        ),
    )
    window_hours = forms.IntegerField(
        label=_("Hours in which we may answer"),
        min_value=1,
        max_value=24 * 30,
        required=False,
        help_text=_("After the customer wrote last. Empty: always."),
    )
    silent_hours = forms.IntegerField(
        label=_("Hours of silence that are unusual"),
        min_value=1,
        max_value=24 * 30,
        required=False,
        help_text=_("Administrators are told then. Empty: never."),
    )

    secret_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, connection: Connection | None = None, **kwargs: Any) -> None:
        self.connection = connection
        if connection is not None:
            kwargs.setdefault("initial", {}).update(self.values_of(connection))
        else:
            window = ADAPTERS[self.kind].window_hours
            initial = {
                "window_hours": window,
                "trusts_contacts": self.kind == ConnectionKind.WHATSAPP,
                "carries_news": self.kind != ConnectionKind.GENERIC,
            }
            kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        for name in ("slug", *self.secret_fields) if connection is not None else ():
            del self.fields[name]

    def values_of(self, connection: Connection) -> dict[str, Any]:
        """What the form shows of a connection."""
        names = [name for name in self.base_fields if hasattr(connection, name)]
        return {name: getattr(connection, name) for name in names}

    @property
    def told(self) -> dict[str, Any]:
        """What the form says, without name in addresses and secrets."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("slug", *self.secret_fields) and not name.startswith("at_")
        }

    @property
    def secrets(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in self.secret_fields}


class GenericForm(ConnectionForm):
    """A system that signs: where to send answers, and where it keeps our fields."""

    kind = ConnectionKind.GENERIC

    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[
            (one.value, one.label) for one in (Channel.SHOP, Channel.SOCIAL, Channel.API, Channel.PHONE)
        ],
        help_text=_("Tickets that come this way are marked with it. A telephone system tells of calls."),
    )
    address = forms.CharField(
        label=_("Address for our answers"),
        max_length=300,
        required=False,
        validators=[check_address],
        help_text=_("We send them there as signed JSON. Empty: answers go by e-mail."),
    )
    sample = forms.CharField(
        label=_("A sample of what it sends"),
        required=False,
        max_length=SAMPLE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text=_("Paste one call as JSON and look at what it becomes. Leave out what is private."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapping: Mapping[str, str] = self.connection.mapping if self.connection else {}
        for name in dict.fromkeys((*rules.MESSAGE_FIELDS, *rules.CALL_FIELDS)):
            self.fields[f"at_{name}"] = forms.CharField(
                label=previews.LABELS[name],
                max_length=120,
                required=False,
                initial=mapping.get(name, ""),
                widget=forms.TextInput(
                    attrs={"spellcheck": "false", "autocapitalize": "off", "class": "mono"}
                ),
            )

    @property
    def channel_now(self) -> str:
        return str(self["channel"].value() or Channel.SHOP)

    @property
    def paths(self) -> list[forms.BoundField]:
        """The fields of the mapping that count for the channel."""
        return [self[f"at_{name}"] for name in previews.fields_of(self.channel_now)]

    @property
    def mapping_now(self) -> dict[str, str]:
        """The paths as they stand in the form, also while other fields are wrong."""
        known = {
            name: str(self[f"at_{name}"].value() or "").strip()
            for name in previews.fields_of(self.channel_now)
        }
        return {name: path for name, path in known.items() if path}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        channel = cleaned.get("channel", Channel.SHOP)
        needed = rules.NEEDED[previews.kind_of(channel)]
        mapping = {name: cleaned.get(f"at_{name}", "").strip() for name in previews.fields_of(channel)}
        for name, path in mapping.items():
            if path and not rules.is_path(path):
                self.add_error(f"at_{name}", _("A path is names with full stops between them: message.text"))
            elif not path and name in needed:
                self.add_error(f"at_{name}", _("This path is needed."))
        cleaned["mapping"] = {name: path for name, path in mapping.items() if path}
        return cleaned


def _secret(label: Any, hint: Any = "", *, required: bool = True) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False)
    return forms.CharField(label=label, max_length=400, required=required, widget=widget, help_text=hint)


class WeChatForm(ConnectionForm):
    """A WeChat official account."""

    kind = ConnectionKind.WECHAT
    secret_fields = ("token", "app_secret", "aes_key")

    account = forms.CharField(label="AppID", max_length=40)
    address = forms.CharField(
        label=_("Address of WeChat's API"),
        max_length=300,
        required=False,
        validators=[check_address],
        help_text=_("Empty: the usual one."),
    )
    token = _secret(_("Token of the door"), _("As in the account's server settings."))
    app_secret = _secret("AppSecret")
    aes_key = _secret("EncodingAESKey", _("43 letters, for the safe mode."), required=False)

    def clean_aes_key(self) -> str:
        """Wrong length is what goes wrong here."""
        key = str(self.cleaned_data["aes_key"])
        if key and not is_key(key):
            raise forms.ValidationError(_("An EncodingAESKey has 43 letters and digits."))
        return key


class WhatsAppForm(ConnectionForm):
    """A phone number of the WhatsApp Cloud API."""

    kind = ConnectionKind.WHATSAPP
    secret_fields = ("app_secret", "verify_token", "access_token")

    account = forms.CharField(label=_("Id of our phone number"), max_length=40)
    business_account = forms.CharField(
        label=_("Id of our business account"),
        max_length=40,
        required=False,
        help_text=_("Needed for message templates; WhatsApp shows it beside the number."),
    )
    address = forms.CharField(
        label=_("Address of WhatsApp's API"),
        max_length=300,
        required=False,
        validators=[check_address],
        help_text=_("Empty: the usual one."),
    )
    app_secret = _secret(_("Secret of the app"))
    verify_token = _secret(_("Word of the door"), _("A word of your choice; give the same to WhatsApp."))
    access_token = _secret(_("Access token"), _("A permanent one, of a system user."))


FORMS: Mapping[str, type[ConnectionForm]] = {
    ConnectionKind.GENERIC: GenericForm,
    ConnectionKind.WECHAT: WeChatForm,
    ConnectionKind.WHATSAPP: WhatsAppForm,
}


def secrets_form(connection: Connection, data: Any = None) -> forms.Form:
    """The secrets of a connection, each of which may be left as it is."""
    base = FORMS[connection.kind]
    form = forms.Form(data)
    for name in base.secret_fields:
        known = base.base_fields[name]
        form.fields[name] = _secret(known.label, _("Empty: as it is."), required=False)
    return form
