"""From whom our mails come: the installation, or whom a floor above names for what a mail is about."""

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Sender:
    """`address` is whom mails come from, `reply_address` where answers go.

    `plus`: what stands behind a plus sign arrives there too. `key` names the sender for good, also when its
    address changes; "" is the installation itself.
    """

    name: str
    address: str
    reply_address: str
    plus: bool
    key: str = ""

    @property
    def written(self) -> str:
        """As it stands in a From header."""
        return formataddr((self.name, self.address))

    @property
    def host(self) -> str:
        """The domain mails are named by."""
        return self.address.rpartition("@")[2] or "localhost"


def installation() -> Sender:
    """The sender that the settings name."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Sender(name, address, str(settings.MAIL_REPLY_ADDRESS), bool(settings.MAIL_PLUS_ADDRESS))


def of(about: Model | None) -> Sender:
    """The sender of a mail about something."""
    found: Sender = import_string(settings.MAIL_SENDERS)(about)
    return found


def line_of(written: str) -> Any:
    """How mails from an address leave the house: a mail connection, None for the common one."""
    return import_string(settings.MAIL_LINES)(parseaddr(written)[1])
