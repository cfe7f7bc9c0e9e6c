"""What an address of the inbox asks for: a queue or a search, narrowed by filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict

from accounts.models import User
from accounts.rights import Right
from core import clock
from core.counting import counted
from core.paging import Keyset, Page
from tickets import conditions, queries, queues, searching
from tickets.access import sees_all, tickets_for
from tickets.filters import InboxFilter
from tickets.models import SavedView, TicketQuerySet
from tickets.rows import TicketRow, first_page, page_of_rows, rows_of

KEPT = ("queue", *InboxFilter.base_filters)
"""What of an address a saved view keeps."""


@dataclass(frozen=True)
class Listing:
    """Rows of a queue or a search, in their order."""

    queue: queues.Queue
    searched: str
    filter: InboxFilter
    narrowed: TicketQuerySet
    keyset: Keyset
    view: SavedView | None = None
    whole_for: User | None = None
    """Whose queue it is, where all of it is meant: no search, no filter, no view."""

    @property
    def asks(self) -> str:
        """What the view asks besides its filters, in a sentence."""
        if self.view is None or not self.view.asks:
            return ""
        try:
            return conditions.describe(conditions.parse(self.view.asks))
        except ValueError as error:
            return str(error)

    @cached_property
    def rows(self) -> TicketQuerySet:
        """All of them; of a search everything that it finds."""
        return queries.matching(self.narrowed, self.searched) if self.searched else self.narrowed

    def page(self, parameters: Mapping[str, Any], size: int = 0) -> Page[TicketRow]:
        """One page of the rows as a list shows them.

        What a search finds is put in order by its keys alone: thousands of rows with their customers and
        orders would be gathered for the forty that are shown.
        """
        size = size or self.keyset.size
        if self.whole_for is not None and not parameters.get("cursor"):
            return first_page(self.queue, size, self.whole_for, clock.now())
        if not self.searched:
            return page_of_rows(self.rows, Keyset(self.keyset.order, size), parameters)
        found = searching.page(self.narrowed, self.searched, size, parameters)
        return Page(rows_of(row.pk for row in found.rows), found.previous, found.next)

    @property
    def is_filtered(self) -> bool:
        return any(self.filter.data.get(name) for name in self.filter.get_fields())


def listing(user: User, asked: QueryDict, *, view: SavedView | None = None) -> Listing:
    """The tickets a member may see of what an address asks for; wrong filters narrow nothing.

    An address that names a view the member is shown is narrowed by what the view asks besides; `view` is one
    that need not be saved yet.
    """
    tickets = tickets_for(user)
    narrowed = InboxFilter(asked, queryset=tickets)
    is_narrowed = any(asked.get(name) for name in narrowed.base_filters) and narrowed.is_valid()
    rows: TicketQuerySet = narrowed.qs if is_narrowed else tickets
    searched = asked.get("q", "").strip()
    first = "mine" if user.may(Right.WORK_TICKETS) else "all"
    queue = queues.named(asked.get("queue", first))
    if searched:
        return Listing(queue, searched, narrowed, rows, queues.LATEST)
    shown, now = view or view_named(user, asked.get("view", "")), clock.now()
    rows = _asked_by(shown, queue.narrow(rows, user, now), now)
    is_whole = not is_narrowed and shown is None and sees_all(user)
    return Listing(queue, "", narrowed, rows, queue.keyset, shown, user if is_whole else None)


def counts(user: User, views: Iterable[SavedView]) -> dict[int, int]:
    """How many tickets each view shows a member, counted up to `COUNTED` + 1, in one statement."""
    rows = {view.pk: listing(user, query(view.conditions), view=view).rows for view in views}
    return counted(rows, queues.COUNTED)


def view_named(user: User, pk: str) -> SavedView | None:
    """The saved view that an address names, if the member is shown it."""
    known = pk.isascii() and pk.isdecimal() and len(pk) < 19
    return SavedView.objects.shown_to(user).filter(pk=pk).first() if known else None


def _asked_by(view: SavedView | None, rows: TicketQuerySet, at: datetime) -> TicketQuerySet:
    """The rows that meet what a view asks; none where it can no longer be read."""
    if view is None or not view.asks:
        return rows
    try:
        return rows.filter(conditions.to_q(conditions.parse(view.asks), at))
    except ValueError:
        return rows.none()


def kept(asked: Mapping[str, Any] | QueryDict) -> dict[str, str]:
    """The part of an address that a saved view keeps: queue and filters, those that are set."""
    return {name: str(asked[name]) for name in KEPT if asked.get(name)}


def query(conditions: Mapping[str, str], **more: str) -> QueryDict:
    """The address of conditions that were kept."""
    asked = QueryDict(mutable=True)
    asked.update({**conditions, **more})
    return asked
