"""Finding tickets by whatever somebody types into one box."""

import re
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accounts.models import User
from core import search
from core.keys import among
from core.models import Attachment
from customers import queries as people
from customers.models import Customer
from orders import queries as sales
from tickets import merged
from tickets.models import Draft, Message, MessageTranslation, Telling, Ticket, TicketQuerySet

MOST_ORDERS = 50
MOST_FOUND = 5000
"""Up to so many tickets are found first and put in order then; see `matching`."""

_NUMBER = re.compile(r"(?:T-?)?(\d{3,18})", re.IGNORECASE)


def matching(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """Tickets meant by a ticket number, order number, tracking number, e-mail, phone or words.

    Postgres guesses badly how many rows hold a rare word, and then reads the whole table in the order asked
    for, waiting for matches that never come. So what each index finds is fetched first, without an order.
    Only when that is very much the order comes first: then a page is full after a few rows.
    """
    conditions = meanings(text)
    found: set[int] = set()
    for condition in conditions:
        keys = Ticket.objects.filter(condition).order_by().values_list("pk", flat=True)[: MOST_FOUND + 1]
        found.update(keys)
        if len(found) > MOST_FOUND:
            return tickets.filter(reduce(or_, conditions))
    return tickets.filter(pk__in=among(found))


def meanings(text: str, words: str = "search") -> list[Q]:
    """What a text may mean, each answered by one index of tickets; `words` names where the words stand."""
    text, conditions = text.strip(), []
    if numbers := possible_numbers(text):
        conditions.append(Q(number__in=numbers))
    if customers := customers_reached_by(text):
        conditions.append(Q(customer__in=customers))
    if orders := _orders_named(text):
        conditions.append(Q(order__in=orders))
    if query := search.query(text):
        conditions.append(Q(**{words: query}))
    return conditions


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


def translations_of(messages: Iterable[Message], language: str) -> dict[int, MessageTranslation]:
    """What messages say in a language, by the key of the message, as far as somebody asked."""
    rows = MessageTranslation.objects.filter(message__in=[message.pk for message in messages])
    return {row.message_id: row for row in rows.filter(language=language)}


def others_of(ticket: Ticket, customer: Customer, limit: int = 6) -> list[Ticket]:
    """The customer's other tickets, newest first."""
    others = Ticket.objects.filter(customer=customer).in_mentions()
    return list(others.exclude(pk=ticket.pk).order_by("-pk")[:limit])


def strays(ticket: Ticket, writer: User) -> QuerySet[Draft]:
    """What a member wrote on a page of a ticket that was merged into this one, after it was merged."""
    drafts = Draft.objects.filter(user=writer, ticket__in=merged.family(ticket)[1:])
    return drafts.select_related("ticket").order_by("pk")


def told_on(ticket: Ticket) -> QuerySet[Telling]:
    """What the customer was told about a ticket and those merged into it, newest first."""
    rows = Telling.objects.filter(ticket__in=merged.family(ticket))
    return rows.select_related("ticket", "mail").order_by("-pk")
