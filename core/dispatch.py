"""Draining the outbox: each reaction to each event takes effect exactly once.

An event is locked with `skip_locked`, so many workers share the work. A reaction and its
`ReactionRun` row commit together: a worker killed in between leaves no trace of either, and a
retry skips the reactions that are done. What fails waits longer each time and is parked in the
end for a person to see; it never stands in the way of other events.
"""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from core import clock
from core.models import Event, ReactionRun

log = logging.getLogger(__name__)

Reaction = Callable[[Event], None]

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=1)


def drain(*, limit: int = 500) -> int:
    """Dispatch up to `limit` due events; returns how many were handled, failed ones included."""
    handled = 0
    while handled < limit and dispatch_next(clock.now()):
        handled += 1
    return handled


def dispatch_next(at: datetime) -> bool:
    """Run the reactions of the oldest due event nobody else holds; False when there is none."""
    with transaction.atomic():
        event = Event.objects.due(at).select_for_update(skip_locked=True).first()
        if event is None:
            return False
        failure = _run_reactions(event, at)
        if failure:
            _postpone(event, failure, at)
        else:
            event.dispatched_at = at
            event.save(update_fields=["dispatched_at"])
    return True


def reactions_for(kind: str) -> list[tuple[str, Reaction]]:
    """Name and function of every reaction to a kind of event, in the listed order."""
    listed: Mapping[str, Sequence[str]] = import_string(settings.EVENT_REACTIONS)
    return [(name, import_string(name)) for name in listed.get(kind, ())]


def _run_reactions(event: Event, at: datetime) -> str:
    done = set(event.reaction_runs.values_list("reaction", flat=True))
    failures = [
        _attempt(name, reaction, event, at)
        for name, reaction in reactions_for(event.kind)
        if name not in done
    ]
    return "\n".join(filter(None, failures))


def _attempt(name: str, reaction: Reaction, event: Event, at: datetime) -> str:
    try:
        with transaction.atomic():
            reaction(event)
            ReactionRun.objects.create(event=event, reaction=name, at=at)
    except Exception:  # whatever a reaction raises must not stop the others
        log.exception("reaction %s to event %s failed", name, event.pk)
        return f"{name}\n{traceback.format_exc(limit=5)}"
    return ""


def _postpone(event: Event, failure: str, at: datetime) -> None:
    event.attempts += 1
    event.last_error = failure[-4000:]
    event.next_attempt_at = at + min(FIRST_DELAY * 2 ** (event.attempts - 1), LONGEST_DELAY)
    if event.attempts >= MAX_ATTEMPTS:
        event.parked_at = at
        log.error("event %s parked after %s attempts", event.pk, event.attempts)
    event.save(update_fields=["attempts", "last_error", "next_attempt_at", "parked_at"])


@transaction.atomic
def retry(event: Event) -> Event:
    """Give a parked event another full round of attempts; a dispatched one is left as it is."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.dispatched_at is None:
        event.parked_at, event.attempts, event.next_attempt_at = None, 0, clock.now()
        event.save(update_fields=["parked_at", "attempts", "next_attempt_at"])
    return event
