"""The placeholders of texts that staff write about a ticket; `core.placeholders` reads and replaces them.

They are checked when a text is saved. What has no value for a ticket becomes a marked gap, "[order number?]",
in the language of the text, and a reply that still has one is asked about before it is sent.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import Language, User
from core import clock, dates, placeholders, zones
from orders.models import Order, Shipment, Shop
from orders.states import Direction
from tickets.models import Ticket
from tickets.states import ClockKind, ClockState


class Facts:
    """What texts about a ticket can say, looked up when a text asks for it.

    Dates and times are written in `language` and in the customer's zone. `agent` is who says it; what the
    house says by itself has no name to give where nobody is assigned.
    """

    def __init__(self, ticket: Ticket, agent: User | None, language: str | None = None) -> None:
        self.ticket = ticket
        self.agent = agent
        self.language = language or ticket.language

    @cached_property
    def order(self) -> Order | None:
        return self.ticket.order

    @cached_property
    def parcel(self) -> Shipment | None:
        """The latest parcel of the order on its way to the customer that has a number to follow it by."""
        if self.order is None:
            return None
        sent = self.order.shipments.filter(direction=Direction.OUTBOUND).exclude(tracking_number="")
        return sent.order_by("pk").last()

    @cached_property
    def shop(self) -> Shop | None:
        """Where it was bought; without an order the only shop there is."""
        if self.order is not None:
            return self.order.shop
        shops = list(Shop.objects.all()[:2])
        return shops[0] if len(shops) == 1 else None

    @cached_property
    def resolution_due(self) -> datetime | None:
        """By when it is to be solved; a deadline that has passed is nothing to promise any more."""
        ahead = self.ticket.clocks.filter(
            kind=ClockKind.RESOLUTION, state=ClockState.RUNNING, due_at__gt=clock.now()
        )
        return ahead.order_by("cycle").values_list("due_at", flat=True).last()

    def day(self, moment: datetime | None) -> str:
        """A moment as a day, "" for none."""
        return self._here(dates.day, moment, clock.now()) if moment else ""

    def moment(self, moment: datetime | None) -> str:
        """A moment to the minute with its zone, "" for none."""
        return self._here(dates.exact, moment) if moment else ""

    def _here(self, say: Callable[..., str], *arguments: datetime) -> str:
        zone = self.ticket.customer.time_zone
        with (
            translation.override(self.language),
            timezone.override(zone if zones.is_known(zone) else "UTC"),
        ):
            return say(*arguments)


Placeholder = placeholders.Placeholder[Facts]

PLACEHOLDERS: Mapping[str, Placeholder] = {
    one.name: one
    for one in (
        Placeholder(
            "customer.name", gettext_lazy("customer’s name"), lambda facts: facts.ticket.customer.name
        ),
        Placeholder("ticket.number", gettext_lazy("ticket number"), lambda facts: facts.ticket.number),
        Placeholder("ticket.subject", gettext_lazy("subject"), lambda facts: facts.ticket.subject),
        Placeholder(
            "order.number",
            gettext_lazy("order number"),
            lambda facts: facts.order.number if facts.order else "",
        ),
        Placeholder(
            "order.placed_on",
            gettext_lazy("day of the order"),
            lambda facts: facts.day(facts.order.placed_at if facts.order else None),
        ),
        Placeholder(
            "parcel.carrier",
            pgettext_lazy("placeholder", "carrier"),
            lambda facts: facts.parcel.carrier if facts.parcel else "",
        ),
        Placeholder(
            "parcel.tracking_number",
            gettext_lazy("tracking number"),
            lambda facts: facts.parcel.tracking_number if facts.parcel else "",
        ),
        Placeholder(
            "agent.name", gettext_lazy("your name"), lambda facts: facts.agent.name if facts.agent else ""
        ),
        Placeholder(
            "shop.name", gettext_lazy("name of the shop"), lambda facts: facts.shop.name if facts.shop else ""
        ),
        Placeholder(
            "due.resolution",
            gettext_lazy("deadline of the solution"),
            lambda facts: facts.moment(facts.resolution_due),
        ),
    )
}


@dataclass(frozen=True)
class Filled:
    """A text for one ticket; `gaps` are the marks that stand where a value is missing, each once."""

    text: str
    gaps: tuple[str, ...]


def check(text: str) -> None:
    """ValueError with a sentence in the reader's language for a placeholder that nobody could fill."""
    placeholders.check(text, PLACEHOLDERS, example=PLACEHOLDERS["order.number"].written)


def fill(text: str, facts: Facts) -> Filled:
    """The text with its values; what is filled in is never read as a placeholder again."""
    gaps: dict[str, None] = {}

    def value(name: str) -> str | None:
        known = PLACEHOLDERS.get(name)
        if known is None:  # stored before the table lost it
            return None
        if said := known.value(facts):
            return said
        gap = _gap(known, facts.language)
        gaps[gap] = None
        return gap

    return Filled(placeholders.replace(text, value), tuple(gaps))


def gaps_in(text: str) -> list[str]:
    """The marks of missing values that still stand in a text, in either language, each once."""
    return list(dict.fromkeys(_marks().findall(text)))


@cache
def _marks() -> re.Pattern[str]:
    marks = [_gap(one, language) for language in Language.values for one in PLACEHOLDERS.values()]
    return re.compile("|".join(map(re.escape, marks)))


def _gap(placeholder: Placeholder, language: str) -> str:
    with translation.override(language):
        return pgettext("gap in a text", "[%s?]") % placeholder.label
