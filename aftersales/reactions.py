"""Who reacts to what: the only place where an event of one floor meets the work of another.

Each name is a function taking the event. It runs in a worker, in a transaction of its own
that commits together with the note that it ran, so it does database work only.
"""

REACTIONS: dict[str, tuple[str, ...]] = {
    "case.approved": ("returns.reactions.keep_ticket_in_step", "returns.reactions.meet_external_clocks"),
    "case.closed_by_timeout": ("returns.emails.tell_customer", "returns.reactions.solve_ticket"),
    "case.completed": ("returns.emails.tell_customer", "returns.reactions.solve_ticket"),
    "case.deduction_agreed": ("returns.reactions.keep_ticket_in_step",),
    "case.deduction_offered": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.info_requested": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.info_supplied": ("returns.reactions.keep_ticket_in_step",),
    "case.inspected": ("returns.reactions.keep_ticket_in_step",),
    "case.instructed": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.receipt_assumed": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.received": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.refused": ("returns.emails.tell_customer", "returns.reactions.meet_external_clocks"),
    "case.sent_back": ("returns.emails.tell_customer", "returns.reactions.keep_ticket_in_step"),
    "case.shipped_back": ("returns.reactions.keep_ticket_in_step",),
    "case.submitted": ("returns.emails.tell_customer", "returns.reactions.start_external_clocks"),
    "case.withdrawn": ("returns.reactions.meet_external_clocks", "returns.reactions.solve_ticket"),
    "clock.breached": ("tickets.reactions.run_rules",),
    "clock.escalated": ("tickets.reactions.climb",),
    "clock.warned": ("tickets.reactions.climb",),
    "message.noted": ("tickets.reactions.run_rules",),
    "message.received": ("tickets.reactions.start_external_clocks", "tickets.reactions.run_rules"),
    "message.sent": ("tickets.emails.send_reply", "tickets.reactions.run_rules"),
    "refund.failed": ("returns.emails.tell_customer",),
    "rule.switched_off": ("tickets.reactions.tell_of_broken_rule",),
    "shipment.delivered": ("returns.reactions.follow_parcel",),
    "survey.answered": ("feedback.reactions.visit_after_low_score",),
    "ticket.assigned": ("tickets.reactions.place_in_team", "tickets.reactions.run_rules"),
    "ticket.closed": ("tickets.reactions.run_rules",),
    "ticket.handed_over": ("tickets.reactions.place_in_team", "tickets.reactions.run_rules"),
    "ticket.opened": (
        "tickets.reactions.place_new",
        "tickets.emails.acknowledge",
        "tickets.reactions.start_external_clocks",
        "tickets.reactions.run_rules",
    ),
    "ticket.priority_set": ("tickets.reactions.place_urgent", "tickets.reactions.run_rules"),
    "ticket.reopened": ("tickets.reactions.place_again", "tickets.reactions.run_rules"),
    "ticket.resumed": ("tickets.reactions.run_rules",),
    "ticket.solved": (
        "tickets.emails.tell_solved",
        "feedback.reactions.survey_after_solving",
        "feedback.reactions.visit_after_complaint",
        "tickets.reactions.run_rules",
    ),
    "ticket.type_set": ("tickets.reactions.run_rules",),
    "ticket.waiting": ("tickets.reactions.run_rules",),
}
