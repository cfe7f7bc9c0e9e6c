"""What time does to chats."""

from datetime import datetime

from channels.actions.chat import lapse
from channels.models import ChatSession
from core.actors import SYSTEM

BATCH = 200


def sweep_chats(at: datetime) -> int:
    """Let chats go on by mail or end that were due by `at`; returns how many were looked at."""
    due = list(ChatSession.objects.due(at)[:BATCH])
    for session in due:
        lapse(session, by=SYSTEM)
    return len(due)
