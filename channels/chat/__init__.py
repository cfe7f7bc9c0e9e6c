"""Live chat: a conversation whose messages are those of a ticket."""
