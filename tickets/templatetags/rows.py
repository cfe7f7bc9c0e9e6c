"""The rows of a list of tickets.

Drawn here and not by a template: a list has forty rows, and a cell made of template nodes takes several
times as long as one that is a sentence of HTML with values in it. A row that looks as it looked before is not
drawn again: whatever it shows is what it is remembered by, so there is nothing to forget.
"""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock, links
from core.templatetags import ui
from tickets.rows import TicketRow
from tickets.states import TicketStatus
from tickets.templatetags.tickets import channel_mark, priority_mark, ticket_deadline, ticket_status

register = template.Library()

NONE = SafeString("")


@register.simple_tag
def ticket_rows(rows: Iterable[TicketRow], now: datetime, query: str, may_work: bool) -> SafeString:
    """The rows of the inbox; their links know by `query` from which list one came."""
    minute, zone, language = now.replace(second=0, microsecond=0), get_current_timezone(), get_language()
    drawn = (
        _within_a_minute(row, _is_late(row, now), minute, query, may_work, zone, language) for row in rows
    )
    return SafeString("".join(drawn))


def _is_late(row: TicketRow, now: datetime) -> bool:
    return row.due_at is not None and row.due_at <= now


@lru_cache(maxsize=4096)
def _within_a_minute(
    row: TicketRow,
    _is_late: bool,
    _minute: datetime,
    query: str,
    may_work: bool,
    _zone: tzinfo,
    language: str | None,
) -> SafeString:
    """A row as it is in this minute, in which it says the same of its moments to whoever reads like this."""
    due, spoken = ticket_deadline(row, clock.now()), ui.when(row.last_message_at)
    return _ticket_row(row, due, spoken, query, may_work, language)


@lru_cache(maxsize=2048)
def _ticket_row(
    row: TicketRow, due: SafeString, spoken: SafeString, query: str, may_work: bool, _language: str | None
) -> SafeString:
    return format_html(
        '<li class="ticket-row{}" data-row data-row-key="{}">{}{}{}{}{}{}'
        '<span class="ticket-row__due">{}</span>{}<span class="ticket-row__when">{}</span></li>',
        SafeString(" ticket-row--unread") if row.needs_answer else NONE,
        row.number,
        _tick(row) if may_work else NONE,
        _customer(row),
        _subject(row, query),
        _preview(row),
        _facts(row),
        _marks(row),
        due,
        _assignee(row, may_work, query),
        spoken,
    )


def _tick(row: TicketRow) -> SafeString:
    return format_html(
        '<label class="ticket-row__tick">'
        '<input type="checkbox" name="tickets" value="{}" aria-label="{} {}"></label>',
        row.number,
        _("Tick"),
        row.number,
    )


def _customer(row: TicketRow) -> SafeString:
    """Who: the channel they wrote by, their name and their tier."""
    return format_html(
        '<span class="ticket-row__who">{}<span class="truncate">{}</span>{}</span>',
        channel_mark(row.channel),
        row.customer,
        format_html('<span class="chip chip--tiny">{}</span>', row.tier) if row.tier else NONE,
    )


def _subject(row: TicketRow, query: str) -> SafeString:
    return format_html(
        '<a class="ticket-row__subject" href="{}#newest">{}</a>',
        _within("console:ticket", row, query),
        row.subject,
    )


def _preview(row: TicketRow) -> SafeString:
    """What was said last, and whether by us."""
    answered = ui.icon("corner-up-left", _("We wrote last")) if row.last_message_by == "user" else NONE
    return format_html('<span class="ticket-row__preview">{}{}</span>', answered, row.last_message_preview)


def _facts(row: TicketRow) -> SafeString:
    """The numbers of the ticket and of its order."""
    order = NONE
    if row.order:
        order = format_html(
            ' <span class="ticket-row__order">{}{}</span>', ui.icon("shopping-bag"), row.order
        )
    return format_html('<span class="ticket-row__facts">{}{}</span>', row.number, order)


def _marks(row: TicketRow) -> SafeString:
    """What is out of the ordinary: priority and status."""
    status = NONE if row.status == TicketStatus.OPEN else ticket_status(row)
    return format_html('<span class="ticket-row__marks">{}{}</span>', priority_mark(row.priority), status)


def _assignee(row: TicketRow, may_work: bool, query: str) -> SafeString:
    """Who looks after it; where nobody does, a button to take it."""
    if row.assignee_id is None:
        drawn = _take(row, query) if may_work else _nobody()
        return format_html('<span class="ticket-row__assignee">{}</span>', drawn)
    return format_html(
        '<span class="ticket-row__assignee" title="{}">{}<span class="unseen">{}</span></span>',
        row.assignee,
        ui.avatar(row.assignee),
        row.assignee,
    )


def _take(row: TicketRow, query: str) -> SafeString:
    return format_html(
        '<button class="avatar avatar--nobody avatar--take" type="submit" formaction="{}" title="{}">{}'
        '<span class="unseen">{}</span></button>',
        _within("console:inbox-claim", row, query),
        _("Nobody looks after it. Take it"),
        ui.icon("user-plus", _("Take it")),
        row.number,
    )


def _nobody() -> SafeString:
    words = _("Nobody looks after it")
    drawn = ui.icon("user", words)
    return format_html('<span class="avatar avatar--nobody" title="{}">{}</span>', words, drawn)


def _within(name: str, row: TicketRow, query: str) -> str:
    address = links.about(name, row.number)
    return f"{address}?{query}" if query else address
