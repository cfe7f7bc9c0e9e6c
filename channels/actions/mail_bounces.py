"""Mail of ours that came back: noted on the mail, on the ticket, and on the address.

Only a report that names a mail of ours by the name that we alone gave it is believed; else anybody could have
anybody's mail stopped.
"""

from datetime import timedelta

from django.db import transaction

from channels.actions.mail_settling import settle
from channels.actions.suppression import suppress
from channels.email import bounces
from channels.email.bounces import Bounce
from channels.email.parsing import Mail
from channels.email.states import MailState, Reason
from channels.models import IncomingMail
from core import clock, events
from core.actors import SYSTEM
from core.models import OutgoingMail, SuppressedAddress
from tickets.models import Ticket

SOFT_BOUNCES = 5
"""So many mails that came back within a month, without one reason to think the mailbox gone, are enough."""

SENT = (OutgoingMail.State.SENT, OutgoingMail.State.SENDING, OutgoingMail.State.BOUNCED)


def take(row: IncomingMail, mail: Mail) -> IncomingMail:
    """Note what a report says about our own mail; the report itself is kept and ignored."""
    said = bounces.read(mail)
    with transaction.atomic():
        ours = _ours(said)
        ticket = _ticket_of(ours) if ours else None
        settled = settle(row, MailState.IGNORED, Reason.BOUNCE, ticket=ticket)
        if ours is not None and said.is_final and ours.state != OutgoingMail.State.BOUNCED:
            _came_back(ours, said, ticket)
    return settled


def _ours(said: Bounce) -> OutgoingMail | None:
    """The mail a report is about, while nobody else changes it."""
    if not said.ids:
        return None
    sent = OutgoingMail.objects.filter(message_id__in=said.ids, state__in=SENT).order_by("-pk")
    return sent.select_for_update().first()


def _ticket_of(mail: OutgoingMail) -> Ticket | None:
    kind, _colon, pk = mail.about.partition(":")
    return Ticket.objects.filter(pk=pk).first() if kind == "ticket" else None


def _came_back(mail: OutgoingMail, said: Bounce, ticket: Ticket | None) -> None:
    mail.state, mail.last_error = OutgoingMail.State.BOUNCED, said.said
    mail.save(update_fields=["state", "last_error"])
    if ticket is not None:
        events.record(
            "mail.came_back",
            mail,
            thread=ticket,
            by=SYSTEM,
            number=ticket.number,
            to=mail.to,
            why=said.said[:200],
        )
    if said.recipients and mail.to.lower() not in said.recipients:
        return  # passed on by its reader to an address that is none of our business
    if said.is_hard:
        suppress(mail.to, reason=SuppressedAddress.Reason.HARD_BOUNCE, detail=said.said, by=SYSTEM)
    elif _came_back_often(mail.to):
        suppress(mail.to, reason=SuppressedAddress.Reason.SOFT_BOUNCES, detail=said.said, by=SYSTEM)


def _came_back_often(address: str) -> bool:
    since = clock.now() - timedelta(days=30)
    back = OutgoingMail.objects.filter(to=address, state=OutgoingMail.State.BOUNCED, created_at__gt=since)
    return back.count() >= SOFT_BOUNCES
