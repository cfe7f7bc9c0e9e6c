"""What the channels keep: mail as it came, chats, connections to other systems."""
