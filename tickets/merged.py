"""Reading through merges: which ticket goes on, and which tickets are one request.

A merged ticket stays whole and points to the one that goes on, so a family is a tree with the survivor at its
root. Everything that hangs on a member (messages, cases, surveys) stays there and is found through these.
"""

from collections.abc import Iterable

from django.db import connection

from tickets.models import Ticket

FAMILY = """
WITH RECURSIVE family (id) AS (
    SELECT id FROM tickets_ticket WHERE merged_into_id = %s
    UNION SELECT merged.id FROM tickets_ticket merged JOIN family ON merged.merged_into_id = family.id
) SELECT id FROM family ORDER BY id
"""

ROOTS = """
WITH RECURSIVE up (id, merged_into_id, customer_id) AS (
    SELECT id, merged_into_id, customer_id FROM tickets_ticket WHERE id = ANY(%s)
    UNION SELECT survivor.id, survivor.merged_into_id, survivor.customer_id FROM tickets_ticket survivor
        JOIN up ON survivor.id = up.merged_into_id AND survivor.customer_id = up.customer_id
), down (id, customer_id) AS (
    SELECT id, customer_id FROM up
    UNION SELECT merged.id, merged.customer_id FROM tickets_ticket merged
        JOIN down ON merged.merged_into_id = down.id AND merged.customer_id = down.customer_id
) SELECT id FROM down
"""


def surviving(ticket: Ticket) -> Ticket:
    """The ticket in which it goes on; itself when it was not merged."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def family(ticket: Ticket) -> list[int]:
    """Keys of a ticket and of everything that was merged into it, however indirectly."""
    with connection.cursor() as cursor:
        cursor.execute(FAMILY, [ticket.pk])
        return [ticket.pk, *(pk for (pk,) in cursor.fetchall())]


def one_request(tickets: Iterable[int]) -> frozenset[int]:
    """Keys of all tickets that are one request with any of these: what goes on, and what went into it.

    Only those of the same customer, whatever was done to persons since.
    """
    keys = list(tickets)
    if not keys:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, [keys])
        return frozenset(pk for (pk,) in cursor.fetchall())
