"""Places where a worker stops dead, so that it can be killed exactly there.

`TEST_BRAKE` names the place; the worker leaves a file in `TEST_BRAKE_DIR` to say that it is there, and
goes no
further. With another place, or none, everything is as it is in production.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from core.models import Event
from feedback import reactions
from returns.gateways.interface import RefundRequest, Result
from returns.gateways.sandbox import Sandbox

AFTER_MAIL = "mail handed over, not noted"
BEFORE_REFUND = "refund claimed, provider not called"
AFTER_REFUND = "provider has paid, answer not booked"
IN_SURVEY = "survey written, not committed"
IN_VISIT = "visit written, not committed"
PLACES = (AFTER_MAIL, BEFORE_REFUND, AFTER_REFUND, IN_SURVEY, IN_VISIT)


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


class MailBackend(EmailBackend):
    """Mail by SMTP, with a brake after the mail server has taken it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = super().send_messages(email_messages)
        _brake(AFTER_MAIL)
        return sent


def survey_after_solving(event: Event) -> None:
    """The real reaction, with a brake before its transaction commits."""
    reactions.survey_after_solving(event)
    _brake(IN_SURVEY)


def visit_after_low_score(event: Event) -> None:
    """The same for the visit."""
    reactions.visit_after_low_score(event)
    _brake(IN_VISIT)
