"""What the channels keep: mail as it came, chats, connections to other systems."""

from channels.models.chat import ChatDuty, ChatSession, ChatSessionQuerySet

__all__ = ["ChatDuty", "ChatSession", "ChatSessionQuerySet"]
