"""What the channels keep: mail as it came, chats, connections to other systems."""

from channels.models.email import IncomingMail, Mailbox

__all__ = ["IncomingMail", "Mailbox"]
