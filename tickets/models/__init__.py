"""Rows of the desk, by noun."""

from tickets.models.clocks import Clock, ClockEvent
from tickets.models.promises import ServiceCalendar, SlaPolicy
from tickets.models.tickets import NEVER, Message, Ticket, TicketQuerySet

__all__ = [
    "NEVER",
    "Clock",
    "ClockEvent",
    "Message",
    "ServiceCalendar",
    "SlaPolicy",
    "Ticket",
    "TicketQuerySet",
]
