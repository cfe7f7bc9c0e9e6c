"""Service clocks: promises that start, stand still, are met or missed, and explain themselves."""

from tickets.clocks.advancing import advance
from tickets.clocks.joining import drop, join, part
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
    "drop",
    "explain",
    "external",
    "fulfil",
    "fulfil_external",
    "join",
    "ladder_of",
    "live",
    "next_due",
    "next_moment",
    "part",
    "pause",
    "pauses_of",
    "promised",
    "resume",
    "shown",
    "start",
    "timetable",
]
