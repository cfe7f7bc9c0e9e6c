"""Rows of the desk, by noun."""

from tickets.models.assignment import Placement, PlacementQuerySet, RoutingRule, Turn
from tickets.models.automation import AutomationRule, RuleRun
from tickets.models.clocks import Clock, ClockEvent
from tickets.models.desk import Draft, HeldReply
from tickets.models.macros import Macro, MacroQuerySet
from tickets.models.promises import (
    CalendarVersion,
    ExternalPromise,
    PolicyVersion,
    ServiceCalendar,
    SlaPolicy,
)
from tickets.models.tickets import NEVER, Message, Ticket, TicketQuerySet

__all__ = [
    "NEVER",
    "AutomationRule",
    "CalendarVersion",
    "Clock",
    "ClockEvent",
    "Draft",
    "ExternalPromise",
    "HeldReply",
    "Macro",
    "MacroQuerySet",
    "Message",
    "Placement",
    "PlacementQuerySet",
    "PolicyVersion",
    "RoutingRule",
    "RuleRun",
    "ServiceCalendar",
    "SlaPolicy",
    "Ticket",
    "TicketQuerySet",
    "Turn",
]
