"""Where the pages and endpoints of tickets are."""

from django.urls import path, register_converter

from tickets.api import calendars, policies, sharing
from tickets.api import desk as endpoints
from tickets.api import external_deadlines as demands
from tickets.api import live as shared
from tickets.api import macros as macro_endpoints
from tickets.api import promises as promised
from tickets.api import rules as machines
from tickets.views import outbox
from tickets.views import portal as customers
from tickets.views.console import (
    external_deadlines,
    inbox,
    live,
    load,
    macros,
    promises,
    routing,
    rules,
    ticket,
    verbs,
    views,
)


class TicketNumber:
    """Tickets in an address, so that `requests/new/` and other words beside them stay free."""

    regex = r"T-[0-9]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TicketNumber, "ticket")

console = [
    path("", inbox.inbox, name="inbox"),
    path("inbox/rows/", inbox.inbox_rows, name="inbox-rows"),
    path("inbox/side/", inbox.inbox_side, name="inbox-side"),
    path("inbox/assign/", inbox.inbox_assign, name="inbox-assign"),
    path("inbox/claim/<ticket:number>/", inbox.inbox_claim, name="inbox-claim"),
    path("inbox/solve/", inbox.inbox_solve, name="inbox-solve"),
    path("inbox/macro/", inbox.inbox_macro, name="inbox-macro"),
    path("inbox/priority/", inbox.inbox_priority, name="inbox-priority"),
    path("inbox/type/", inbox.inbox_type, name="inbox-type"),
    path("inbox/bulk/<int:pk>/", inbox.bulk_run, name="bulk-run"),
    path("inbox/views/", views.inbox_views, name="inbox-views"),
    path("inbox/views/new/", views.view_new, name="view-new"),
    path("inbox/views/<int:pk>/", views.view_edit, name="view-edit"),
    path("inbox/views/<int:pk>/remove/", views.view_remove, name="view-remove"),
    path("tickets/new/", verbs.ticket_new, name="ticket-new"),
    path("tickets/<ticket:number>/", ticket.ticket, name="ticket"),
    path("tickets/<ticket:number>/news/", ticket.ticket_news, name="ticket-news"),
    path("tickets/<ticket:number>/presence/", live.ticket_presence, name="ticket-presence"),
    path(
        "tickets/<ticket:number>/clocks/<str:kind>/<int:cycle>/<int:turn>/",
        ticket.ticket_clock,
        name="ticket-clock",
    ),
    path("tickets/<ticket:number>/draft/", live.ticket_draft, name="ticket-draft"),
    path("tickets/<ticket:number>/reply/", verbs.reply, name="ticket-reply"),
    path("tickets/<ticket:number>/reply/<int:pk>/undo/", live.reply_undo, name="reply-undo"),
    path("tickets/<ticket:number>/reply/<int:pk>/now/", live.reply_send_now, name="reply-send-now"),
    path("tickets/<ticket:number>/note/", verbs.note, name="ticket-note"),
    path("tickets/<ticket:number>/macros/", macros.ticket_macros, name="ticket-macros"),
    path(
        "tickets/<ticket:number>/macros/<slug:code>/apply/",
        macros.ticket_macro_apply,
        name="ticket-macro-apply",
    ),
    path("tickets/<ticket:number>/assign/", verbs.assign, name="ticket-assign"),
    path("tickets/<ticket:number>/claim/", verbs.claim, name="ticket-claim"),
    path("tickets/<ticket:number>/hand-over/", verbs.hand_over, name="ticket-hand-over"),
    path("tickets/<ticket:number>/priority/", verbs.set_priority, name="ticket-priority"),
    path("tickets/<ticket:number>/type/", verbs.set_type, name="ticket-type"),
    path("tickets/<ticket:number>/follow/", verbs.follow, name="ticket-follow"),
    path("tickets/<ticket:number>/unfollow/", verbs.unfollow, name="ticket-unfollow"),
    path("tickets/<ticket:number>/wait/", verbs.wait, name="ticket-wait"),
    path("tickets/<ticket:number>/resume/", verbs.resume, name="ticket-resume"),
    path("tickets/<ticket:number>/solve/", verbs.solve, name="ticket-solve"),
    path("tickets/<ticket:number>/reopen/", verbs.reopen, name="ticket-reopen"),
    path("tickets/<ticket:number>/close/", verbs.close, name="ticket-close"),
    path("customers/<str:number>/tickets/", ticket.customer_tickets, name="customer-tickets"),
    path("orders/<str:reference>/tickets/", ticket.order_tickets, name="order-tickets"),
    path("calendars/", promises.calendars, name="calendars"),
    path("calendars/new/", promises.calendar_new, name="calendar-new"),
    path("calendars/<slug:code>/", promises.calendar, name="calendar"),
    path("calendars/<slug:code>/edit/", promises.calendar_edit, name="calendar-edit"),
    path("calendars/<slug:code>/holidays/", promises.calendar_holidays, name="calendar-holidays"),
    path("calendars/<slug:code>/publish/", promises.calendar_publish, name="calendar-publish"),
    path("calendars/<slug:code>/switch/", promises.calendar_switch, name="calendar-switch"),
    path("policies/", promises.policies, name="policies"),
    path("policies/new/", promises.policy_new, name="policy-new"),
    path("policies/<int:pk>/", promises.policy, name="policy"),
    path("policies/<int:pk>/edit/", promises.policy_edit, name="policy-edit"),
    path("policies/<int:pk>/publish/", promises.policy_publish, name="policy-publish"),
    path("policies/<int:pk>/hold/", promises.policy_hold, name="policy-hold"),
    path("policies/<int:pk>/switch/", promises.policy_switch, name="policy-switch"),
    path("external-deadlines/", external_deadlines.external_deadlines, name="external-deadlines"),
    path("external-deadlines/new/", external_deadlines.external_deadline_new, name="external-deadline-new"),
    path("external-deadlines/<int:pk>/", external_deadlines.external_deadline, name="external-deadline"),
    path(
        "external-deadlines/<int:pk>/edit/",
        external_deadlines.external_deadline_edit,
        name="external-deadline-edit",
    ),
    path(
        "external-deadlines/<int:pk>/switch/",
        external_deadlines.external_deadline_switch,
        name="external-deadline-switch",
    ),
    path("routing-rules/", routing.routing_rules, name="routing-rules"),
    path("routing-rules/new/", routing.routing_rule_new, name="routing-rule-new"),
    path("routing-rules/<int:pk>/edit/", routing.routing_rule_edit, name="routing-rule-edit"),
    path("routing-rules/<int:pk>/move/", routing.routing_rule_move, name="routing-rule-move"),
    path("routing-rules/<int:pk>/switch/", routing.routing_rule_switch, name="routing-rule-switch"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule-new"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/edit/", rules.rule_edit, name="rule-edit"),
    path("rules/<int:pk>/move/", rules.rule_move, name="rule-move"),
    path("rules/<int:pk>/switch/", rules.rule_switch, name="rule-switch"),
    path("rules/<int:pk>/remove/", rules.rule_remove, name="rule-remove"),
    path("tickets/<ticket:number>/rules/", rules.ticket_rules, name="ticket-rules"),
    path("macros/", macros.macros, name="macros"),
    path("macros/new/", macros.macro_new, name="macro-new"),
    path("macros/<slug:code>/", macros.macro_edit, name="macro-edit"),
    path("macros/<slug:code>/switch/", macros.macro_switch, name="macro-switch"),
    path("macros/<slug:code>/remove/", macros.macro_remove, name="macro-remove"),
    path("clocks/", promises.clock_report, name="clocks"),
    path("load/", load.load_page, name="load"),
    path("load/<int:pk>/away/", load.set_away, name="load-set-away"),
    path("load/<int:pk>/come-back/", load.come_back, name="load-come-back"),
    path("load/<int:pk>/spread/", load.spread, name="load-spread"),
    path("load/<int:pk>/rebalance/", load.rebalance, name="load-rebalance"),
    path("mail/", outbox.mail, name="mail"),
    path("mail/<int:pk>/retry/", outbox.mail_retry, name="mail-retry"),
    path("mail/stuck/", outbox.parked, name="outbox"),
    path("mail/stuck/events/<int:pk>/retry/", outbox.event_retry, name="outbox-event-retry"),
    path("mail/stuck/clocks/<int:pk>/retry/", outbox.clock_retry, name="outbox-clock-retry"),
    path("mail/stuck/rules/<int:pk>/retry/", outbox.rule_retry, name="outbox-rule-retry"),
]

