"""Finding tickets by whatever somebody types into one box."""

import re
from collections.abc import Sequence

from django.db.models import Q

from core import search
from core.models import Attachment
from customers import queries as people
from customers.models import Customer
from orders import queries as sales
from tickets.models import Message, Ticket, TicketQuerySet

MOST_ORDERS = 50

_NUMBER = re.compile(r"(?:T-?)?(\d{3,18})", re.IGNORECASE)


def matching(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Tickets meant by a ticket number, order number, tracking number, e-mail, phone or words.

    Keys are looked up first, so that every condition on tickets is one that an index answers.
    """
    text = text.strip()
    wanted = Q(number__in=possible_numbers(text))
    if customers := customers_reached_by(text):
        wanted |= Q(customer__in=customers)
    if orders := _orders_named(text):
        wanted |= Q(order__in=orders)
    if query := search.query(text):
        wanted |= Q(search=query)
    return tickets.filter(wanted)


def possible_numbers(text: str) -> list[str]:
    """The ticket numbers a text may mean: "T-10042", "t10042" and "10042" are the same."""
    found = _NUMBER.fullmatch(text.strip())
    return [f"T-{found[1]}"] if found else []


def customers_reached_by(text: str) -> list[int]:
    """Keys of customers whose e-mail address or phone number this is."""
    return list(people.reached_by(text).values_list("customer", flat=True))


def _orders_named(text: str) -> list[int]:
    if not text or " " in text:
        return []
    return sales.keys_named(text)[:MOST_ORDERS]


def files_of(messages: Sequence[Message]) -> dict[int, list[Attachment]]:
    """The files of messages, by the key of the message."""
    subjects = {f"message:{message.pk}": message.pk for message in messages}
    found: dict[int, list[Attachment]] = {}
    for attachment in Attachment.objects.filter(subject__in=subjects):
        found.setdefault(subjects[attachment.subject], []).append(attachment)
    return found


def others_of(ticket: Ticket, customer: Customer, limit: int = 6) -> list[Ticket]:
    """The customer's other tickets, newest first."""
    return list(customer.tickets.exclude(pk=ticket.pk).order_by("-pk")[:limit])
