"""Which ticket a mail belongs to. What is signed is believed; what anybody could write is believed of those
who have to do with the ticket, and else only says what the mail may be about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from accounts.models import User
from channels.email.parsing import Mail
from channels.email.states import MailState, Proof
from channels.models import IncomingMail, Mailbox
from core.models import OutgoingMail
from customers import queries as people
from tickets import addressing
from tickets.addressing import Named, is_participant
from tickets.models import Ticket

_TOKEN = re.compile(r"[\[【(（]\s?T-(\d{1,18})\s?[\]】)）]", re.IGNORECASE)
_PLUS = re.compile(r"\+[^@]*(?=@)")


@dataclass(frozen=True)
class Found:
    """`ticket` is the one a mail belongs to; `doubted` one that it names without being believed.

    `is_signed`: our own signature led there; `staff` is the key of the member for whom it was signed.
    """

    ticket: Ticket | None = None
    doubted: Ticket | None = None
    is_signed: bool = False
    staff: int | None = None


def find(mail: Mail, *, recipient: str, proof: Proof) -> Found:
    """The ticket of a mail: by signed address, signed Message-ID, number in its subject, in this order."""
    for named in (_by_address([recipient, *mail.recipients]), _by_message_id(mail.references)):
        if named is not None and (ticket := _ticket(named.number)) is not None:
            return Found(ticket, is_signed=True, staff=named.staff)
    named_in_subject = _by_subject(mail.subject)
    believed = set() if proof == Proof.FAIL else _people(mail.sender)
    if named_in_subject is not None and is_participant(named_in_subject, believed):
        return Found(named_in_subject)
    if (answered := _by_earlier_mail(mail.references)) is not None and is_participant(answered, believed):
        return Found(answered)
    return Found(doubted=named_in_subject or answered)


def _by_address(addresses: Iterable[str]) -> Named | None:
    return next((named for one in addresses if (named := addressing.named_by_address(one))), None)


def _by_message_id(ids: Iterable[str]) -> Named | None:
    return next((named for one in ids if (named := addressing.named_by_message_id(one))), None)


def _by_subject(subject: str) -> Ticket | None:
    found = _TOKEN.search(subject)
    return _ticket(f"T-{found[1]}") if found else None


def _by_earlier_mail(ids: Sequence[str]) -> Ticket | None:
    """The ticket of a mail of the customer's own that this one answers, as people add to what they wrote."""
    known = IncomingMail.objects.filter(mail_id__in=ids, state=MailState.TAKEN).exclude(ticket=None)
    row = known.select_related("ticket").order_by("-pk").first() if ids else None
    return row.ticket if row else None


def _ticket(number: str) -> Ticket | None:
    return Ticket.objects.select_related("customer").filter(number=number).first()


def _people(address: str) -> set[int]:
    return set(people.reached_by(address).values_list("customer", flat=True)) if "@" in address else set()


def is_ours(mail: Mail) -> bool:
    """Whether we sent it: from one of our addresses, or called by a name that only we give."""
    if _PLUS.sub("", mail.sender.lower()) in own_addresses():
        return True
    if addressing.named_by_message_id(mail.message_id) is not None:
        return True
    return bool(mail.message_id) and OutgoingMail.objects.filter(message_id=mail.message_id).exists()


def own_addresses() -> set[str]:
    """The addresses that customers write to and hear from."""
    ours = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.MAIL_REPLY_ADDRESS}
    return {address.lower() for address in (*ours, *Mailbox.objects.values_list("address", flat=True))}


def member(address: str) -> User | None:
    """The member of staff an address belongs to."""
    return User.objects.filter(email__iexact=address, is_active=True).first() if address else None
