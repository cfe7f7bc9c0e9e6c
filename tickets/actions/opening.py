"""How a ticket begins: once per delivery, with its promises running."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack

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
from tickets.actions.writing import delivered, require_same, write
from tickets.models import PolicyVersion, SlaPolicy, Ticket
from tickets.states import FROM_THE_START, Channel


class About(TypedDict, total=False):
    """What a ticket is from the start, beside who wrote what; what is not said is ordinary."""

    order: Order | None
    type: str
    priority: int
    external_id: str
    conversation: str


@dataclass(frozen=True)
class Beginning:
    """The first message of a ticket; `facts` are what the event of its opening tells besides."""

    body: str
    by: Actor
    attachments: Sequence[Attachment]
    order_number: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def open_ticket(
    *,
    customer: Customer,
    subject: str,
    body: str,
    channel: str,
    by: Actor,
    order_number: str = "",
    language: str = "",
    attachments: Sequence[Attachment] = (),
    told: bool = False,
    proven: bool = True,
    **about: Unpack[About],
) -> tuple[Ticket, bool]:
    """Open a ticket with its first message and its clocks; returns it and whether it is new.

    A delivery is known by (channel, external_id), if it has one: however often and however many at once it
    comes, it is one ticket. Other words under its name are refused with `message.told_otherwise`.

    `order_number` is an order as the customer named it. If it is one of theirs, the ticket is about it; else
    staff see and find the number. `told` says that the caller acknowledges the ticket. Not `proven` says that
    whoever wrote only typed an address: staff see it before they answer.
    """
    ticket = Ticket(
        customer=customer,
        subject=rules.one_line(subject, rules.SUBJECT_LENGTH),
        channel=channel,
        language=language or customer.language,
        **about,
    )
    facts = ({"told": True} if told else {}) | ({} if proven else {"proven": False})
    beginning = Beginning(body, by, attachments, order_number.strip(), facts)
    if (known := opened_before(channel, ticket.external_id)) is not None:
        return _same(known, ticket, beginning), False
    try:
        return _opened(ticket, beginning), True
    except IntegrityError:  # the same delivery, a moment earlier, in another process
        if known := opened_before(channel, ticket.external_id) or _of_message(channel, ticket.external_id):
            return _same(known, ticket, beginning), False
        raise


def _same(known: Ticket, ticket: Ticket, beginning: Beginning) -> Ticket:
    """The ticket of a delivery that came before, if what it began with is what comes now."""
    if (told := delivered(ticket.channel, ticket.external_id)) is not None:
        require_same(told, by=ticket.customer, body=beginning.body, attachments=beginning.attachments)
    return known


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
    return _opened(following, Beginning(body, by, attachments))


def _of_message(channel: str, external_id: str) -> Ticket | None:
    message = delivered(channel, external_id)
    return message.ticket if message else None


def opened_before(channel: str, external_id: str) -> Ticket | None:
    """The ticket of a delivery that came before; a new one, the common case, costs a look for a key."""
    if not external_id:
        return None
    known = Ticket.objects.filter(channel=channel, external_id=external_id).order_by()
    pk = known.values_list("pk", flat=True).first()
    return Ticket.objects.get(pk=pk) if pk else None


@transaction.atomic
def _opened(ticket: Ticket, beginning: Beginning) -> Ticket:
    """Everything a new ticket needs, in few statements: this is what the speed of intake is made of."""
    now, by, order_number = clock.now(), beginning.by, beginning.order_number
    if order_number and ticket.order is None:
        ticket.order = order_of(ticket.customer, order_number)
    ticket.number = next_number("T")
    ticket.created_at = ticket.updated_at = ticket.last_message_at = now
    ticket.last_message_by = by.actor_kind
    ticket.last_message_preview = rules.one_line(beginning.body, rules.PREVIEW_LENGTH)
    ticket.team = Team.objects.filter(is_default=True).first()
    ticket.policy_version = policy_for(ticket, now)
    promised = clocks.promised(ticket, ticket.policy_version, FROM_THE_START, now)
    ticket.due_at = clocks.next_due(promised)
    names = _names(ticket, order_number)
    ticket.search = search.vector(f"{ticket.number} {ticket.subject}", beginning.body, names)
    ticket.save(force_insert=True)
    del ticket.search
    message = write(
        ticket,
        body=beginning.body,
        by=by,
        at=now,
        channel=ticket.channel,
        external_id=ticket.external_id,
        attachments=beginning.attachments,
    )
    clocks.start(promised)
    _record_opened(ticket, by=by, at=now, message=message.pk, facts=beginning.facts)
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
