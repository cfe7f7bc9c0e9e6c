"""Who reacts to what: the only place where an event of one floor meets the work of another.

Each name is a function taking the event. It runs in a worker, in a transaction of its own
that commits together with the note that it ran, so it does database work only.
"""

REACTIONS: dict[str, tuple[str, ...]] = {
    "message.sent": ("tickets.emails.send_reply",),
    "survey.answered": ("feedback.reactions.visit_after_low_score",),
    "ticket.opened": ("tickets.emails.acknowledge",),
    "ticket.solved": (
        "tickets.emails.tell_solved",
        "feedback.reactions.survey_after_solving",
        "feedback.reactions.visit_after_complaint",
    ),
}
