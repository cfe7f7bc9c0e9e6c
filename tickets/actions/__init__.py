"""The verbs of tickets. Each locks, checks, changes, records and returns the fresh row."""

from tickets.actions.assignment import claim, hand_over, place, place_waiting, rebalance, spread
from tickets.actions.calling import log_talk
from tickets.actions.conversation import add_note, receive, reply
from tickets.actions.external import meet_external, start_external
from tickets.actions.following import follow, unfollow
from tickets.actions.intake import take_in
from tickets.actions.linking import link, suspect_again, suspect_duplicate, unlink
from tickets.actions.merging import merge, merge_all, unmerge
from tickets.actions.opening import open_ticket, opened_before
from tickets.actions.progress import close, reopen, resume, solve, wait
from tickets.actions.splitting import split, unsplit
from tickets.actions.translating import translate_message, translate_text
from tickets.actions.triage import assign, set_priority, set_type

__all__ = [
    "add_note",
    "assign",
    "claim",
    "close",
    "follow",
    "hand_over",
    "link",
    "log_talk",
    "meet_external",
    "merge",
    "merge_all",
    "open_ticket",
    "opened_before",
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
    "split",
    "spread",
    "start_external",
    "suspect_again",
    "suspect_duplicate",
    "take_in",
    "translate_message",
    "translate_text",
    "unfollow",
    "unlink",
    "unmerge",
    "unsplit",
    "wait",
]
