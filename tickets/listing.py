"""What an address of the inbox asks for: a queue or a search, narrowed by filters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.rights import Right
from core import clock
from core.paging import Keyset, Page
from tickets import queries, queues
from tickets.access import tickets_for
from tickets.filters import InboxFilter
from tickets.models import Ticket, TicketQuerySet

KEPT = ("queue", *InboxFilter.base_filters)
"""What of an address a saved view keeps."""


@dataclass(frozen=True)
class Listing:
    """Rows of a queue or a search, in their order."""

    queue: queues.Queue
    searched: str
    filter: InboxFilter
    rows: TicketQuerySet
    keyset: Keyset

    def page(self, parameters: Mapping[str, Any], size: int = 0) -> Page[Ticket]:
        """One page of the rows as a list shows them.

        What a search found is put in order by its keys alone: thousands of rows with their customers and
        orders would be gathered for the forty that are shown.
        """
        keyset = Keyset(self.keyset.order, size or self.keyset.size)
        if not self.searched:
            return keyset.page(self.rows.in_rows(), parameters)
        page = keyset.page(self.rows.only(*(field.removeprefix("-") for field in keyset.order)), parameters)
        shown = Ticket.objects.in_rows().in_bulk([row.pk for row in page.rows])
        return replace(page, rows=[shown[row.pk] for row in page.rows if row.pk in shown])

    @property
    def is_filtered(self) -> bool:
        return any(self.filter.data.get(name) for name in self.filter.get_fields())


def listing(user: User, asked: QueryDict) -> Listing:
    """The tickets a member may see of what an address asks for; wrong filters narrow nothing."""
    tickets = tickets_for(user)
    narrowed = InboxFilter(asked, queryset=tickets)
    rows: TicketQuerySet = narrowed.qs if narrowed.is_valid() else tickets
    searched = asked.get("q", "").strip()
    first = "mine" if user.may(Right.WORK_TICKETS) else "all"
    queue = queues.named(asked.get("queue", first))
    if searched:
        return Listing(queue, searched, narrowed, queries.matching(rows, searched), queues.LATEST)
    rows = queue.narrow(rows, user, clock.now())
    return Listing(queue, "", narrowed, rows, queue.keyset)


def kept(asked: Mapping[str, Any] | QueryDict) -> dict[str, str]:
    """The part of an address that a saved view keeps: queue and filters, those that are set."""
    return {name: str(asked[name]) for name in KEPT if asked.get(name)}


def query(conditions: Mapping[str, str], **more: str) -> QueryDict:
    """The address of conditions that were kept."""
    asked = QueryDict(mutable=True)
    asked.update({**conditions, **more})
    return asked
