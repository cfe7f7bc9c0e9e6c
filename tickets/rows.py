"""What a list shows of a ticket, as a plain tuple.

A list has forty rows. Forty tickets with their customers, orders and people, made into objects one by one,
take longer than all that the database does for the page; and of two equal tuples only one need be drawn.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from accounts.models import User
from core import bilingual
from core.keys import among
from core.paging import Keyset, Page
from core.statements import Statement
from tickets.models import Ticket, TicketQuerySet
from tickets.queues import MOMENT, READER, Queue, named
from tickets.states import needs_answer


class TicketRow(NamedTuple):
    """One row; `order` is the number of the order, "version" and the moments are those of the ticket."""

    pk: int
    number: str
    subject: str
    status: str
    priority: int
    channel: str
    version: int
    merged_into_id: int | None
    updated_at: datetime
    due_at: datetime | None
    queue_at: datetime
    last_message_at: datetime
    last_message_by: str
    last_message_preview: str
    customer_number: str
    customer_name: str
    tier_en: str | None
    tier_zh: str | None
    order: str | None
    assignee_id: int | None
    assignee_email: str | None
    assignee_name: str | None

    @property
    def customer(self) -> str:
        """What the customer is called, as `Customer.display_name` has it."""
        return self.customer_name or self.customer_number

    @property
    def tier(self) -> str:
        """The customer's tier in the reader's language; "" without one."""
        return bilingual.pick(self, "tier") if self.tier_en or self.tier_zh else ""

    @property
    def assignee(self) -> str:
        """Who looks after it, as `User.display_name` has it; "" while nobody does."""
        return self.assignee_name or self.assignee_email or ""

    @property
    def needs_answer(self) -> bool:
        """As `Ticket.needs_answer`."""
        return needs_answer(self.status, self.last_message_by)


ELSEWHERE = {
    "customer_number": "customer__number",
    "customer_name": "customer__name",
    "tier_en": "customer__tier__name_en",
    "tier_zh": "customer__tier__name_zh",
    "order": "order__number",
    "assignee_email": "assignee__email",
    "assignee_name": "assignee__name",
}
"""Fields of a row that are not the ticket's own."""

PATHS = tuple(ELSEWHERE.get(name, name) for name in TicketRow._fields)


def page_of_rows(tickets: TicketQuerySet, keyset: Keyset, parameters: Mapping[str, Any]) -> Page[TicketRow]:
    """One page of the tickets as rows."""
    found = keyset.page(tickets.values_list(*PATHS, named=True), parameters)
    return Page([TicketRow._make(row) for row in found.rows], found.previous, found.next)


def first_page(queue: Queue, size: int, reader: User, at: datetime) -> Page[TicketRow]:
    """The first page of a whole queue, by far the most asked of all lists."""
    found = _beginning(queue.code, size)(reader=reader.pk, moment=at)
    return Keyset(queue.keyset.order, size).first(found)


@cache
def _beginning(code: str, size: int) -> Statement[TicketRow]:
    queue = named(code)
    rows = queue.narrow(Ticket.objects.all(), READER, MOMENT).values_list(*PATHS)
    return Statement(lambda: rows.order_by(*queue.keyset.order)[: size + 1], TicketRow._make)


def rows_of(keys: Iterable[int]) -> list[TicketRow]:
    """The rows of tickets, in the order of their keys."""
    wanted = list(keys)
    found = map(TicketRow._make, Ticket.objects.filter(pk__in=among(wanted)).values_list(*PATHS))
    known = {row.pk: row for row in found}
    return [known[key] for key in wanted if key in known]