portal = [
    path("contact/", customers.contact, name="contact"),
    path("requests/", customers.requests, name="requests"),
    path("requests/latest/", customers.requests_latest, name="requests-latest"),
    path("requests/open/<str:token>/", customers.request_link, name="request-link"),
    path("requests/<ticket:number>/", customers.request_page, name="request"),
    path("requests/<ticket:number>/reply/", customers.request_reply, name="request-reply"),
    path("requests/<ticket:number>/solve/", customers.request_solve, name="request-solve"),
    path("requests/<ticket:number>/withdraw/", customers.request_withdraw, name="request-withdraw"),
]

api = [
    path("calendars/", calendars.CalendarList.as_view(), name="calendars"),
    path("calendars/<slug:code>/", calendars.CalendarDetail.as_view(), name="calendar"),
    path("calendars/<slug:code>/publish/", calendars.PublishCalendar.as_view(), name="calendar-publish"),
    path("calendars/<slug:code>/switch/", calendars.SwitchCalendar.as_view(), name="calendar-switch"),
    path("policies/", policies.PolicyList.as_view(), name="policies"),
    path("policies/<int:pk>/", policies.PolicyDetail.as_view(), name="policy"),
    path("policies/<int:pk>/publish/", policies.PublishPolicy.as_view(), name="policy-publish"),
    path("policies/<int:pk>/switch/", policies.SwitchPolicy.as_view(), name="policy-switch"),
    path("external-deadlines/", demands.ExternalDeadlineList.as_view(), name="external-deadlines"),
    path("external-deadlines/<int:pk>/", demands.ExternalDeadlineDetail.as_view(), name="external-deadline"),
    path(
        "external-deadlines/<int:pk>/switch/",
        demands.SwitchExternalDeadline.as_view(),
        name="external-deadline-switch",
    ),
    path("tickets/<ticket:number>/clocks/", promised.TicketClocks.as_view(), name="ticket-clocks"),
    path("rules/", machines.RuleList.as_view(), name="rules"),
    path("rules/<int:pk>/", machines.RuleDetail.as_view(), name="rule"),
    path("rules/<int:pk>/preview/", machines.RulePreview.as_view(), name="rule-preview"),
    path("rules/<int:pk>/runs/", machines.RuleRuns.as_view(), name="rule-runs"),
    path("rules/<int:pk>/switch/", machines.SwitchRule.as_view(), name="rule-switch"),
    path("tickets/", endpoints.TicketList.as_view(), name="tickets"),
    path("tickets/<ticket:number>/", endpoints.TicketDetail.as_view(), name="ticket"),
    path("tickets/<ticket:number>/messages/", endpoints.TicketMessages.as_view(), name="ticket-messages"),
    path("tickets/<ticket:number>/notes/", endpoints.TicketNotes.as_view(), name="ticket-notes"),
    path("tickets/<ticket:number>/solve/", endpoints.SolveTicket.as_view(), name="ticket-solve"),
    path("tickets/<ticket:number>/close/", endpoints.CloseTicket.as_view(), name="ticket-close"),
    path("tickets/<ticket:number>/reopen/", endpoints.ReopenTicket.as_view(), name="ticket-reopen"),
    path("tickets/<ticket:number>/resume/", endpoints.ResumeTicket.as_view(), name="ticket-resume"),
    path("tickets/<ticket:number>/wait/", endpoints.WaitTicket.as_view(), name="ticket-wait"),
    path("tickets/<ticket:number>/assign/", endpoints.AssignTicket.as_view(), name="ticket-assign"),
    path("tickets/<ticket:number>/claim/", sharing.ClaimTicket.as_view(), name="ticket-claim"),
    path("tickets/<ticket:number>/hand-over/", sharing.HandOverTicket.as_view(), name="ticket-hand-over"),
    path("tickets/<ticket:number>/drafts/", shared.TicketDrafts.as_view(), name="ticket-drafts"),
    path("tickets/<ticket:number>/held-replies/", shared.HeldReplies.as_view(), name="held-replies"),
    path(
        "tickets/<ticket:number>/held-replies/<int:pk>/undo/",
        shared.UndoReply.as_view(),
        name="reply-undo",
    ),
    path("tickets/<ticket:number>/presence/", shared.TicketPresence.as_view(), name="ticket-presence"),
    path("tickets/<ticket:number>/follow/", shared.FollowTicket.as_view(), name="ticket-follow"),
    path("tickets/<ticket:number>/unfollow/", shared.UnfollowTicket.as_view(), name="ticket-unfollow"),
    path("views/", shared.SavedViews.as_view(), name="views"),
    path("views/<int:pk>/", shared.SavedViewDetail.as_view(), name="view"),
    path("bulk-runs/", shared.BulkRuns.as_view(), name="bulk-runs"),
    path("bulk-runs/<int:pk>/", shared.BulkRunDetail.as_view(), name="bulk-run"),
    path("teams/", sharing.TeamList.as_view(), name="teams"),
    path("members/rebalance/", sharing.RebalanceMember.as_view(), name="member-rebalance"),
    path("members/spread/", sharing.SpreadMember.as_view(), name="member-spread"),
    path("absences/", sharing.AbsenceList.as_view(), name="absences"),
    path("absences/<int:pk>/come-back/", sharing.ComeBack.as_view(), name="absence-come-back"),
    path("macros/", macro_endpoints.MacroList.as_view(), name="macros"),
    path("macros/<slug:code>/", macro_endpoints.MacroDetail.as_view(), name="macro"),
    path(
        "tickets/<ticket:number>/macros/<slug:code>/apply/",
        macro_endpoints.ApplyMacro.as_view(),
        name="ticket-macro-apply",
    ),
]
