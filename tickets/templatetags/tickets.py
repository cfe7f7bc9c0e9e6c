"""How a ticket's status, priority, channel and deadlines look, the same on every page."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from babel.dates import format_datetime
from django import template
from django.template import Context
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from core import dates, words
from core.hours import Segment
from core.models import Event
from core.templatetags import ui
from tickets.merged import surviving
from tickets.models import Clock, Message, MessageTranslation, Ticket
from tickets.rows import TicketRow
from tickets.states import WAITING, Channel, ClockState, Priority, TicketStatus, TicketType

register = template.Library()

TONES: Mapping[str, str] = {
    TicketStatus.NEW: "info",
    TicketStatus.OPEN: "info",
    TicketStatus.PENDING_CUSTOMER: "attention",
    TicketStatus.PENDING_THIRD_PARTY: "attention",
    TicketStatus.SOLVED: "good",
    TicketStatus.CLOSED: "neutral",
}

PORTAL_STATUSES: Mapping[str, tuple[str | Promise, str]] = {
    TicketStatus.NEW: (gettext_lazy("Received"), "info"),
    TicketStatus.OPEN: (gettext_lazy("In progress"), "info"),
    TicketStatus.PENDING_CUSTOMER: (gettext_lazy("Waiting for you"), "attention"),
    TicketStatus.PENDING_THIRD_PARTY: (gettext_lazy("Waiting for a partner"), "info"),
    TicketStatus.SOLVED: (gettext_lazy("Solved"), "good"),
    TicketStatus.CLOSED: (pgettext_lazy("ticket status", "Closed"), "neutral"),
}

PORTAL_EVENTS: Mapping[str, str | Promise] = {
    "ticket.solved": gettext_lazy("Your request was solved"),
    "ticket.reopened": gettext_lazy("Your request was taken up again"),
    "ticket.closed": gettext_lazy("Your request was closed"),
    "ticket.merged": gettext_lazy("Your request goes on together with another of yours"),
    "ticket.unmerged": gettext_lazy("Your request goes on by itself again"),
}

CHANNEL_ICONS: Mapping[str, str] = {
    Channel.PORTAL: "globe",
    Channel.EMAIL: "mail",
    Channel.CHAT: "message-circle",
    Channel.PHONE: "phone",
    Channel.API: "plug",
    Channel.SHOP: "store",
    Channel.SOCIAL: "share-2",
}

TYPE_ICONS: Mapping[str, str] = {
    TicketType.ENQUIRY: "circle-question-mark",
    TicketType.ORDER: "shopping-bag",
    TicketType.LOGISTICS: "truck",
    TicketType.RETURN: "package",
    TicketType.COMPLAINT: "megaphone",
    TicketType.FEEDBACK: "lightbulb",
}

EVENT_ICONS: Mapping[str, str] = {
    "ticket.assigned": "user-check",
    "ticket.claimed": "user-check",
    "ticket.handed_over": "user-check",
    "ticket.queued": "inbox",
    "ticket.waiting": "pause",
    "ticket.resumed": "play",
    "ticket.solved": "circle-check",
    "ticket.reopened": "rotate-ccw",
    "ticket.closed": "archive",
    "ticket.merged": "merge",
    "ticket.took_in": "merge",
    "ticket.unmerged": "undo-2",
    "ticket.gave_back": "undo-2",
    "ticket.split": "split",
    "ticket.split_off": "split",
    "ticket.unsplit": "undo-2",
    "ticket.put_back": "undo-2",
    "ticket.linked": "link",
    "ticket.unlinked": "unlink",
    "ticket.suspected": "copy",
    "ticket.not_duplicate": "copy-x",
    "ticket.priority_set": "chevrons-up",
    "ticket.type_set": "tag",
    "ticket.order_unknown": "circle-question-mark",
    "mail.came_back": "mail-x",
    "mail.files_left_out": "paperclip",
    "mail.sender_forged": "shield-alert",
}

PRIORITY_ICONS: Mapping[int, str] = {
    Priority.LOW: "chevron-down",
    Priority.HIGH: "chevron-up",
    Priority.URGENT: "chevrons-up",
}


@register.simple_tag(takes_context=True)
def translation_of(context: Context, message: Message) -> MessageTranslation | None:
    """What a message says in the reader's language, if somebody asked for it before."""
    known: Mapping[int, MessageTranslation] = context.get("translations") or {}
    return known.get(message.pk)


