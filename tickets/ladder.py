"""The ladder of a promise: what happens some working time before and after its deadline.

A ladder is stored as a list of {"clock": "resolution", "offset": -1800, "notify": ["assignee", "leads"],
"reassign": "", "raise_priority": false}. `offset` is in seconds of working time, negative before the
deadline.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from tickets.states import ClockKind, Recipient

MOST_STEPS = 12
LONGEST_OFFSET = timedelta(days=365)
_KNOWN = {"clock", "offset", "notify", "reassign", "raise_priority"}


@dataclass(frozen=True)
class Step:
    """One step: whom it tells, which team takes over (a code, "" for none), whether it gets more urgent."""

    clock: str
    offset: timedelta
    notify: tuple[str, ...] = ()
    reassign: str = ""
    raise_priority: bool = False

    @property
    def is_warning(self) -> bool:
        """Whether it comes before the deadline."""
        return self.offset < timedelta()

    @property
    def as_stored(self) -> dict[str, Any]:
        """As `parse` reads it."""
        return {
            "clock": self.clock,
            "offset": int(self.offset.total_seconds()),
            "notify": list(self.notify),
            "reassign": self.reassign,
            "raise_priority": self.raise_priority,
        }


def parse(stored: Any) -> tuple[Step, ...]:
    """A stored ladder as steps in the order in which they come; ValueError with a sentence if it is none."""
    if len(_listed(stored)) > MOST_STEPS:
        raise ValueError(_("A ladder has at most %s steps.") % MOST_STEPS)
    return tuple(sorted(map(_step, stored), key=lambda step: (step.clock, step.offset)))


def parse_of(stored: Any, kind: ClockKind) -> tuple[Step, ...]:
    """A stored ladder of one kind of clock; a step may leave its clock out. ValueError as for `parse`."""
    named = [{"clock": kind, **step} if isinstance(step, Mapping) else step for step in _listed(stored)]
    steps = parse(named)
    if any(step.clock != kind for step in steps):
        raise ValueError(_("Every step is one of the clock “%s”.") % kind)
    return steps


def steps_of(stored: Any, kind: str) -> tuple[Step, ...]:
    """The steps for one kind of clock, in the order in which they come."""
    return _steps_of(json.dumps(stored), kind)


def _listed(stored: Any) -> list[Any]:
    if not isinstance(stored, list):
        raise ValueError(_("A ladder is a list of steps."))  # noqa: TRY004 - one kind of error for all input
    return stored


@lru_cache(maxsize=512)
def _steps_of(written: str, kind: str) -> tuple[Step, ...]:
    """The sweep asks for the same few ladders again and again."""
    return tuple(step for step in parse(json.loads(written)) if step.clock == kind)


def _step(stored: Any) -> Step:
    if not isinstance(stored, Mapping) or not set(stored) <= _KNOWN:
        raise ValueError(_("A step has these parts: %s.") % ", ".join(sorted(_KNOWN)))
    clock, reassign = stored.get("clock"), stored.get("reassign", "")
    if clock not in ClockKind.values:
        raise ValueError(_("“%s” is not a kind of clock.") % clock)
    raises = stored.get("raise_priority", False)
    if not isinstance(reassign, str) or raises not in (True, False):
        raise ValueError(_("A step gives the ticket to a team by its code, and raises the priority or not."))
    step = Step(
        clock=clock,
        offset=_offset(stored.get("offset")),
        notify=_recipients(stored.get("notify", [])),
        reassign=reassign,
        raise_priority=bool(raises),
    )
    if not (step.notify or step.reassign or step.raise_priority):
        raise ValueError(_("A step tells somebody, hands the ticket over or makes it more urgent."))
    return step


def _offset(stored: Any) -> timedelta:
    if (
        not isinstance(stored, int)
        or isinstance(stored, bool)
        or abs(stored) > LONGEST_OFFSET.total_seconds()
    ):
        raise ValueError(_("“%s” is not a number of seconds before or after a deadline.") % stored)
    return timedelta(seconds=stored)


def _recipients(stored: Any) -> tuple[str, ...]:
    if not isinstance(stored, Sequence) or isinstance(stored, str):
        raise ValueError(_("Who is told is a list."))  # noqa: TRY004
    if unknown := [who for who in stored if who not in Recipient.values]:
        raise ValueError(
            _("“%(who)s” cannot be told; known are: %(known)s.")
            % {"who": unknown[0], "known": ", ".join(Recipient.values)}
        )
    return tuple(dict.fromkeys(chain(stored)))
