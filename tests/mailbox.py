"""A mail server that keeps what it is handed, byte by byte, and can be made to hold a sender up."""

import asyncio
import email
import re
import threading
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from aftersales.embedded.pair import free_ports


class Mailbox:
    """`url` is for EMAIL_URL; `bytes_of_mails` is everything that was delivered, in order."""

    def __init__(self) -> None:
        self.bytes_of_mails: list[bytes] = []
        self.holds = threading.Event()
        """Set while a sender waits for an answer that does not come."""
        self._holding_up = threading.Event()
        self._released = asyncio.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_ports(1)[0])
        self._controller.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    def stop(self) -> None:
        self._controller.stop()

    def hold(self) -> None:
        """Take the next mail in, but do not say so until `release`."""
        self._holding_up.set()

    def release(self) -> None:
        self._holding_up.clear()
        self._controller.loop.call_soon_threadsafe(self._released.set)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - its name there
        """Called by the server for each mail."""
        self.bytes_of_mails.append(envelope.content)
        if self._holding_up.is_set():
            self.holds.set()
            await self._released.wait()
        return "250 OK"

    def mails(self) -> list[EmailMessage]:
        """The mails, parsed as a mail program would."""
        return [email.message_from_bytes(content, policy=default) for content in self.bytes_of_mails]

    def find(self, words: str) -> EmailMessage | None:
        """The first mail with these words in its text."""
        return next((mail for mail in self.mails() if words in text_of(mail)), None)


def text_of(mail: EmailMessage) -> str:
    """What a person reads."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: EmailMessage, part: str) -> str:
    """The first address in a mail that has this part in it."""
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", text_of(mail))
    assert found, text_of(mail)
    return found[0]
