"""The queues of the inbox: which tickets, in which order, and how many without counting them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db.models import BigAutoField, DateTimeField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.counting import Counting
from core.paging import Keyset
from core.statements import Given
from tickets.access import sees_all
from tickets.models import Ticket, TicketQuerySet
from tickets.states import TicketStatus

SOON = timedelta(hours=1)
COUNTED = 99
"""Beyond this a queue is "99+": nobody works by a larger number, and counting it would cost."""

BY_URGENCY = Keyset(("queue_at", "pk"), size=40)
LONGEST_WAIT = Keyset(("updated_at", "pk"), size=40)
LATEST = Keyset(("-updated_at", "-pk"), size=40)

READER = Given("reader", BigAutoField())
MOMENT = Given("moment", DateTimeField())
"""The reader and the present moment of a statement that is put together once."""


@dataclass(frozen=True)
class Queue:
    """`narrow` takes all tickets a reader may see, the reader and the present moment."""

    code: str
    label: str | Promise
    icon: str
    narrow: Callable[[TicketQuerySet, User | Given, datetime | Given], TicketQuerySet]
    keyset: Keyset = BY_URGENCY
    is_alarming: bool = False


QUEUES: Sequence[Queue] = (
    Queue(
        "mine",
        _("My open"),
        "user",
        lambda tickets, user, at: tickets.active().filter(assignee=user),
    ),
    Queue(
        "unassigned",
        _("Unassigned"),
        "inbox",
        lambda tickets, user, at: tickets.active().filter(assignee=None),
    ),
    Queue(
        "soon",
        _("Due in 1 hour"),
        "clock-alert",
        lambda tickets, user, at: tickets.due_between(at, at + SOON),
    ),
    Queue(
        "late",
        pgettext_lazy("queue", "Late"),
        "alarm-clock",
        lambda tickets, user, at: tickets.overdue(at),
        is_alarming=True,
    ),
    Queue("all", _("All unsolved"), "list", lambda tickets, user, at: tickets.unsolved()),
    Queue(
        "waiting",
        pgettext_lazy("queue", "Waiting"),
        "pause",
        lambda tickets, user, at: tickets.waiting(),
        LONGEST_WAIT,
    ),
    Queue(
        "solved",
        _("Solved"),
        "circle-check",
        lambda tickets, user, at: tickets.filter(status=TicketStatus.SOLVED),
        LATEST,
    ),
)
BY_CODE: Mapping[str, Queue] = {queue.code: queue for queue in QUEUES}
FIRST = QUEUES[0]


def named(code: str) -> Queue:
    """The queue of a code; the first one for a code that is none."""
    return BY_CODE.get(code, FIRST)


def counts(user: User, at: datetime) -> dict[str, int]:
    """How many tickets a member sees in each queue, counted up to `COUNTED` + 1, in one statement."""
    if not sees_all(user):
        return dict.fromkeys(BY_CODE, 0)
    return _counting(COUNTED)(reader=user.pk, moment=at)


@cache
def _counting(most: int) -> Counting[str]:
    tickets = Ticket.objects.all()
    return Counting({queue.code: queue.narrow(tickets, READER, MOMENT) for queue in QUEUES}, most)
