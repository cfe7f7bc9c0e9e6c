"""The cells of a ticket's row in a list.

Drawn here and not by a template: a list has forty rows, and a cell made of template nodes takes several
times as long as one that is a sentence of HTML with values in it.
"""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import links
from core.templatetags import ui
from tickets.models import Ticket
from tickets.states import TicketStatus
from tickets.templatetags.tickets import channel_mark, priority_mark, ticket_status

register = template.Library()

NONE = SafeString("")


@register.simple_tag
def row_customer(ticket: Ticket) -> SafeString:
    """Who: the channel they wrote by, their name and their tier."""
    tier = str(ticket.customer.tier or "")
    return _customer(ticket.channel, ticket.customer.display_name, tier, get_language())


@lru_cache(maxsize=2048)
def _customer(channel: str, name: str, tier: str, _language: str) -> SafeString:
    return format_html(
        '<span class="ticket-row__who">{}<span class="truncate">{}</span>{}</span>',
        channel_mark(channel),
        name,
        format_html('<span class="chip chip--tiny">{}</span>', tier) if tier else NONE,
    )


@register.simple_tag
def row_subject(ticket: Ticket, query: str) -> SafeString:
    """What it is about; leads to the ticket, which knows by `query` from which list one came."""
    return format_html(
        '<a class="ticket-row__subject" href="{}#newest">{}</a>',
        _within("console:ticket", ticket, query),
        ticket.subject,
    )


@register.simple_tag
def row_preview(ticket: Ticket) -> SafeString:
    """What was said last, and whether by us."""
    answered = ui.icon("corner-up-left", _("We wrote last")) if ticket.last_message_by == "user" else NONE
    return format_html('<span class="ticket-row__preview">{}{}</span>', answered, ticket.last_message_preview)


@register.simple_tag
def row_facts(ticket: Ticket) -> SafeString:
    """The numbers of the ticket and of its order."""
    order = NONE
    if ticket.order is not None:
        order = format_html(
            ' <span class="ticket-row__order">{}{}</span>', ui.icon("shopping-bag"), ticket.order.number
        )
    return format_html('<span class="ticket-row__facts">{}{}</span>', ticket.number, order)


@register.simple_tag
def row_marks(ticket: Ticket) -> SafeString:
    """What is out of the ordinary: priority and status."""
    status = NONE if ticket.status == TicketStatus.OPEN else ticket_status(ticket)
    return format_html('<span class="ticket-row__marks">{}{}</span>', priority_mark(ticket.priority), status)


@register.simple_tag
def row_assignee(ticket: Ticket, may_work: bool, query: str) -> SafeString:
    """Who looks after it; where nobody does, a button to take it."""
    if ticket.assignee is not None:
        return _assigned(ticket.assignee.display_name)
    drawn = _take(ticket, query) if may_work else _nobody()
    return format_html('<span class="ticket-row__assignee">{}</span>', drawn)


@lru_cache(maxsize=512)
def _assigned(name: str) -> SafeString:
    return format_html(
        '<span class="ticket-row__assignee" title="{}">{}<span class="unseen">{}</span></span>',
        name,
        ui.avatar(name),
        name,
    )


def _take(ticket: Ticket, query: str) -> SafeString:
    return format_html(
        '<button class="avatar avatar--nobody avatar--take" type="submit" formaction="{}" title="{}">{}'
        '<span class="unseen">{}</span></button>',
        _within("console:inbox-claim", ticket, query),
        _("Nobody looks after it. Take it"),
        ui.icon("user-plus", _("Take it")),
        ticket.number,
    )


def _nobody() -> SafeString:
    words = _("Nobody looks after it")
    drawn = ui.icon("user", words)
    return format_html('<span class="avatar avatar--nobody" title="{}">{}</span>', words, drawn)


def _within(name: str, ticket: Ticket, query: str) -> str:
    address = links.about(name, ticket.number)
    return f"{address}?{query}" if query else address
