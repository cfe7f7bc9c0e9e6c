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
    REAL, OURS = "feedback.reactions.survey_after_solving", "tests.end_to_end.brakes.survey_after_solving"
    BRAKED = {
        kind: tuple(OURS if name == REAL else name for name in names) for kind, names in REACTIONS.items()
    }
