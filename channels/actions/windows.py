"""Whether a platform lets us answer somebody now: by its rule, by what it says itself."""

from datetime import datetime

from channels.connection_states import Reason
from channels.models import Correspondent
from core import clock


def hindrance(sender: Correspondent, at: datetime) -> str:
    """Why nothing can be sent to somebody through their connection now; "" if it can."""
    if not sender.connection.is_active:
        return Reason.PAUSED
    if sender.open_until is not None and at >= sender.open_until:
        return sender.closed_for or Reason.WINDOW_CLOSED
    return ""


def close(sender: Correspondent, *, reason: str, since: datetime) -> bool:
    """Believe the platform that it takes no words of ours, whatever our clock says, until they write again.

    What it says of something older than their latest words says nothing about now.
    """
    now = clock.now()
    if hindrance(sender, now):
        return False
    heard = Correspondent.objects.filter(pk=sender.pk, last_in_at__lte=since)
    return bool(heard.update(closed_at=now, closed_for=reason))
