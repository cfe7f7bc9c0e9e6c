"""Telling many stories at once, in the order in which they happened.

A story is a generator: it does something, yields when it goes on, and is stopped by the present.
Stories that began long ago are therefore finished, recent ones are somewhere in the middle, and
everything in between was done by the same verbs, sweeps and reactions as in a real shop.
"""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count

from core import clock, dispatch
from core.models import OutgoingMail
from returns import payments
from returns.actions import timing
from tickets import sweeps

Story = Iterator[datetime]
SWEEP_EVERY = timedelta(hours=3)


class Stage:
    """The stories that are being told; `progress` is called after each step with (done, known)."""

    def __init__(self, until: datetime, progress: Callable[[int, int], None]) -> None:
        self._until = until
        self._progress = progress
        self._agenda: list[tuple[datetime, int, Story]] = []
        self._serial = count()
        self._done = 0
        self._swept: datetime | None = None

    def begin(self, at: datetime, story: Story) -> None:
        """Let a story start at a moment; one in the future is not told."""
        if at < self._until:
            heapq.heappush(self._agenda, (at, next(self._serial), story))

    def play(self) -> None:
        """Tell everything up to the present."""
        while self._agenda:
            at, _serial, story = heapq.heappop(self._agenda)
            with clock.stopped(at):
                if self._swept is None or at - self._swept > SWEEP_EVERY:
                    self._meanwhile(at)
                following = next(story, None)
                dispatch.drain()
            if following is not None:
                self.begin(max(following, at + timedelta(seconds=1)), story)
            self._done += 1
            self._progress(self._done, self._done + len(self._agenda))
        with clock.stopped(self._until):
            self._meanwhile(self._until)
        self._seal()

    def _meanwhile(self, at: datetime) -> None:
        """What the worker would have done until now."""
        self._swept = at
        sweeps.sweep_clocks(at)
        sweeps.close_old(at)
        timing.sweep()
        payments.submit_due()
        dispatch.drain()

    def _seal(self) -> None:
        """The mails of the past have long been read; nobody gets them now."""
        queued = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED)
        for mail in queued.only("pk", "created_at").iterator():
            OutgoingMail.objects.filter(pk=mail.pk).update(
                state=OutgoingMail.State.SENT, sent_at=mail.created_at, attempts=1
            )
