"""How an answer to a mail finds its ticket: signed addresses and Message-IDs that nobody else can make.

A mail about a ticket asks for answers to "service+T10042.<signature>@host" and is itself called
"<T10042.<unique>.<signature>@host>". Mail programs keep at least one of the two. What goes to a member of
staff is signed for that member, so that a customer's answer can never pass for one of ours. What a mailbox of
its own sends is signed for that mailbox: put on another's address, the signature is worth nothing.
"""

import re
from base64 import b32encode
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User
from core import mail, senders
from core.senders import Sender
from tickets.models import Message, Ticket
from tickets.states import Channel

SIGNATURE = 10
"""Bytes of a signature: with 80 bits nobody guesses one by sending mails."""

REFERENCES = 10
"""So many Message-IDs of the customer stand in a mail's References."""

_SIGN = r"[a-z2-7]{16}"
_ADDRESS = re.compile(
    rf"(?P<local>[^\s@<>,;:\"+]{{0,64}})\+t(?P<digits>\d{{1,18}})(?:-(?P<staff>\d{{1,18}}))?"
    rf"\.(?P<sign>{_SIGN})@(?P<host>[^\s@<>,;:\"]{{0,253}})",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(
    rf"<t(?P<digits>\d{{1,18}})\.(?P<unique>[0-9a-z]{{1,40}})\.(?P<sign>{_SIGN})@", re.IGNORECASE
)


@dataclass(frozen=True)
class Named:
    """A ticket as a signed text names it; `staff` is the key of the member an address was signed for.

    `sender` is the key of the mailbox that a Message-ID was signed for, "" for the installation.
    """

    number: str
    staff: int | None = None
    sender: str = ""


def reply_address(ticket: Ticket, *, staff: User | None = None, sender: Sender | None = None) -> str:
    """The address for answers about a ticket; the plain one where plus-addresses do not arrive."""
    sender = sender or senders.of(ticket)
    local, _at, host = sender.reply_address.rpartition("@")
    if not sender.plus or not local:
        return sender.reply_address
    name = ticket.number.replace("-", "") + (f"-{staff.pk}" if staff else "")
    return f"{local}+{name}.{_signature('address', _bound(name, sender))}@{host}"


def _bound(name: str, sender: Sender) -> str:
    """What is signed in an address: for a mailbox of its own, the address too."""
    return f"{name}@{sender.reply_address.lower()}" if sender.key else name


def message_id(ticket: Ticket, unique: str, *, sender: Sender | None = None) -> str:
    """The signed Message-ID of a mail about a ticket; the same for the same `unique`."""
    sender = sender or senders.of(ticket)
    name = f"{ticket.number.replace('-', '')}.{sha256(unique.encode()).hexdigest()[:20]}"
    return f"<{name}.{_signature('message', _owned(name, sender.key))}@{sender.host}>"


def _owned(name: str, key: str) -> str:
    return f"{name}@{key}" if key else name


def headers(
    ticket: Ticket, key: str, *, in_person: bool = False, staff: User | None = None
) -> dict[str, str]:
    """What every mail about a ticket carries. `key` is that of the mail; `staff` is whom it goes to.

    `in_person` says that a person wrote it, so that the other side's machines may answer as they like.
    """
    sender = senders.of(ticket)
    root = message_id(ticket, "thread", sender=sender)
    said = [] if staff else list(_ids_of_customer(ticket))
    return {
        **({"From": sender.written} if sender.key else {}),
        "Message-ID": message_id(ticket, key, sender=sender),
        "Reply-To": reply_address(ticket, staff=staff, sender=sender),
        "In-Reply-To": said[-1] if said else root,
        "References": " ".join([root, *said]),
        **(mail.IN_PERSON if in_person else {}),
    }


def _ids_of_customer(ticket: Ticket) -> Iterator[str]:
    """The Message-IDs of what the customer mailed, oldest first, so that mail programs show one thread."""
    written = ticket.messages.filter(
        channel=Channel.EMAIL, actor_kind="customer", external_id__startswith="<"
    )
    latest: list[str] = list(written.order_by("-pk").values_list("external_id", flat=True)[:REFERENCES])
    return (known for one in reversed(latest) if is_plain_id(known := one.split(" ")[0]))


def is_plain_id(text: str) -> bool:
    """Whether a text is a Message-ID that can be repeated in a header of ours."""
    return bool(re.fullmatch(r"<[!-;=?-~]+@[!-;=?-~]+>", text))


def named_by_address(address: str, *, owned: Container[str] = ()) -> Named | None:
    """The ticket a signed address leads to; None for any other address, a forged one included.

    `owned` are reply addresses of mailboxes, in lower case: there only what was signed for them counts.
    """
    found = _ADDRESS.search(address)
    if found is None:
        return None
    base = f"{found['local']}@{found['host']}".lower()
    name = f"T{found['digits']}" + (f"-{found['staff']}" if found["staff"] else "")
    signed = [f"{name}@{base}"] if base in owned else [f"{name}@{base}", name]
    if not any(_is_signed("address", one, found["sign"]) for one in signed):
        return None
    return Named(f"T-{found['digits']}", int(found["staff"]) if found["staff"] else None)


def named_by_message_id(text: str, *, keys: Iterable[str] = ()) -> Named | None:
    """The ticket of a signed Message-ID; None for any other, a forged one included.

    `keys` are those of mailboxes of their own, beside the installation itself.
    """
    found = _MESSAGE_ID.search(text)
    if found is None:
        return None
    name = f"T{found['digits']}.{found['unique'].lower()}"
    for key in ("", *keys):
        if _is_signed("message", _owned(name, key), found["sign"]):
            return Named(f"T-{found['digits']}", sender=key)
    return None


def _signature(purpose: str, name: str, secret: str | bytes | None = None) -> str:
    """Case does not matter in it, as mail servers change that at will."""
    digest = salted_hmac(f"tickets.addressing.{purpose}", name, secret=secret, algorithm="sha256").digest()
    return b32encode(digest[:SIGNATURE]).decode().lower()


def _is_signed(purpose: str, name: str, signature: str) -> bool:
    """Whether one of our keys made the signature; those in SECRET_KEY_FALLBACKS did in their time."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(compare_digest(_signature(purpose, name, key), signature.lower()) for key in secrets)


def is_participant(ticket: Ticket, customers: set[int]) -> bool:
    """Whether one of these people is the ticket's customer or has written on it before."""
    if ticket.customer_id in customers:
        return True
    return Message.objects.filter(ticket=ticket, actor_kind="customer", actor_id__in=customers).exists()
