"""The pipe of a mail server: one mail on standard input, one line of JSON about what came of it."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from channels.actions.mail_landing import land
from channels.actions.mail_taking import work
from channels.email.states import Fetching, Outcome
from channels.models import IncomingMail, Mailbox

TRY_LATER = 75
"""What tells a mail server to keep the mail and hand it over again (EX_TEMPFAIL)."""


class Command(BaseCommand):
    help = "Takes in one mail from standard input: manage.py ingest_email < message.eml"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="", help="The address of the mailbox it was delivered to.")
        parser.add_argument("--recipient", default="", help="The envelope's recipient.")

    def handle(self, *args: Any, **options: Any) -> None:
        mailbox = None
        if options["mailbox"]:
            mailbox = Mailbox.objects.filter(address__iexact=options["mailbox"]).first()
            if mailbox is None:
                raise CommandError(f"There is no mailbox {options['mailbox']}.", returncode=TRY_LATER)
        raw = sys.stdin.buffer.read()
        try:
            row, is_new = land(raw, source=Fetching.PIPE, mailbox=mailbox, recipient=options["recipient"])
        except Exception as error:  # nothing is kept yet, so the mail server has to keep it
            raise CommandError(f"Not kept: {error}", returncode=TRY_LATER) from error
        try:
            row = work(row)
        except Exception as error:  # it is kept, and handed over again it is known: nobody sends it back
            raise CommandError(f"Kept, and not worked on: {error}", returncode=TRY_LATER) from error
        self.stdout.write(json.dumps(told(row, is_new=is_new)))


def told(row: IncomingMail, *, is_new: bool) -> dict[str, Any]:
    """What came of a delivery, as plain facts."""
    return {
        "outcome": row.outcome if is_new else Outcome.DUPLICATE,
        "ticket": row.ticket.number if row.ticket else None,
        "reason": row.reason,
        "from": row.sender,
        "subject": row.subject,
        "attachments": row.attachments,
    }
