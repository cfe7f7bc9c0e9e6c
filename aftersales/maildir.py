"""Mail without a mail server: each message becomes a file that a mail program can open."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MaildirBackend(BaseEmailBackend):
    """Writes `var/mail/<Message-ID>.eml`; the same Message-ID again is the same file, so it is sent once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages; returns how many there were."""
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder, message)
        return len(email_messages)


def _write(folder: Path, message: EmailMessage) -> None:
    mime = message.message()
    file = folder / f"{_file_name(str(mime['Message-ID']))}.eml"
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(mime.as_bytes())
    fresh.replace(file)


def _file_name(message_id: str) -> str:
    """The Message-ID without its brackets, or its digest when it holds what a file name may not."""
    name = message_id.strip("<> \n")
    if name and len(name) <= 200 and all(letter.isalnum() or letter in ".@_+-" for letter in name):
        return name
    return hashlib.sha256(message_id.encode()).hexdigest()
