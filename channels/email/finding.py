"""Which ticket a mail belongs to. What is signed is believed; what anybody could write is believed of those
who have to do with the ticket, and else only says what the mail may be about."""

import re
from collections.abc import Iterable, Mapping, Sequence
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
MOST_EARLIER = 20

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


def find(mail: Mail, *, recipient: str, proof: Proof, mailbox: Mailbox | None = None) -> Found:
    """The ticket of a mail: by signed address, signed Message-ID, number in its subject, in this order.

    `mailbox` is where it arrived; what was signed for another mailbox is believed no more than a number.
    """
    boxes = {str(box.uuid): box for box in Mailbox.objects.filter(answers=True)}
    owned = {box.answered_at for box in boxes.values()} - {settings.MAIL_REPLY_ADDRESS.lower()}
    by_id = _by_message_id(mail.references, boxes)
    if by_id is not None and _is_elsewhere(by_id, mailbox, boxes, [recipient, *mail.recipients]):
        by_id = None
    for named in (_by_address([recipient, *mail.recipients], owned), by_id):
        if named is not None and (ticket := _ticket(named.number)) is not None:
            return Found(ticket, is_signed=True, staff=named.staff)
    named_in_subject = _by_subject(mail.subject)
    believed = set() if proof == Proof.FAIL else _people(mail.sender)
    if named_in_subject is not None and is_participant(named_in_subject, believed):
        return Found(named_in_subject)
    answered = _by_earlier_mails(mail.references)
    for ticket in answered:
        if is_participant(ticket, believed):
            return Found(ticket)
    return Found(doubted=named_in_subject or next(iter(answered), None))


def _by_address(addresses: Iterable[str], owned: set[str]) -> Named | None:
    found = (addressing.named_by_address(one, owned=owned) for one in addresses)
    return next((named for named in found if named), None)


def _by_message_id(ids: Iterable[str], keys: Iterable[str]) -> Named | None:
    known = list(keys)
    return next((named for one in ids if (named := addressing.named_by_message_id(one, keys=known))), None)


def _is_elsewhere(
    named: Named, mailbox: Mailbox | None, boxes: Mapping[str, Mailbox], addresses: Iterable[str]
) -> bool:
    """Whether what was signed for one mailbox arrived in another, to which alone it was written."""
    if mailbox is None or str(mailbox.uuid) not in boxes or named.sender == str(mailbox.uuid):
        return False
    signer = boxes.get(named.sender)
    own = {signer.address.lower(), signer.answered_at} if signer else {settings.MAIL_REPLY_ADDRESS.lower()}
    if not signer and mailbox.address.lower() in own:
        return False
    return not own & {_PLUS.sub("", address.lower()) for address in addresses}


def addressed(mail: Mail, recipient: str) -> Mailbox | None:
    """The mailbox to which a mail was written that came without one, as by the pipe of a mail server."""
    written = {_PLUS.sub("", address.lower()) for address in (recipient, *mail.recipients) if address}
    boxes = Mailbox.objects.filter(is_active=True).select_related("team")
    return next((box for box in boxes if {box.address.lower(), box.answered_at} & written), None)


def _by_subject(subject: str) -> Ticket | None:
    found = _TOKEN.search(subject)
    return _ticket(f"T-{found[1]}") if found else None


def _by_earlier_mails(ids: Sequence[str]) -> list[Ticket]:
    """The tickets of mails that this one answers, as people add to what they wrote; the latest first.

    A message may have been moved to another ticket since. Anybody can call a mail by the name of another, so
    there may be several.
    """
    if not ids:
        return []
    known = IncomingMail.objects.filter(mail_id__in=ids, state=MailState.TAKEN).exclude(ticket=None)
    rows = known.select_related("ticket", "message__ticket").order_by("-pk")[:MOST_EARLIER]
    found = (row.message.ticket if row.message else row.ticket for row in rows)
    return [ticket for ticket in found if ticket is not None]


def _ticket(number: str) -> Ticket | None:
    return Ticket.objects.select_related("customer").filter(number=number).first()


def _people(address: str) -> set[int]:
    return set(people.reached_by(address).values_list("customer", flat=True)) if "@" in address else set()


def is_ours(mail: Mail) -> bool:
    """Whether we sent it: from one of our addresses, or called by a name that only we give."""
    if _PLUS.sub("", mail.sender.lower()) in own_addresses():
        return True
    keys = [str(uuid) for uuid in Mailbox.objects.filter(answers=True).values_list("uuid", flat=True)]
    if addressing.named_by_message_id(mail.message_id, keys=keys) is not None:
        return True
    return bool(mail.message_id) and OutgoingMail.objects.filter(message_id=mail.message_id).exists()


def own_addresses() -> set[str]:
    """The addresses that customers write to and hear from."""
    ours = {parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.MAIL_REPLY_ADDRESS}
    for address, answers in Mailbox.objects.values_list("address", "reply_address"):
        ours |= {address, answers}
    return {address.lower() for address in ours if address}


def member(address: str) -> User | None:
    """The member of staff an address belongs to."""
    return User.objects.filter(email__iexact=address, is_active=True).first() if address else None
