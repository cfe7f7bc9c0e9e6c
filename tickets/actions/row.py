"""What every verb does with the ticket's row: hold it, ask the table of states, store a change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Case, Expression, F, Func, IntegerField, When
from django.db.models.expressions import CombinedExpression
from django.db.models.lookups import LessThan

from core import search
from core.errors import Refused
from customers.models import Customer
from tickets import clocks
from tickets.models import NEVER, Clock, Ticket
from tickets.states import may_follow

MAX_LEXEMES = 15_000
"""By so many different words a ticket is found; more would not fit into one search vector."""


def locked(ticket: Ticket) -> Ticket:
    """The fresh row, held until the transaction ends."""
    rows = Ticket.objects.select_related("customer", "policy_version__calendar__current")
    return rows.select_for_update(of=("self",)).get(pk=ticket.pk)


def locked_survivor(ticket: Ticket) -> Ticket:
    """The ticket in which it goes on, fresh and held; the ticket itself when it was not merged.

    Merged tickets are held before those they go on in, here and in every verb that holds several.
    """
    row = locked(ticket)
    while row.merged_into is not None:
        row = locked(row.merged_into)
    return row


def hold_customer(pk: int) -> None:
    """Let nobody else merge, split or take in for this customer meanwhile; before any ticket is held."""
    list(Customer.objects.filter(pk=pk).select_for_update(no_key=True).values_list("pk"))


def hold_customers(*tickets: Ticket) -> None:
    """The same for the customers of these tickets."""
    keys = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).values("customer")
    rows = Customer.objects.filter(pk__in=keys).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def require(ticket: Ticket, target: str, code: str) -> None:
    """Refuse with `code` unless the ticket may become `target`."""
    if not may_follow(ticket.status, target):
        raise Refused(code, number=ticket.number, status=ticket.status)


def change(
    ticket: Ticket, at: datetime, *, running: Iterable[Clock] | None = None, found_by: str = "", **fields: Any
) -> None:
    """Store changed fields of a locked ticket as a new version.

    `running` are its clocks as they are now; given, the ticket's deadline follows them. `found_by` is text
    whose words are added to those by which the ticket is found.
    """
    if running is not None:
        fields["due_at"] = clocks.next_due(running)
    fields |= {"version": ticket.version + 1, "updated_at": at}
    tokens = {"search": _with_words(found_by)} if found_by else {}
    Ticket.objects.filter(pk=ticket.pk).update(**fields, **tokens)
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.queue_at = ticket.due_at or NEVER


def _with_words(text: str) -> Expression:
    size = Func(F("search"), function="length", output_field=IntegerField())
    longer = CombinedExpression(F("search"), "||", search.vector("", "", text))
    small = LessThan(size, MAX_LEXEMES)
    return Case(When(small, then=longer), default=F("search"), output_field=SearchVectorField())
