"""Outboxes: rows written with their cause and carried out after the commit, until it has worked.

A row whose turn has come is claimed under a lease, in a transaction of its own; only then does anything leave
the house. Workers share the rows, and each row is in one hand. If that worker dies, the lease runs out and
another takes the row over: none is lost. What was cut off between the other side's yes and our note of it
goes out again, under the same key. What fails waits longer each time, and is given up in the end.

A worker slower than its lease has no say about a failure any more. That something left the house is noted
whoever holds the row by then.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from core import clock
from core.models import OutboxRow

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)

Row = TypeVar("Row", bound=OutboxRow)


class TryLater(Exception):
    """It did not work this time; `wait` is how long the other side asks to be left alone."""

    def __init__(self, told: str = "", *, wait: timedelta = timedelta()) -> None:
        super().__init__(told)
        self.wait = wait


class Hopeless(Exception):
    """It will not work however often it is tried."""


class Ended:
    """How a row ended: "sent", or another state for what need not leave. `facts` are written to the row."""

    def __init__(self, state: str, **facts: Any) -> None:
        self.state = state
        self.facts = facts


# --- what becomes of a row ---------------------------------------------------------------------------


def note(row: OutboxRow, state: str, **facts: Any) -> bool:
    """Note where a row stands that we hold; False where another has taken it over, or it is gone."""
    held = _same(row).filter(state=OutboxRow.SENDING, next_attempt_at=row.next_attempt_at)
    return bool(held.update(state=state, **facts))


def note_sent(row: OutboxRow, **facts: Any) -> None:
    """Note that it left. What was heard of it meanwhile (it was read, it came back) stays."""
    _same(row).filter(state__in=OutboxRow.OPEN).update(state=OutboxRow.SENT, last_error="")
    _same(row).update(**facts)


def fail(row: OutboxRow, error: Exception) -> bool:
    """Give a row up that we hold; False as for `note`."""
    return note(row, OutboxRow.FAILED, last_error=said(error))


def another_round(row: OutboxRow, **facts: Any) -> None:
    """Queue a row again with all its tries before it. Its lock is held by whoever calls."""
    _same(row).update(state=OutboxRow.QUEUED, attempts=0, next_attempt_at=clock.now(), **facts)
    row.refresh_from_db()


def said(error: Exception) -> str:
    """What an error says, as a row keeps it."""
    return kept(str(error) or type(error).__name__)


def kept(told: str) -> str:
    """What the other side told, as a row can keep it."""
    return told.replace("\0", "")[:2000]


def _same(row: OutboxRow) -> QuerySet[Any]:
    return row._meta.base_manager.filter(pk=row.pk)


# --- carrying out ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outbox(Generic[Row]):
    """One kind of row: how it is carried out, and how patiently.

    `carry` is called outside of any transaction. It returns how the row ended, or raises: `Hopeless` gives
    the row up, everything else has it tried again, until there were as many tries as `tries`. The wait after
    the first is `first_wait` and doubles up to `longest_wait`; nobody who asks for more is waited for.
    `give_up` ends the row and does what follows from that.
    """

    rows: QuerySet[Row]
    carry: Callable[[Row], Ended]
    tries: int
    first_wait: timedelta
    longest_wait: timedelta
    give_up: Callable[[Row, Exception], object] = fail

    def send_due(self, *, limit: int = 100) -> int:
        """Carry out rows whose turn has come; returns how many left the house."""
        sent = 0
        for _turn in range(limit):
            if (row := self.claim(clock.now())) is None:
                break
            sent += self._carry_out(row)
        return sent

    @transaction.atomic
    def claim(self, at: datetime) -> Row | None:
        """The row that is due for longest and in nobody's hand, now in ours until the lease runs out."""
        due = self.rows.filter(state__in=OutboxRow.OPEN, next_attempt_at__lte=at)
        free = due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=True, of=("self",))
        row = free.first()
        if row is not None:
            row.state, row.attempts, row.next_attempt_at = OutboxRow.SENDING, row.attempts + 1, at + LEASE
            row.save(update_fields=["state", "attempts", "next_attempt_at"])
        return row

    def wait(self, attempts: int, asked: timedelta = timedelta()) -> timedelta | None:
        """How long to wait after so many attempts, at least as long as was asked for; None gives up."""
        if attempts >= self.tries or asked > self.longest_wait:
            return None
        grown: timedelta = self.first_wait * 2 ** (attempts - 1)
        return max(asked, min(grown, self.longest_wait))

    def _carry_out(self, row: Row) -> bool:
        try:
            if row.attempts > self.tries:
                raise Hopeless("the last try was cut short")
            ended = self.carry(row)
        except Exception as error:  # the other side can fail in any way; the row remembers
            self._failed(row, error)
            return False
        if ended.state != OutboxRow.SENT:
            note(row, ended.state, **ended.facts)
            return False
        note_sent(row, **ended.facts)
        return True

    def _failed(self, row: Row, error: Exception) -> None:
        is_odd = not isinstance(error, (TryLater, Hopeless, OSError))
        log.warning("%s %s was not sent: %s", row._meta.model_name, row.pk, error, exc_info=is_odd)
        asked = error.wait if isinstance(error, TryLater) else timedelta()
        wait = None if isinstance(error, Hopeless) else self.wait(row.attempts, asked)
        if wait is None:
            self.give_up(row, error)
        else:
            note(row, OutboxRow.QUEUED, next_attempt_at=clock.now() + wait, last_error=said(error))
