"""What the channels keep: mail as it came, chats, connections to other systems."""

from channels.models.chat import ChatDuty, ChatSession, ChatSessionQuerySet
from channels.models.connections import (
    Connection,
    Correspondent,
    InboundDelivery,
    MessageTemplate,
    Origin,
    OutboundDelivery,
)
from channels.models.email import IncomingMail, Mailbox
from channels.models.health import ChannelAlarm
from channels.models.phone import PhoneCall

__all__ = [
    "ChannelAlarm",
    "ChatDuty",
    "ChatSession",
    "ChatSessionQuerySet",
    "Connection",
    "Correspondent",
    "InboundDelivery",
    "IncomingMail",
    "Mailbox",
    "MessageTemplate",
    "Origin",
    "OutboundDelivery",
    "PhoneCall",
]
