"""Settings of the worker that runs beside a test: mails and files go where the test looks."""

import os
from pathlib import Path

from aftersales.settings import *  # noqa: F403

MAIL_DIR = Path(os.environ["TEST_MAIL_DIR"])
MEDIA_ROOT = Path(os.environ["TEST_MEDIA_ROOT"])
