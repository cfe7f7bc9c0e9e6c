"""Rows of the desk, by noun."""

from tickets.models.assignment import Placement, PlacementQuerySet, RoutingRule, Turn
from tickets.models.automation import AutomationRule, RuleRun
from tickets.models.clocks import Clock, ClockEvent
from tickets.models.desk import Draft, Follow, HeldReply
from tickets.models.links import Merge, Split, TicketLink, TicketLinkQuerySet
from tickets.models.macros import Macro, MacroQuerySet
from tickets.models.promises import (
    CalendarVersion,
    ExternalPromise,
    PolicyVersion,
    ServiceCalendar,
    SlaPolicy,
)
from tickets.models.tellings import Telling
from tickets.models.tickets import NEVER, Message, Ticket, TicketQuerySet
from tickets.models.translations import MessageTranslation
from tickets.models.views import BulkRun, SavedView, SavedViewQuerySet

__all__ = [
    "NEVER",
    "AutomationRule",
    "BulkRun",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "Draft",
    "ExternalPromise",
    "Follow",
    "HeldReply",
    "Macro",
    "MacroQuerySet",
    "Merge",
    "Message",
    "MessageTranslation",
    "Placement",
    "PlacementQuerySet",
    "PolicyVersion",
    "RoutingRule",
    "RuleRun",
    "SavedView",
    "SavedViewQuerySet",
    "ServiceCalendar",
    "SlaPolicy",
    "Split",
    "Telling",
    "Ticket",
    "TicketLink",
    "TicketLinkQuerySet",
    "TicketQuerySet",
    "Turn",
]
