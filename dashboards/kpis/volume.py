"""How much there is: tickets opened and solved, and how old the open ones are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from dashboards.kpis.measures import Measure, Rows, Visible, Words
from dashboards.kpis.outcomes import solved_cycles
from dashboards.kpis.promises import BY_TICKET, OF_TICKET, TICKET_HIDDEN, TICKET_ROWS
from dashboards.states import Split
from tickets.access import tickets_for
from tickets.models import Ticket

ITSELF = {Split.TEAM: "team_id", Split.CHANNEL: "channel", Split.SHOP: "order__shop_id"}
TICKETS = Visible("pk", tickets_for)

OPENED = Measure(
    slug="opened",
    name=_("Tickets opened"),
    formula=_("Tickets opened in the period, through whichever channel, on the day they were opened."),
    rows=lambda _at: Ticket.objects.all(),
    moment="created_at",
    paths=ITSELF,
    visible=TICKETS,
    related=("customer", "team"),
    hidden=("customer__search",),
)

SOLVED = Measure(
    slug="solved",
    name=_("Tickets solved"),
    formula=_("Tickets solved in the period; one that is reopened and solved again counts again."),
    rows=solved_cycles,
    moment="fulfilled_at",
    paths=OF_TICKET,
    visible=BY_TICKET,
    related=TICKET_ROWS,
    hidden=TICKET_HIDDEN,
)


def _aged(youngest: timedelta, oldest: timedelta | None) -> Callable[[datetime], Rows]:
    def rows(at: datetime) -> Rows:
        """Unsolved tickets opened so long ago at `at`."""
        unsolved = Ticket.objects.unsolved().filter(created_at__lte=at - youngest)
        return unsolved if oldest is None else unsolved.filter(created_at__gt=at - oldest)

    return rows


@dataclass(frozen=True, kw_only=True)
class Age(Measure):
    """Open tickets of one age, which `short` says in a word."""

    short: Words


def _backlog(slug: str, name: Words, short: Words, youngest: timedelta, oldest: timedelta | None) -> Age:
    return Age(
        slug=slug,
        name=name,
        short=short,
        formula=_("Tickets that are not solved now, by the time since they were opened."),
        rows=_aged(youngest, oldest),
        moment="created_at",
        paths=ITSELF,
        visible=TICKETS,
        related=("customer", "team"),
        hidden=("customer__search",),
        snapshot=True,
    )


DAY = timedelta(days=1)

BACKLOG: tuple[Age, ...] = (
    _backlog("open-day-1", _("Open for less than 1 day"), _("under 1 day"), timedelta(0), DAY),
    _backlog("open-day-3", _("Open for 1 to 3 days"), _("1–3 days"), DAY, 3 * DAY),
    _backlog("open-day-7", _("Open for 3 to 7 days"), _("3–7 days"), 3 * DAY, 7 * DAY),
    _backlog("open-day-30", _("Open for 7 to 30 days"), _("7–30 days"), 7 * DAY, 30 * DAY),
    _backlog("open-longer", _("Open for more than 30 days"), _("over 30 days"), 30 * DAY, None),
)


def _overdue(at: datetime) -> Rows:
    return Ticket.objects.overdue(at)


LATE = Measure(
    slug="late",
    name=_("Past a deadline now"),
    formula=_("Unsolved tickets one of whose deadlines has passed without being met."),
    rows=_overdue,
    moment="created_at",
    paths=ITSELF,
    visible=TICKETS,
    related=("customer", "team"),
    hidden=("customer__search",),
    snapshot=True,
)
