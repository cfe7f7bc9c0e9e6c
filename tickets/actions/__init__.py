"""The verbs of tickets. Each locks, checks, changes, records and returns the fresh row."""

from tickets.actions.assignment import claim, hand_over, place, place_waiting, rebalance, spread
from tickets.actions.calling import log_talk
from tickets.actions.conversation import add_note, receive, reply
from tickets.actions.external import meet_external, start_external
from tickets.actions.opening import open_ticket
from tickets.actions.progress import close, reopen, resume, solve, wait
from tickets.actions.triage import assign, set_priority, set_type

__all__ = [
    "add_note",
    "assign",
    "claim",
    "close",
    "hand_over",
    "log_talk",
    "meet_external",
    "open_ticket",
    "place",
    "place_waiting",
    "rebalance",
    "receive",
    "reopen",
    "reply",
    "resume",
    "set_priority",
    "set_type",
    "solve",
    "spread",
    "start_external",
    "wait",
]
