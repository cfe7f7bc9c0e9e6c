"""What the channels keep: mail as it came, chats, connections to other systems."""

from channels.models.chat import ChatDuty, ChatGiving, ChatSession, ChatSessionQuerySet
from channels.models.connections import (
    Connection,
    Correspondent,
    InboundDelivery,
    Origin,
    OutboundDelivery,
)
from channels.models.email import IncomingMail, Mailbox, MailGrant, MailKeeping
from channels.models.health import ChannelAlarm
from channels.models.phone import PhoneCall
from channels.models.templates import MessageTemplate, TemplateUse

__all__ = [
    "ChannelAlarm",
    "ChatDuty",
    "ChatGiving",
    "ChatSession",
    "ChatSessionQuerySet",
    "Connection",
    "Correspondent",
    "InboundDelivery",
    "IncomingMail",
    "MailGrant",
    "MailKeeping",
    "Mailbox",
    "MessageTemplate",
    "Origin",
    "OutboundDelivery",
    "PhoneCall",
    "TemplateUse",
]
