"""Finding the same request a second time, when it comes in: only proposed, a person decides."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings

from tickets import rules
from tickets.models import Message, Ticket, TicketQuerySet
from tickets.states import Suspicion

LOOKED_AT = 20
"""So many of the person's latest tickets are compared."""


def recent(ticket: Ticket) -> TicketQuerySet:
    """The same person's tickets of the days before that still are requests of their own."""
    since = ticket.created_at - timedelta(days=settings.TICKETS_DUPLICATE_DAYS)
    others = Ticket.objects.filter(customer=ticket.customer_id, created_at__gte=since, merged_into=None)
    return others.exclude(pk__in=[pk for pk in (ticket.pk, ticket.follow_up_of_id) if pk])


def suspects(ticket: Ticket) -> Iterator[tuple[Ticket, str]]:
    """Earlier tickets that may be the same request, each with why."""
    others = list(recent(ticket).filter(pk__lt=ticket.pk).order_by("-pk")[:LOOKED_AT])
    said = _first_words([ticket, *others]) if others else {}
    for other in others:
        if rules.same_words(said.get(ticket.pk, ""), said.get(other.pk, "")):
            yield other, Suspicion.TEXT
        elif ticket.order_id and ticket.order_id == other.order_id and ticket.channel != other.channel:
            yield other, Suspicion.ORDER


def _first_words(tickets: Iterable[Ticket]) -> dict[int, str]:
    first = Message.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    return dict(first.order_by("ticket", "pk").distinct("ticket").values_list("ticket", "body"))
