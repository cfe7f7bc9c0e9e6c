"""What people do with mails that were put aside: take them in after all, or discard them."""

from django.db import transaction

from accounts.models import User
from channels.actions.mail_settling import store
from channels.actions.mail_taking import DONE, bytes_of, describe, keep_files, lay_out, take, words_of
from channels.email import finding
from channels.email.automatic import Judgement
from channels.email.charsets import text_of, tidy
from channels.email.finding import Found
from channels.email.parsing import Mail, Unreadable, read
from channels.email.states import MailState, Outcome, Reason
from channels.models import IncomingMail
from core import events
from core.errors import Refused
from customers.rules import normal_email
from tickets import actions as tickets
from tickets.models import Message, Ticket

RAW_SHOWN = 20_000


def take_in(row: IncomingMail, *, by: User, ticket: Ticket | None = None) -> IncomingMail:
    """Make a message of a mail that was put aside, on `ticket` or on a new one; twice changes nothing.

    What cannot be read, has no sender, or comes from a colleague becomes a note on the ticket named. Refuses
    with mail.no_ticket where a ticket has to be named for that, with mail.discarded for one put away.
    """
    row = IncomingMail.objects.select_related("mailbox__team").get(pk=row.pk)
    if row.state == MailState.TAKEN:
        return row
    if row.state == MailState.DISCARDED:
        raise Refused("mail.discarded")
    mail = _read(row)
    if mail is None or not normal_email(mail.sender) or finding.member(mail.sender) is not None:
        taken = _noted(row, mail, ticket, by=by)
    else:
        taken = take(row, mail, Found(ticket), Judgement(quiet=True), by=by)
    if taken.state == MailState.DISCARDED:  # by a colleague, meanwhile
        raise Refused("mail.discarded")
    return taken


def _read(row: IncomingMail) -> Mail | None:
    try:
        mail = read(bytes_of(row))
    except Unreadable:
        return None
    describe(row, mail)
    return mail


@transaction.atomic
def _noted(row: IncomingMail, mail: Mail | None, ticket: Ticket | None, *, by: User) -> IncomingMail:
    if ticket is None:
        raise Refused("mail.no_ticket")
    locked = IncomingMail.objects.select_for_update().get(pk=row.pk)
    if locked.state in DONE:
        return locked
    kept = keep_files(mail.files if mail else ())
    if mail:
        lay_out(row, mail, kept)
    words = words_of(row) if mail else tidy(text_of(bytes_of(row)[:RAW_SHOWN]))
    said = f"{row.sender}\n\n{words}" if row.sender else words
    message = tickets.add_note(ticket, body=said, by=by, attachments=kept.attachments)
    return _done(row, message, by=by)


def _done(row: IncomingMail, message: Message, *, by: User) -> IncomingMail:
    events.record("mail.taken_in", row, by=by, number=message.ticket.number)
    return store(
        row,
        state=MailState.TAKEN,
        outcome=Outcome.APPENDED,
        reason=Reason.BY_HAND,
        ticket=message.ticket,
        message=message,
    )


@transaction.atomic
def discard(row: IncomingMail, *, by: User) -> IncomingMail:
    """Put a mail away for good; it is kept all the same. Twice changes nothing. Refuses with mail.taken."""
    row = IncomingMail.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=row.pk)
    if row.state == MailState.DISCARDED:
        return row
    if row.state == MailState.TAKEN:
        raise Refused("mail.taken", number=row.ticket.number if row.ticket else "")
    row.state, row.next_attempt_at = MailState.DISCARDED, None
    row.save(update_fields=["state", "next_attempt_at"])
    events.record("mail.discarded", row, by=by)
    return row
