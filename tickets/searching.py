"""A page of what a search finds, the newest first.

An index of words knows which tickets hold a word, not which of them are the newest: of a word that stands in
every twentieth ticket it would bring up fifty thousand to show forty. So the newest tickets are simply looked
through first. A common word fills the page there, a rare one is not found and quick to look up.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Value
from django.db.models.functions import Coalesce

from core.paging import Keyset, Page
from tickets import queries, queues
from tickets.models import Ticket, TicketQuerySet

NEWEST = 2000
"""So many are looked through first; that takes some milliseconds."""

PROMISING = 15
"""With so many found among them, looking on is quicker than asking the index."""

LATEST = queues.LATEST.order

READ = Coalesce("search", Value(""), output_field=SearchVectorField())
"""The words of a ticket as no index has them. Postgres thinks reading two thousand tickets dearer than asking
an index for a common word, which takes it ten to a hundred times as long."""


def page(tickets: TicketQuerySet, text: str, size: int, parameters: Mapping[str, Any]) -> Page[Ticket]:
    """The tickets that `text` may mean, latest first, from the place that the cursor in `parameters` says."""
    keyset = Keyset(LATEST, size)
    meanings = queries.meanings(text, words="read")
    if meanings and not parameters.get("cursor"):
        common = _first_page(tickets.alias(read=READ).filter(reduce(or_, meanings)), keyset)
        if common is not None:
            return common
    return keyset.page(queries.matching(tickets, text), parameters)


def _first_page(rows: TicketQuerySet, keyset: Keyset) -> Page[Ticket] | None:
    """The first page, if the newest tickets fill it or are all there are; else None."""
    rows = rows.only("pk", "updated_at")
    found, reach = Page[Ticket](()), NEWEST
    for _time in range(2):
        if (since := _moment_behind(reach)) is None:
            return keyset.page(rows, {})
        found = keyset.page(rows.filter(updated_at__gte=since), {})
        if found.next:
            return found
        if len(found) < PROMISING:
            return None
        reach = 2 * reach * keyset.size // len(found)
    return None


def _moment_behind(reach: int) -> datetime | None:
    """When the ticket after the `reach` newest last changed; None when there are not so many."""
    return Ticket.objects.order_by(*LATEST).values_list("updated_at", flat=True)[reach : reach + 1].first()
