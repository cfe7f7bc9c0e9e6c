"""Service clocks: promises that start, stand still, are met or missed, and explain themselves."""

from tickets.clocks.advancing import advance
from tickets.clocks.reading import explain, ladder_of, next_moment, pauses_of, shown, timetable
from tickets.clocks.running import (
    cancel,
    change_promise,
    external,
    fulfil,
    fulfil_external,
    live,
    next_due,
    pause,
    promised,
    resume,
    start,
)

__all__ = [
    "advance",
    "cancel",
    "change_promise",
    "explain",
    "external",
    "fulfil",
    "fulfil_external",
    "ladder_of",
    "live",
    "next_due",
    "next_moment",
    "pause",
    "pauses_of",
    "promised",
    "resume",
    "shown",
    "start",
    "timetable",
]
