"""How an answer to a mail finds its ticket: signed addresses and Message-IDs that nobody else can make.

A mail about a ticket asks for answers to "service+T10042.<signature>@host" and is itself called
"<T10042.<unique>.<signature>@host>". Mail programs keep at least one of the two. What goes to a member of
staff is signed for that member, so that a customer's answer can never pass for one of ours.
"""

import re
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.models import User
from core import mail
from tickets.models import Message, Ticket
from tickets.states import Channel

SIGNATURE = 10
"""Bytes of a signature: with 80 bits nobody guesses one by sending mails."""

REFERENCES = 10
"""So many Message-IDs of the customer stand in a mail's References."""

_SIGN = r"[a-z2-7]{16}"
_ADDRESS = re.compile(
    rf"\+t(?P<digits>\d{{1,18}})(?:-(?P<staff>\d{{1,18}}))?\.(?P<sign>{_SIGN})@", re.IGNORECASE
)
_MESSAGE_ID = re.compile(
    rf"<t(?P<digits>\d{{1,18}})\.(?P<unique>[0-9a-z]{{1,40}})\.(?P<sign>{_SIGN})@", re.IGNORECASE
)


@dataclass(frozen=True)
class Named:
    """A ticket as a signed text names it; `staff` is the key of the member an address was signed for."""

    number: str
    staff: int | None = None


def reply_address(ticket: Ticket, *, staff: User | None = None) -> str:
    """The address for answers about a ticket; the plain one where plus-addresses do not arrive."""
    local, _at, host = settings.MAIL_REPLY_ADDRESS.rpartition("@")
    if not settings.MAIL_PLUS_ADDRESS or not local:
        return str(settings.MAIL_REPLY_ADDRESS)
    name = ticket.number.replace("-", "") + (f"-{staff.pk}" if staff else "")
    return f"{local}+{name}.{_signature('address', name)}@{host}"


def message_id(ticket: Ticket, unique: str) -> str:
    """The signed Message-ID of a mail about a ticket; the same for the same `unique`."""
    name, unique = ticket.number.replace("-", ""), sha256(unique.encode()).hexdigest()[:20]
    return f"<{name}.{unique}.{_signature('message', f'{name}.{unique}')}@{mail.host()}>"


def headers(
    ticket: Ticket, key: str, *, in_person: bool = False, staff: User | None = None
) -> dict[str, str]:
    """What every mail about a ticket carries. `key` is that of the mail; `staff` is whom it goes to.

    `in_person` says that a person wrote it, so that the other side's machines may answer as they like.
    """
    root = message_id(ticket, "thread")
    said = [] if staff else list(_ids_of_customer(ticket))
    return {
        "Message-ID": message_id(ticket, key),
        "Reply-To": reply_address(ticket, staff=staff),
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


def named_by_address(address: str) -> Named | None:
    """The ticket a signed address leads to; None for any other address, a forged one included."""
    found = _ADDRESS.search(address)
    if found is None:
        return None
    name = f"T{found['digits']}" + (f"-{found['staff']}" if found["staff"] else "")
    if not _is_signed("address", name, found["sign"]):
        return None
    return Named(f"T-{found['digits']}", int(found["staff"]) if found["staff"] else None)


def named_by_message_id(text: str) -> Named | None:
    """The ticket of a signed Message-ID; None for any other, a forged one included."""
    found = _MESSAGE_ID.search(text)
    if found is None:
        return None
    name = f"T{found['digits']}.{found['unique'].lower()}"
    return Named(f"T-{found['digits']}") if _is_signed("message", name, found["sign"]) else None


def signed_ids_in(text: str) -> list[str]:
    """The Message-IDs of ours in a text, such as that of a mail that came back."""
    whole = re.findall(rf"<T\d{{1,18}}\.[0-9a-z]{{1,40}}\.{_SIGN}@[^>\s]{{1,200}}>", text, re.IGNORECASE)
    return [one for one in dict.fromkeys(whole) if named_by_message_id(one)]


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
