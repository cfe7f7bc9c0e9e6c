"""Ticket states and which may follow which: the one table that actions, buttons and the API ask."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TicketStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("ticket status", "New")
    OPEN = "open", pgettext_lazy("ticket status", "Open")
    PENDING_CUSTOMER = "pending_customer", _("Waiting for the customer")
    PENDING_THIRD_PARTY = "pending_third_party", _("Waiting for a third party")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", pgettext_lazy("ticket status", "Closed")


FOLLOWS: Mapping[str, frozenset[str]] = {
    TicketStatus.NEW: frozenset(
        {
            TicketStatus.OPEN,
            TicketStatus.PENDING_CUSTOMER,
            TicketStatus.PENDING_THIRD_PARTY,
            TicketStatus.SOLVED,
            TicketStatus.CLOSED,
        }
    ),
    TicketStatus.OPEN: frozenset(
        {
            TicketStatus.PENDING_CUSTOMER,
            TicketStatus.PENDING_THIRD_PARTY,
            TicketStatus.SOLVED,
            TicketStatus.CLOSED,
        }
    ),
    TicketStatus.PENDING_CUSTOMER: frozenset(
        {TicketStatus.OPEN, TicketStatus.PENDING_THIRD_PARTY, TicketStatus.SOLVED, TicketStatus.CLOSED}
    ),
    TicketStatus.PENDING_THIRD_PARTY: frozenset(
        {TicketStatus.OPEN, TicketStatus.PENDING_CUSTOMER, TicketStatus.SOLVED, TicketStatus.CLOSED}
    ),
    TicketStatus.SOLVED: frozenset({TicketStatus.OPEN, TicketStatus.CLOSED}),
    TicketStatus.CLOSED: frozenset(),
}

UNSOLVED = (
    TicketStatus.NEW,
    TicketStatus.OPEN,
    TicketStatus.PENDING_CUSTOMER,
    TicketStatus.PENDING_THIRD_PARTY,
)
WAITING = (TicketStatus.PENDING_CUSTOMER, TicketStatus.PENDING_THIRD_PARTY)
ACTIVE = (TicketStatus.NEW, TicketStatus.OPEN)
"""Where somebody at the desk has to move next."""


def needs_answer(status: str, last_message_by: str) -> bool:
    """Whether the customer spoke last and somebody has to answer."""
    return last_message_by == "customer" and status in ACTIVE


def may_follow(current: str, target: str) -> bool:
    """Whether a ticket in `current` may become `target`."""
    return target in FOLLOWS[current]


class TicketType(models.TextChoices):
    ENQUIRY = "enquiry", _("Enquiry")
    ORDER = "order", _("Order problem")
    LOGISTICS = "logistics", _("Logistics")
    RETURN = "return", _("Return, exchange, repair")
    COMPLAINT = "complaint", _("Complaint")
    FEEDBACK = "feedback", pgettext_lazy("ticket type", "Feedback")


class Priority(models.IntegerChoices):
    """Higher is more urgent, so that lists sort by the number."""

    LOW = 1, pgettext_lazy("priority", "Low")
    NORMAL = 2, pgettext_lazy("priority", "Normal")
    HIGH = 3, pgettext_lazy("priority", "High")
    URGENT = 4, pgettext_lazy("priority", "Urgent")


class Channel(models.TextChoices):
    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    PHONE = "phone", _("Phone")
    API = "api", "API"
    SHOP = "shop", _("Shop message")
    SOCIAL = "social", _("Social message")


class Visibility(models.TextChoices):
    PUBLIC = "public", pgettext_lazy("message", "Public")
    INTERNAL = "internal", pgettext_lazy("message", "Internal")


class ClockKind(models.TextChoices):
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    RESOLUTION = "resolution", _("Resolution")
    EXTERNAL = "external", _("External deadline")


PROMISED = (ClockKind.FIRST_RESPONSE, ClockKind.NEXT_RESPONSE, ClockKind.RESOLUTION)
"""What a policy can promise."""

FROM_THE_START = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)
"""What is owed as soon as a ticket is opened."""


class ClockState(models.TextChoices):
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FULFILLED = "fulfilled", _("Met")
    CANCELLED = "cancelled", pgettext_lazy("clock", "Cancelled")
    MERGED = "merged", pgettext_lazy("clock", "Goes on in another clock")


class ExternalStart(models.TextChoices):
    """What starts an external clock."""

    TICKET_OPENED = "ticket_opened", _("A ticket is opened")
    CUSTOMER_WROTE = "customer_wrote", _("The customer writes")
    CASE_SUBMITTED = "case_submitted", _("A case is requested")


class MetBy(models.TextChoices):
    """What meets an external clock."""

    REPLIED = "replied", _("A person replies to the customer")
    SOLVED = "solved", _("The ticket is solved")
    CASE_DECIDED = "case_decided", _("The case is decided")


class Told(models.TextChoices):
    """What became of news for a customer."""

    CARRIED = "carried", _("The way the customer writes")
    MAIL = "mail", _("As an e-mail")
    NOWHERE = "nowhere", _("There is no way to reach the customer")
    UNWANTED = "unwanted", _("The customer does not want this news")
    CAPPED = "capped", _("Too many automatic messages to one customer")


class Recipient(models.TextChoices):
    """Whom a step of a ladder tells."""

    ASSIGNEE = "assignee", _("The assignee")
    TEAM = "team", _("Everybody in the team")
    LEADS = "leads", _("The leads of the team")
    MANAGERS = "managers", _("All managers")


class Unplaced(models.TextChoices):
    """Why nobody got a ticket by itself: the first thing that left nobody."""

    NO_MEMBERS = "no_members", _("The team has nobody who works on tickets")
    OFF_DUTY = "off_duty", _("Nobody is on duty")
    LANGUAGE = "language", _("Nobody on duty answers in its language")
    SKILLS = "skills", _("Nobody on duty has the skills it needs")
    FULL = "full", _("Everybody who could take it has enough to do")


class LinkKind(models.TextChoices):
    """How two tickets belong together, told from the first of them."""

    RELATED = "related", pgettext_lazy("linked ticket", "Related")
    DUPLICATE = "duplicate", pgettext_lazy("linked ticket", "Possibly the same")
    PARENT = "parent", pgettext_lazy("linked ticket", "Incident that gathers")
    SPLIT = "split", pgettext_lazy("linked ticket", "Split off")


class Suspicion(models.TextChoices):
    """Why two tickets may be the same request."""

    ORDER = "order", _("The same order, through another channel")
    ORDER_LINE = "order_line", _("A case for the same item of the order")
    TEXT = "text", _("The same words from the same person")
    REFERENCE = "reference", _("It names the other ticket, but nothing proves that it belongs there")


class Intake(models.TextChoices):
    """What became of something a customer sent."""

    OPENED = "opened", pgettext_lazy("intake", "A ticket was opened")
    APPENDED = "appended", pgettext_lazy("intake", "It was added to a ticket")
    KNOWN = "known", pgettext_lazy("intake", "It had come before")


class Trigger(models.TextChoices):
    """When an automation rule looks at a ticket: after an event of that kind, or as time passes."""

    OPENED = "ticket.opened", pgettext_lazy("trigger", "A ticket is opened")
    RECEIVED = "message.received", pgettext_lazy("trigger", "The customer writes")
    SENT = "message.sent", pgettext_lazy("trigger", "A reply is sent")
    NOTED = "message.noted", pgettext_lazy("trigger", "A note is left")
    ASSIGNED = "ticket.assigned", pgettext_lazy("trigger", "The assignee changes")
    PRIORITY_SET = "ticket.priority_set", pgettext_lazy("trigger", "The priority changes")
    TYPE_SET = "ticket.type_set", pgettext_lazy("trigger", "The type changes")
    WAITING = "ticket.waiting", pgettext_lazy("trigger", "A ticket is set to waiting")
    RESUMED = "ticket.resumed", pgettext_lazy("trigger", "A ticket goes on")
    SOLVED = "ticket.solved", pgettext_lazy("trigger", "A ticket is solved")
    CLOSED = "ticket.closed", pgettext_lazy("trigger", "A ticket is closed")
    REOPENED = "ticket.reopened", pgettext_lazy("trigger", "A ticket is reopened")
    BREACHED = "clock.breached", pgettext_lazy("trigger", "A deadline is missed")
    TIME = "time", pgettext_lazy("trigger", "Time passes")


class RunOutcome(models.TextChoices):
    """What came of a rule whose conditions a ticket met."""

    DONE = "done", pgettext_lazy("run of a rule", "Done")
    NOTHING = "nothing", pgettext_lazy("run of a rule", "Nothing to change")
    REFUSED = "refused", pgettext_lazy("run of a rule", "Refused")
    FAILED = "failed", pgettext_lazy("run of a rule", "Failed")
    STOPPED = "stopped", pgettext_lazy("run of a rule", "Stopped: rules set each other off")


class DraftKind(models.TextChoices):
    """What is being written."""

    REPLY = "reply", pgettext_lazy("draft", "Reply")
    NOTE = "note", pgettext_lazy("draft", "Note")


class HeldState(models.TextChoices):
    """Where a reply is between the click on "send" and its leaving."""

    HELD = "held", pgettext_lazy("held reply", "Held")
    SENT = "sent", pgettext_lazy("held reply", "Sent")
    UNDONE = "undone", pgettext_lazy("held reply", "Taken back")
    RETURNED = "returned", pgettext_lazy("held reply", "Could not be sent")


class ViewVisibility(models.TextChoices):
    """Who has a saved view in the side bar."""

    PRIVATE = "private", pgettext_lazy("saved view", "Only I")
    TEAM = "team", pgettext_lazy("saved view", "A team")
    ALL = "all", pgettext_lazy("saved view", "Everybody")


class RunState(models.TextChoices):
    """How far work on many tickets has come."""

    WAITING = "waiting", pgettext_lazy("work on many", "Waiting")
    RUNNING = "running", pgettext_lazy("work on many", "Running")
    DONE = "done", pgettext_lazy("work on many", "Done")
