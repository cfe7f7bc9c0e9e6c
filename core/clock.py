"""The one clock. An action asks it once and hands the instant on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _stopped_at.get() or timezone.now()


@contextmanager
def stopped(at: datetime) -> Iterator[None]:
    """Let the clock stand at an instant while a story of the past is told; for this thread of work only."""
    token = _stopped_at.set(at)
    try:
        yield
    finally:
        _stopped_at.reset(token)
