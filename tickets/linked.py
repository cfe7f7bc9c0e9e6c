"""What hangs together with a ticket, as its page shows it: links, merges, what may be done about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Q, When

from tickets import merged
from tickets.clocks import joining
from tickets.models import Clock, Merge, Message, Ticket, TicketLink, TicketLinkQuerySet
from tickets.states import UNSOLVED, LinkKind, Suspicion, TicketStatus

OFFERED, MOST_FOUND = 4, 12
LATELY = timedelta(days=1)
"""So long a merge is offered to be undone above the conversation; later in the panel beside it."""


@dataclass(frozen=True)
class Neighbour:
    """A linked ticket, told from the one whose page it is."""

    link: TicketLink
    here: Ticket
    other: Ticket

    @property
    def is_child(self) -> bool:
        return self.link.kind == LinkKind.PARENT and self.link.ticket_id == self.here.pk

    @property
    def is_parent(self) -> bool:
        return self.link.kind == LinkKind.PARENT and not self.is_child

    @property
    def is_suspect(self) -> bool:
        """A possible duplicate that can be merged with one click."""
        return self.link.kind == LinkKind.DUPLICATE and self.other.merged_into_id is None

    @property
    def is_origin(self) -> bool:
        """The ticket from which this one was split off."""
        return self.link.kind == LinkKind.SPLIT and self.link.other_id == self.here.pk

    @property
    def reason(self) -> str:
        """Why it may be the same."""
        return str(Suspicion(self.link.reason).label) if self.link.reason else ""

    @property
    def may_merge(self) -> bool:
        """Whether one click can make them one: requests of one person that are not closed."""
        closed = TicketStatus.CLOSED in (self.here.status, self.other.status)
        return self.here.customer_id == self.other.customer_id and not closed

    @property
    def pair(self) -> tuple[Ticket, Ticket]:
        """Which is merged into which: into the older one, but never an open one into one that is done."""
        older, younger = sorted((self.here, self.other), key=lambda ticket: ticket.pk)
        if older.status not in UNSOLVED and younger.status in UNSOLVED:
            return older, younger
        return younger, older


def neighbours(ticket: Ticket) -> list[Neighbour]:
    """Everything that is linked with a ticket, oldest link first."""
    return _told_from(ticket, TicketLink.objects.of(ticket))


def told_apart(ticket: Ticket) -> list[Neighbour]:
    """What looked like the same request and was found to be another."""
    return _told_from(ticket, TicketLink.objects.dismissed(ticket))


def _told_from(ticket: Ticket, links: TicketLinkQuerySet) -> list[Neighbour]:
    rows = links.with_both_in_mentions()
    return [
        Neighbour(link, ticket, link.other if link.ticket_id == ticket.pk else link.ticket) for link in rows
    ]


def lately_merged(ticket: Ticket, at: datetime) -> list[Merge]:
    """What was merged into a ticket a short while ago."""
    merges = ticket.merges_into.filter(undone_at=None, at__gte=at - LATELY)
    return list(merges.select_related("ticket").order_by("pk"))


def merged_into(ticket: Ticket) -> Sequence[Ticket]:
    """The tickets merged into this one, not those merged into them."""
    return list(ticket.merged.order_by("pk"))


def candidates(ticket: Ticket, text: str) -> list[Ticket]:
    """Tickets of the same customer that this one can go on in, by words of the subject or a number.

    Without words the latest few, those about the same order first.
    """
    others = Ticket.objects.filter(customer=ticket.customer_id, merged_into=None).exclude(pk=ticket.pk)
    possible = UNSOLVED if ticket.status in UNSOLVED else (*UNSOLVED, TicketStatus.SOLVED)
    others = others.filter(status__in=possible).select_related("order")
    if text:
        others = others.filter(Q(subject__icontains=text) | Q(number__icontains=text))
        return list(others.order_by("-last_message_at", "-pk")[:MOST_FOUND])
    same_order = Case(When(order=ticket.order_id, then=0), default=1)
    return list(others.order_by(same_order, "-last_message_at", "-pk")[:OFFERED])


@dataclass(frozen=True)
class Foresight:
    """What a merge would do: `messages` come to be read there, `owed` is what is promised then."""

    target: Ticket
    messages: int
    owed: Sequence[Clock]


def foresee(ticket: Ticket, into: Ticket) -> Foresight:
    """What merging would do, without doing it."""
    target = merged.surviving(into)
    said = Message.objects.filter(ticket__in=merged.family(ticket)).count()
    ours, theirs = (list(one.clocks.live().select_related("external")) for one in (target, ticket))
    return Foresight(target, said, joining.foreseen(theirs, ours))