@register.simple_tag
def ticket_status(ticket: Ticket | TicketRow) -> SafeString:
    """The status as word, shape and colour; a merged ticket is closed, and says why."""
    if ticket.merged_into_id is not None:
        return ui.status(pgettext("ticket status", "Merged"), TONES[ticket.status])
    return ui.status(TicketStatus(ticket.status).label, TONES[ticket.status])


@register.simple_tag
def portal_status(ticket: Ticket) -> SafeString:
    """The status in a customer's words."""
    if ticket.merged_into is not None:
        goes_on = _("Goes on in %(number)s") % {"number": surviving(ticket).number}
        return ui.status(goes_on, TONES[ticket.status])
    label, tone = PORTAL_STATUSES[ticket.status]
    return ui.status(label, tone)


@register.simple_tag
def ticket_deadline(ticket: Ticket | TicketRow, now: datetime, url: str | None = None) -> SafeString:
    """The nearest deadline of a ticket as a chip: running, late, paused; nothing when it is over."""
    if ticket.due_at is not None:
        return ui.deadline(ticket.due_at, "late" if ticket.due_at <= now else "running", url)
    return ui.deadline(None, "paused", url) if ticket.status in WAITING else SafeString("")


@register.simple_tag
def clock_deadline(clock: Clock, now: datetime, url: str | None = None) -> SafeString:
    """One clock as a chip; a promise that was kept late stays late by as much."""
    match clock.state:
        case ClockState.RUNNING:
            return ui.deadline(clock.due_at, "late" if clock.due_at <= now else "running", url)
        case ClockState.PAUSED if clock.breached_at:
            return ui.deadline(clock.due_at, "late", url, at=clock.paused_at)
        case ClockState.PAUSED:
            return ui.deadline(clock.due_at, "paused", url)
        case ClockState.FULFILLED if clock.breached_at:
            return ui.deadline(clock.due_at, "late", url, at=clock.fulfilled_at)
        case ClockState.FULFILLED:
            return ui.deadline(clock.due_at, "fulfilled", url)
    return SafeString("")


@register.simple_tag
def channel_mark(channel: str) -> SafeString:
    """The sign of a channel, with its name for ears and on hover."""
    label = Channel(channel).label
    return _mark(CHANNEL_ICONS[channel], label)


@register.simple_tag
def type_mark(kind: str) -> SafeString:
    """The sign of a type of ticket, with its name for ears and on hover."""
    label = TicketType(kind).label
    return _mark(TYPE_ICONS[kind], label)


def _mark(icon: str, label: object) -> SafeString:
    return _drawn_mark(icon, str(label))


@lru_cache(maxsize=128)
def _drawn_mark(icon: str, label: str) -> SafeString:
    return format_html('<span class="mark" title="{}">{}</span>', label, ui.icon(icon, label))


@register.simple_tag
def priority_mark(priority: int) -> SafeString:
    """A sign for a priority out of the ordinary; nothing for an ordinary one."""
    if priority not in PRIORITY_ICONS:
        return SafeString("")
    known = Priority(priority)
    return format_html(
        '<span class="priority priority--{}">{}{}</span>',
        known.name.lower(),
        ui.icon(PRIORITY_ICONS[priority]),
        known.label,
    )


@register.filter
def event_words(event: Event) -> str:
    """What happened, in the reader's language."""
    return words.event(event)


@register.filter
def portal_words(event: Event) -> str:
    """What happened, as customers say it: what we call a ticket is their request."""
    said = PORTAL_EVENTS.get(event.kind)
    return str(said) if said else words.event(event)


@register.filter
def event_icon(event: Event) -> str:
    """The sign of what happened, else of what it happened to."""
    if "proven" in event.data:
        return "user-round-x"
    return EVENT_ICONS.get(event.kind) or ui.EVENT_ICONS.get(event.kind.partition(".")[0], "circle-dot")


@register.filter
def capped(count: int, most: int) -> str:
    """A count as people read it: "12", or "99+" beyond what is counted."""
    return f"{most}+" if count > most else str(count)


@register.simple_tag
def exactly(moment: datetime) -> SafeString:
    """A moment to the minute, with its weekday: "Mon 23 Nov 2026, 11:00"."""
    here = timezone.localtime(moment)
    text = format_datetime(here, pgettext("date pattern", "EEE d MMM y, HH:mm"), locale=dates.locale())
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag
def length(span: timedelta) -> str:
    """A length of time to the minute, not rounded: "27 h", "1 h 20 min", "0 min"."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return _("%(hours)s h") % {"hours": hours} if hours else _("%(minutes)s min") % {"minutes": minutes}


@register.filter
def counted(segment: Segment) -> timedelta:
    """How long a piece of working time is."""
    return segment.end - segment.start
