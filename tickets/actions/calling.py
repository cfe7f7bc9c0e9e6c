"""A call with the customer, written down."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock, events
from tickets import clocks
from tickets.actions.row import change, locked_survivor
from tickets.actions.writing import write
from tickets.models import Message, Ticket
from tickets.states import Channel, ClockKind, MetBy, TicketStatus, Visibility


@transaction.atomic
def log_talk(ticket: Ticket, *, body: str, by: User, talked: bool) -> Message:
    """Write down a call as a note among colleagues; where somebody `talked` with the customer, it answers.

    What is written about a call is not what was said in it, so customers do not read it. But a person spoke
    to them: that is as good as a reply, and meets the first and the next response. It is met now and not
    when the call is said to have been: no clock is met in the past on somebody's word. A call that nobody
    took meets nothing. A closed ticket takes it too and stays as it is; what is said on a merged one stands
    where that goes on.
    """
    ticket = locked_survivor(ticket)
    now, was = clock.now(), ticket.status
    message = write(ticket, body=body, by=by, at=now, channel=Channel.PHONE, visibility=Visibility.INTERNAL)
    if talked and ticket.status != TicketStatus.CLOSED:
        _answer(ticket, message)
    else:
        change(ticket, now, found_by=message.body)
    moved: dict[str, Any] = {} if was == ticket.status else {"was": was, "status": ticket.status}
    events.record(
        "message.called",
        message,
        by=by,
        thread=ticket,
        at=now,
        number=ticket.number,
        message=message.pk,
        talked=talked,
        **moved,
    )
    return message


def _answer(ticket: Ticket, message: Message) -> None:
    """What a reply of a person would change; `needs_answer` ends as well, for the customer heard one."""
    now = message.created_at
    live = clocks.live(ticket, now)
    clocks.fulfil(live, ClockKind.FIRST_RESPONSE, now)
    clocks.fulfil(live, ClockKind.NEXT_RESPONSE, now)
    clocks.fulfil_external(live, MetBy.REPLIED, now)
    change(
        ticket,
        now,
        running=live,
        found_by=message.body,
        first_response_at=ticket.first_response_at or now,
        last_message_at=now,
        last_message_by=message.actor_kind,
        status=TicketStatus.OPEN if ticket.status == TicketStatus.NEW else ticket.status,
    )
