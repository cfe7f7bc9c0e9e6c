"""What is due: mails that were kept and not worked on, mailboxes whose mail is to be fetched."""

from datetime import datetime

from channels.actions import mail_keeping
from channels.actions.mail_taking import work
from channels.actions.mailboxes import fetch_next
from channels.models import IncomingMail

BATCH = 100


def work_mail(at: datetime, *, limit: int = BATCH) -> int:
    """Work on mails whose first taker died or failed; returns how many."""
    due = list(IncomingMail.objects.due(at)[:limit])
    for row in due:
        work(row)
    return len(due)


def fetch_mail(at: datetime) -> int:
    """Call at every mailbox whose turn it is; returns how many mails came."""
    came = 0
    while (fetched := fetch_next(at)) is not None:
        came += fetched
    return came


def delete_originals(at: datetime) -> int:
    """Delete the bytes of mails that were kept long enough, a batch after the other; returns how many."""
    gone = 0
    while (done := mail_keeping.sweep(at)) > 0:
        gone += done
    return gone
