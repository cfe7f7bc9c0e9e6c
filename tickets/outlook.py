"""Where a request stands, in a customer's words: what happens next, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from tickets import merged
from tickets.models import Clock, Ticket
from tickets.states import ClockKind, ClockState, TicketStatus, TicketType


@dataclass(frozen=True)
class Outlook:
    """`tone` colours it like a status; `due_at` is when the next step is promised, None when nothing is."""

    title: str
    text: str
    tone: str = "info"
    due_at: datetime | None = None


def outlook(ticket: Ticket, clocks: Iterable[Clock], now: datetime) -> Outlook:
    """What to tell the customer about a ticket with these clocks."""
    if ticket.merged_into is not None:
        return _elsewhere(merged.surviving(ticket))
    match ticket.status:
        case TicketStatus.PENDING_CUSTOMER:
            return Outlook(_("We are waiting for you"), _asked(ticket), "attention")
        case TicketStatus.PENDING_THIRD_PARTY:
            return Outlook(
                _("We are waiting for a partner"),
                _("We have asked somebody else, such as the carrier, and write when we know more."),
            )
        case TicketStatus.SOLVED:
            return Outlook(
                _("Solved"), _("If it is not, write to us below and we go on."), "good", _stays(ticket)
            )
        case TicketStatus.CLOSED:
            return Outlook(
                _("This request is closed"),
                _("If there is more to say, write below: we open a new request that goes on from here."),
                "neutral",
            )
    due = {clock.kind: clock.due_at for clock in clocks if clock.state == ClockState.RUNNING}
    response = due.get(ClockKind.FIRST_RESPONSE) or due.get(ClockKind.NEXT_RESPONSE)
    return _answering(response, due.get(ClockKind.RESOLUTION), ticket, now)


def _elsewhere(survivor: Ticket) -> Outlook:
    title = _("This request goes on in %(number)s") % {"number": survivor.number}
    return Outlook(
        title, _("Both are about the same thing. We answer there; what you write here arrives there too.")
    )


def _asked(ticket: Ticket) -> str:
    if ticket.type == TicketType.RETURN:
        return _("Please answer our last message or do the next step of your return; then we go on.")
    return _("Please answer our last message; then we go on.")


def _answering(
    response: datetime | None, resolution: datetime | None, ticket: Ticket, now: datetime
) -> Outlook:
    answered = ticket.first_response_at is not None
    due = response or resolution
    title = _("We are working on it") if answered else _("We have your request")
    if due is not None and due <= now:
        return _late(title, resolution, now)
    settling = answered and response is None
    text = _("We mean to settle it by the time shown.") if settling else _("A person answers you here.")
    return Outlook(title, text, due_at=due)


def _late(title: str, resolution: datetime | None, now: datetime) -> Outlook:
    """A promise was broken: says so, and by when the next one stands."""
    if resolution is None or resolution <= now:
        text = _("We promised to be further by now and are sorry. Your request is not forgotten.")
        return Outlook(title, text, "attention")
    text = _(
        "We promised to be further by now and are sorry. We mean to settle your request by the time shown."
    )
    return Outlook(title, text, "attention", resolution)


def _stays(ticket: Ticket) -> datetime | None:
    """Until when a solved ticket is reopened by a message."""
    if ticket.solved_at is None:
        return None
    return ticket.solved_at + timedelta(days=settings.TICKETS_CLOSE_AFTER_DAYS)
