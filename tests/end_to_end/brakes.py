"""Places where a worker stops dead, so that it can be killed exactly there.

`TEST_BRAKE` names the place; the worker leaves a file in `TEST_BRAKE_DIR` to say that it is there, and goes
no further. Without `TEST_BRAKE` everything is as it is in production.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage

from aftersales.maildir import MaildirBackend
from core.models import Event
from feedback import reactions
from returns.gateways.interface import RefundRequest, Result
from returns.gateways.sandbox import Sandbox

BEFORE_REFUND = "refund claimed, provider not called"
AFTER_REFUND = "provider has paid, answer not booked"
IN_REACTION = "survey written, not committed"
AFTER_MAIL = "mail handed over, not noted"
PLACES = (BEFORE_REFUND, AFTER_REFUND, IN_REACTION, AFTER_MAIL)


def reached(folder: Path, place: str) -> Path:
    """The file that says a worker has come to a place."""
    return folder / f"{PLACES.index(place)}.reached"


def _brake(place: str) -> None:
    if os.environ.get("TEST_BRAKE") == place:
        reached(Path(os.environ["TEST_BRAKE_DIR"]), place).touch()
        threading.Event().wait()


class Gateway(Sandbox):
    """The sandbox, with a brake on either side of the payment."""

    def refund(self, request: RefundRequest) -> Result:
        _brake(BEFORE_REFUND)
        result = super().refund(request)
        _brake(AFTER_REFUND)
        return result


class MailBackend(MaildirBackend):
    """The mail folder, with a brake after the mail has left."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(email_messages)
        _brake(AFTER_MAIL)
        return sent


def survey_after_solving(event: Event) -> None:
    """The real reaction, with a brake before its transaction commits."""
    reactions.survey_after_solving(event)
    _brake(IN_REACTION)
