"""Settings of the worker that runs beside a test: mails and files where it looks, brakes where it asks."""

import os
from pathlib import Path

from aftersales.reactions import REACTIONS
from aftersales.settings import *  # noqa: F403

MAIL_DIR = Path(os.environ["TEST_MAIL_DIR"])
MEDIA_ROOT = Path(os.environ["TEST_MEDIA_ROOT"])

if "TEST_BRAKE" in os.environ:
    EMAIL_BACKEND = "tests.end_to_end.brakes.MailBackend"
    REFUND_GATEWAYS = {"sandbox": "tests.end_to_end.brakes.Gateway"}
    EVENT_REACTIONS = "tests.background_settings.BRAKED"
    BRAKES = {
        f"feedback.reactions.{name}": f"tests.end_to_end.brakes.{name}"
        for name in ("survey_after_solving", "visit_after_low_score")
    }
    BRAKED = {kind: tuple(BRAKES.get(name, name) for name in names) for kind, names in REACTIONS.items()}
