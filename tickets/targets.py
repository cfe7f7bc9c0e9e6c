"""Targets of a policy: how much working time each kind of clock gets, by priority.

Stored as {"first_response": {"2": 3600, "4": 900}, ...}: seconds by priority; what is missing is not
promised.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from tickets.states import PROMISED, Priority

LONGEST = timedelta(days=366)

Targets = Mapping[str, Mapping[int, timedelta]]


def budget(stored: Any, kind: str, priority: int) -> timedelta | None:
    """The working time a clock of a kind gets at a priority; None when nothing is promised."""
    seconds = stored.get(kind, {}).get(str(int(priority)))
    return None if seconds is None else timedelta(seconds=seconds)


def parse(stored: Any) -> Targets:
    """Stored targets as lengths of time; ValueError with a sentence if they are none."""
    if not isinstance(stored, Mapping):
        raise ValueError(_("Targets are written by kind of clock and priority."))  # noqa: TRY004
    if unknown := [kind for kind in stored if kind not in PROMISED]:
        raise ValueError(
            _("“%(kind)s” cannot be promised; known are: %(known)s.")
            % {"kind": unknown[0], "known": ", ".join(PROMISED)}
        )
    targets = {kind: _by_priority(stored[kind]) for kind in stored}
    if not any(targets.values()):
        raise ValueError(_("A policy promises at least one thing."))
    return targets


def _by_priority(stored: Any) -> dict[int, timedelta]:
    if not isinstance(stored, Mapping):
        raise ValueError(_("Targets are written by kind of clock and priority."))  # noqa: TRY004
    return {
        _priority(written): _length(seconds) for written, seconds in stored.items() if seconds is not None
    }


def _priority(written: Any) -> int:
    if written not in {str(value) for value in Priority.values}:
        raise ValueError(_("“%s” is not a priority; they are 1 (low) to 4 (urgent).") % written)
    return int(written)


def _length(seconds: Any) -> timedelta:
    if (
        not isinstance(seconds, int)
        or isinstance(seconds, bool)
        or not 0 < seconds <= LONGEST.total_seconds()
    ):
        raise ValueError(_("“%s” is not a number of seconds up to a year.") % seconds)
    return timedelta(seconds=seconds)
