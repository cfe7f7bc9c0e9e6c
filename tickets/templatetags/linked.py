"""What stands beside a ticket's conversation: where it goes on, what may be the same, what it came from."""

from typing import Any

from django import template
from django.template import Context

from core import clock
from tickets import linked
from tickets.models import Ticket

register = template.Library()

SUSPECTS = 2
"""So many possible duplicates stand above a conversation; the panel of linked tickets has all of them."""


@register.inclusion_tag("tickets/console/_standing_beside.html", takes_context=True)
def standing_beside(context: Context, ticket: Ticket, *, is_joined: bool) -> dict[str, Any]:
    """Banners above a conversation, with the verbs that settle or undo them."""
    shown: dict[str, Any] = {
        "ticket": ticket,
        "may_work": context.get("may_work", False),
        "csrf_token": context.get("csrf_token"),
    }
    if ticket.merged_into is not None:
        undone = ticket.merges.filter(undone_at=None).exists()
        return shown | {"merged_into": ticket.merged_into, "may_unmerge": undone}
    beside = linked.neighbours(ticket)
    suspects = [one for one in beside if one.is_suspect]
    return shown | {
        "suspects": suspects[:SUSPECTS],
        "more_suspects": max(0, len(suspects) - SUSPECTS),
        "lately": linked.lately_merged(ticket, clock.now()) if is_joined else (),
        "origins": [one for one in beside if one.is_origin],
        "may_unsplit": not ticket.closed_at,
    }
