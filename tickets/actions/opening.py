"""How a ticket begins: once per delivery, with its promises running."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Team
from core import clock, events, search
from core.actors import Actor
from core.models import Attachment
from core.numbers import next_number
from customers.models import Customer
from orders.models import Order
from tickets import clocks, conditions, rules
from tickets.actions.writing import delivered, write
from tickets.models import PolicyVersion, SlaPolicy, Ticket
from tickets.states import FROM_THE_START, Channel, Priority, TicketType


def open_ticket(
    *,
    customer: Customer,
    subject: str,
    body: str,
    channel: str,
    by: Actor,
    order: Order | None = None,
    order_number: str = "",
    type: str = TicketType.ENQUIRY,  # noqa: A002 - the word of the field
    priority: int = Priority.NORMAL,
    language: str = "",
    external_id: str = "",
    conversation: str = "",
    attachments: Sequence[Attachment] = (),
    told: bool = False,
    proven: bool = True,
) -> tuple[Ticket, bool]:
    """Open a ticket with its first message and its clocks; returns it and whether it is new.

    A delivery is known by (channel, external_id): however often and however many at once it comes, it is one
    ticket. Without an external id every call opens one.

    `order_number` is an order as the customer named it. If it is one of the customer's, the ticket is about
    it; else the number is kept for staff to see and to find. `told` says that the caller acknowledges it.
    Not `proven` says that whoever wrote only typed an address: staff see it before they answer.
    """
    ticket = Ticket(
        customer=customer,
        subject=rules.one_line(subject, rules.SUBJECT_LENGTH),
        channel=channel,
        order=order,
        type=type,
        priority=priority,
        language=language or customer.language,
        external_id=external_id,
        conversation=conversation,
    )
    if (known := _delivered(channel, external_id)) is not None:
        return known, False
    try:
        opened = _opened(
            ticket,
            body=body,
            by=by,
            attachments=attachments,
            order_number=order_number.strip(),
            facts=({"told": True} if told else {}) | ({} if proven else {"proven": False}),
        )
    except IntegrityError:  # the same delivery, a moment earlier, in another process
        known = _delivered(channel, external_id) or _ticket_of_message(channel, external_id)
        if known is None:
            raise
        return known, False
    return opened, True


def follow_up(
    ticket: Ticket,
    *,
    body: str,
    by: Customer,
    channel: str,
    external_id: str = "",
    attachments: Sequence[Attachment] = (),
) -> Ticket:
    """Open the ticket that goes on where a closed one ended."""
    following = Ticket(
        customer=ticket.customer,
        subject=ticket.subject,
        channel=channel,
        order_id=ticket.order_id,
        type=ticket.type,
        priority=ticket.priority,
        language=ticket.language,
        external_id=external_id,
        follow_up_of=ticket,
    )
    return _opened(following, body=body, by=by, attachments=attachments)


def _ticket_of_message(channel: str, external_id: str) -> Ticket | None:
    message = delivered(channel, external_id)
    return message.ticket if message else None


def _delivered(channel: str, external_id: str) -> Ticket | None:
    """The ticket of a delivery that came before; a new one, the common case, costs a look for a key."""
    if not external_id:
        return None
    known = Ticket.objects.filter(channel=channel, external_id=external_id).order_by()
    pk = known.values_list("pk", flat=True).first()
    return Ticket.objects.get(pk=pk) if pk else None


@transaction.atomic
def _opened(
    ticket: Ticket,
    *,
    body: str,
    by: Actor,
    attachments: Sequence[Attachment],
    order_number: str = "",
    facts: Mapping[str, Any] = MappingProxyType({}),
) -> Ticket:
    """Everything a new ticket needs, in few statements: this is what the speed of intake is made of."""
    now = clock.now()
    if order_number and ticket.order is None:
        ticket.order = order_of(ticket.customer, order_number)
    ticket.number = next_number("T")
    ticket.created_at = ticket.updated_at = ticket.last_message_at = now
    ticket.last_message_by = by.actor_kind
    ticket.last_message_preview = rules.one_line(body, rules.PREVIEW_LENGTH)
    ticket.team = Team.objects.filter(is_default=True).first()
    ticket.policy_version = policy_for(ticket, now)
    promised = clocks.promised(ticket, ticket.policy_version, FROM_THE_START, now)
    ticket.due_at = clocks.next_due(promised)
    ticket.search = search.vector(f"{ticket.number} {ticket.subject}", body, _names(ticket, order_number))
    ticket.save(force_insert=True)
    del ticket.search
    message = write(
        ticket,
        body=body,
        by=by,
        at=now,
        channel=ticket.channel,
        external_id=ticket.external_id,
        attachments=attachments,
    )
    clocks.start(promised)
    _record_opened(ticket, by=by, at=now, message=message.pk, facts=facts)
    if order_number and ticket.order is None:
        events.record("ticket.order_unknown", ticket, by=by, at=now, order_number=order_number)
    return ticket


def policy_for(ticket: Ticket, at: datetime) -> PolicyVersion | None:
    """What is promised to the ticket as it is: the version it is pinned to while its policy applies.

    Else the published version of the first policy that applies, None when none does.
    """
    policies = SlaPolicy.objects.filter(is_active=True, current__isnull=False)
    for policy in policies.select_related("current__calendar__current"):
        version = policy.current
        if version is not None and conditions.matches(conditions.parse(version.conditions), ticket, at):
            pinned = ticket.policy_version
            return pinned if pinned is not None and pinned.policy_id == policy.pk else version
    return None


def order_of(customer: Customer, number: str) -> Order | None:
    """The customer's latest order of that number or reference; nobody else's."""
    orders = Order.objects.filter(Q(number=number) | Q(reference=number), customer=customer)
    return orders.order_by("-placed_at").first()


def _names(ticket: Ticket, order_number: str) -> str:
    return f"{ticket.customer.name} {ticket.order.number if ticket.order else order_number}"


def _record_opened(
    ticket: Ticket, *, by: Actor, at: datetime, message: int, facts: Mapping[str, Any]
) -> None:
    origin: dict[str, Any] = {"follow_up_of": ticket.follow_up_of.number} if ticket.follow_up_of else {}
    events.record(
        "ticket.opened",
        ticket,
        by=by,
        public=True,
        at=at,
        number=ticket.number,
        channel=Channel(ticket.channel),
        message=message,
        **origin,
        **facts,
    )
