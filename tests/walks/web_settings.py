"""Settings of the web server beside a walk: sheets and scripts from their folders, cheap passwords."""

import os

from tests.background_settings import *  # noqa: F403

STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
UNDO_SEND_SECONDS = int(os.environ.get("TEST_UNDO_SECONDS", "0"))
