"""What a customer sends through a channel: a ticket of its own, or more of the one they have just begun."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypedDict, Unpack

from django.conf import settings
from django.db import transaction

from core import clock
from core.models import Attachment
from customers.models import Customer
from tickets import rules
from tickets.actions.conversation import receive
from tickets.actions.opening import open_ticket
from tickets.actions.row import hold_customer
from tickets.actions.writing import delivered
from tickets.models import Message, Ticket
from tickets.states import Intake, TicketStatus


class Opening(TypedDict, total=False):
    """What counts only where a ticket is opened; see `open_ticket`."""

    language: str
    told: bool
    proven: bool


@transaction.atomic
def take_in(
    *,
    customer: Customer,
    channel: str,
    body: str,
    subject: str = "",
    order_number: str = "",
    conversation: str = "",
    external_id: str = "",
    attachments: Sequence[Attachment] = (),
    **opening: Unpack[Opening],
) -> tuple[Ticket, Message, Intake]:
    """Open a ticket, or add to one nobody has answered yet: ten photos in a row are one request.

    A message joins the customer's latest new ticket of the same channel and `conversation` for
    `TICKETS_BURST_SECONDS` after their last words; one with a `subject` or an `order_number` of its own only
    a ticket with the same. The same (channel, external id) again is the same message.
    """
    hold_customer(customer.pk)
    if (known := delivered(channel, external_id)) is not None:
        return known.ticket, known, Intake.KNOWN
    begun = _just_begun(customer, channel, conversation, subject, order_number)
    if begun is not None:
        message = receive(
            begun, body=body, by=customer, channel=channel, external_id=external_id, attachments=attachments
        )
        return message.ticket, message, Intake.APPENDED
    ticket, _new = open_ticket(
        customer=customer,
        subject=subject or rules.first_words(body),
        body=body,
        channel=channel,
        by=customer,
        order_number=order_number,
        external_id=external_id,
        conversation=conversation,
        attachments=attachments,
        **opening,
    )
    return ticket, ticket.messages.order_by("pk")[0], Intake.OPENED


def _just_begun(
    customer: Customer, channel: str, conversation: str, subject: str, order_number: str
) -> Ticket | None:
    since = clock.now() - timedelta(seconds=settings.TICKETS_BURST_SECONDS)
    fresh = Ticket.objects.filter(
        customer=customer,
        channel=channel,
        conversation=conversation,
        status=TicketStatus.NEW,
        first_response_at=None,
        last_message_by=Customer.actor_kind,
        last_message_at__gte=since,
    )
    ticket = fresh.select_related("order").order_by("-pk").first()
    return ticket if ticket is not None and _fits(ticket, subject, order_number) else None


def _fits(ticket: Ticket, subject: str, order_number: str) -> bool:
    """Whether what names a subject or an order names those of the ticket."""
    same_subject = not subject or rules.same_words(rules.bare_subject(subject), ticket.subject)
    named = {ticket.order.number, ticket.order.reference} if ticket.order else set()
    return same_subject and (not order_number.strip() or order_number.strip() in named)
