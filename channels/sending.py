"""From which mailbox a mail goes out, and through which mail server."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Model

from channels.actions import mail_grants
from channels.email import smtp
from channels.email.states import MailState
from channels.models import IncomingMail, Mailbox
from core import crypto, senders
from core.senders import Sender
from tickets import merged
from tickets.models import Ticket

PURPOSE = "channels.mailbox.smtp"


def sender_of(about: Model | None) -> Sender:
    """Whom a mail comes from: where its ticket came in, else the shop's or team's mailbox, or the default."""
    boxes = list(Mailbox.objects.answering())
    if not boxes:
        return senders.installation()
    box = _of_ticket(about, boxes) if isinstance(about, Ticket) else None
    box = box or next((one for one in boxes if one.is_default), None)
    return sender(box) if box else senders.installation()


def sender(box: Mailbox) -> Sender:
    """The mailbox as a sender."""
    name = box.from_name or parseaddr(settings.DEFAULT_FROM_EMAIL)[0]
    return Sender(name, box.address, box.reply_address or box.address, box.plus, str(box.uuid))


def _of_ticket(ticket: Ticket, boxes: Sequence[Mailbox]) -> Mailbox | None:
    known = {box.pk: box for box in boxes}
    came = IncomingMail.objects.filter(
        ticket__in=merged.family(ticket), state=MailState.TAKEN, mailbox__in=list(known)
    )
    if (latest := came.order_by("-pk").values_list("mailbox", flat=True).first()) is not None:
        return known[latest]
    shop = ticket.order.shop_id if ticket.order else None
    of_shop = (box for box in boxes if shop is not None and box.shop_id == shop)
    of_team = (box for box in boxes if ticket.team_id is not None and box.team_id == ticket.team_id)
    return next(of_shop, None) or next((box for box in of_team if box.shop_id is None), None)


def line_of(address: str) -> BaseEmailBackend | None:
    """The mail server of the mailbox with this address; None where it has none of its own.

    Raises what keeps us from getting there, so that the mail is tried again.
    """
    box = Mailbox.objects.answering().filter(address__iexact=address).select_related("grant").first()
    return line(box) if box is not None else None


def line(box: Mailbox) -> BaseEmailBackend | None:
    """A mailbox's own way out: its SMTP address, or its provider's with the leave it gave."""
    if box.sealed_smtp:
        return smtp.by_password(smtp.read(crypto.unseal(box.sealed_smtp, purpose=PURPOSE)))
    grant = mail_grants.of(box)
    if grant is None:
        return None
    return smtp.by_token(box.username, mail_grants.access(box), smtp.read(mail_grants.provider(grant).smtp))
