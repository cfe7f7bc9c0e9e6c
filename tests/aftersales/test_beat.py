"""Beat ends when it is asked to, wherever the signal finds it."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from celery.apps.beat import Beat
from celery.beat import Scheduler

from aftersales.celery import app

ENDLESS = 100


class _Dropped:
    """Something that is dropped during a tick; the signal comes just then."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number

    def __del__(self) -> None:
        os.kill(os.getpid(), self.number)


class _Asked(Scheduler):
    """A schedule without tasks, in whose first tick somebody asks beat to end."""

    number = signal.SIGTERM
    ticks = 0

    def tick(self, *_arguments: Any, **_named: Any) -> float:
        type(self).ticks += 1
        if self.ticks == 1:
            _Dropped(self.number)
        if self.ticks == ENDLESS:
            raise KeyboardInterrupt
        return 0.001


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_a_destructor_ends_beat(number: signal.Signals) -> None:
    _Asked.number, _Asked.ticks = number, 0
    Beat(app=app, scheduler_cls=f"{__name__}:_Asked", quiet=True).start_scheduler()
    assert _Asked.ticks == 1
