"""What conditions can ask about: how a field is read off a ticket, and how the database finds it.

Both ways must tell the same; a property test holds them to that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language, Team, User
from core import countries
from customers.models import Customer, Tier
from orders.models import Order, Shop
from tickets.access import assignees
from tickets.models import Ticket
from tickets.states import Channel, Priority, TicketStatus, TicketType

Choices = Callable[[], Sequence[tuple[str, str]]]


class Kind(StrEnum):
    """What kind of value a field has; it decides which comparisons make sense."""

    CHOICE = "choice"
    NUMBER = "number"
    TEXT = "text"
    FACT = "fact"
    HOURS = "hours"


@dataclass(frozen=True)
class Field:
    """`read` is its value on a ticket, None for none; `column` is where the database has the same.

    A field of another table gives in `keys` the keys of that table's rows by value, so that no join
    multiplies or loses tickets; `column` is then the foreign key. Hours count from the moment in `column`.
    `choices` are all values and their labels, `known` those of a text that people may look for by name.
    """

    name: str
    label: str | Promise
    kind: Kind
    read: Callable[[Ticket], Any]
    column: str
    choices: Choices | None = None
    keys: Callable[..., Any] | None = None
    relation: str = ""
    known: Choices | None = None


def _labels(choices: Any) -> Choices:
    return lambda: [(str(value), str(label)) for value, label in choices.choices]


def _teams() -> list[tuple[str, str]]:
    return [(team.code, str(team)) for team in Team.objects.all()]


def _tiers() -> list[tuple[str, str]]:
    return [(tier.code, str(tier)) for tier in Tier.objects.all()]


def _shops() -> list[tuple[str, str]]:
    return [(shop.code, shop.name) for shop in Shop.objects.order_by("code")]


def _people() -> list[tuple[str, str]]:
    return [(user.email, user.display_name) for user in assignees().order_by("name", "email")]


def _since(name: str) -> Callable[[Ticket], datetime | None]:
    return lambda ticket: getattr(ticket, name)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("type", _("Type"), Kind.CHOICE, lambda t: t.type, "type", _labels(TicketType)),
        Field(
            "priority", _("Priority"), Kind.NUMBER, lambda t: int(t.priority), "priority", _labels(Priority)
        ),
        Field("status", _("Status"), Kind.CHOICE, lambda t: t.status, "status", _labels(TicketStatus)),
        Field("channel", _("Channel"), Kind.CHOICE, lambda t: t.channel, "channel", _labels(Channel)),
        Field("language", _("Language"), Kind.CHOICE, lambda t: t.language, "language", _labels(Language)),
        Field(
            "team",
            _("Team"),
            Kind.CHOICE,
            lambda t: t.team.code if t.team else None,
            "team",
            _teams,
            keys=lambda **asked: Team.objects.filter(**asked).values("pk"),
            relation="code",
        ),
        Field(
            "assignee",
            _("Assignee"),
            Kind.TEXT,
            lambda t: t.assignee.email if t.assignee else None,
            "assignee",
            keys=lambda **asked: User.objects.filter(**asked).values("pk"),
            relation="email",
            known=_people,
        ),
        Field(
            "tier",
            _("Customer tier"),
            Kind.CHOICE,
            lambda t: t.customer.tier.code if t.customer.tier else None,
            "customer",
            _tiers,
            keys=lambda **asked: Customer.objects.filter(**asked).values("pk"),
            relation="tier__code",
        ),
        Field(
            "country",
            _("Customer country"),
            Kind.TEXT,
            lambda t: t.customer.country or None,
            "customer",
            keys=lambda **asked: Customer.objects.filter(**asked).values("pk"),
            relation="country",
            known=countries.choices,
        ),
        Field(
            "shop",
            _("Shop"),
            Kind.CHOICE,
            lambda t: t.order.shop.code if t.order else None,
            "order",
            _shops,
            keys=lambda **asked: Order.objects.filter(**asked).values("pk"),
            relation="shop__code",
        ),
        Field("subject", _("Subject"), Kind.TEXT, lambda t: t.subject or None, "subject"),
        Field(
            "last_message",
            _("Beginning of the last message"),
            Kind.TEXT,
            lambda t: t.last_message_preview or None,
            "last_message_preview",
        ),
        Field(
            "last_writer",
            _("Who wrote last"),
            Kind.CHOICE,
            lambda t: t.last_message_by,
            "last_message_by",
            lambda: [
                ("customer", str(_("Customer"))),
                ("user", str(pgettext_lazy("who wrote", "Staff"))),
                ("system", str(_("System"))),
            ],
        ),
        Field("cycle", _("Times opened"), Kind.NUMBER, lambda t: t.cycle, "cycle"),
        Field("has_order", _("About an order"), Kind.FACT, lambda t: t.order_id is not None, "order"),
        Field("is_assigned", _("Assigned"), Kind.FACT, lambda t: t.assignee_id is not None, "assignee"),
        Field(
            "is_answered",
            _("Answered by a person"),
            Kind.FACT,
            lambda t: t.first_response_at is not None,
            "first_response_at",
        ),
        Field(
            "is_follow_up",
            _("Follow-up of a closed ticket"),
            Kind.FACT,
            lambda t: t.follow_up_of_id is not None,
            "follow_up_of",
        ),
        Field("hours_since_opened", _("Hours since opened"), Kind.HOURS, _since("created_at"), "created_at"),
        Field(
            "hours_since_changed",
            _("Hours since the last change"),
            Kind.HOURS,
            _since("updated_at"),
            "updated_at",
        ),
        Field(
            "hours_since_message",
            _("Hours since the last message"),
            Kind.HOURS,
            _since("last_message_at"),
            "last_message_at",
        ),
        Field("hours_since_solved", _("Hours since solved"), Kind.HOURS, _since("solved_at"), "solved_at"),
        Field("hours_late", _("Hours late"), Kind.HOURS, _since("due_at"), "due_at"),
    )
}
