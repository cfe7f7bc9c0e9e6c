"""Which team a ticket belongs to, and what it asks of whoever takes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Team
from tickets import conditions
from tickets.choice import Needs
from tickets.models import Placement, RoutingRule, Ticket
from tickets.states import Priority


@dataclass(frozen=True)
class Way:
    """Keys of the teams to ask, the first before the next, and what is needed; `rule` led there, if any."""

    teams: Sequence[int]
    needs: Needs
    rule: RoutingRule | None = None


def way_of(ticket: Ticket, at: datetime, *, arriving: bool = False) -> Way:
    """The way of a ticket: urgent ones ask the rapid-response team first, then their own.

    Rules are asked only of one that is `arriving`: later its team is what people made of it.
    """
    rule = rule_for(ticket, at) if arriving else None
    own = rule.team_id if rule else ticket.team_id
    rapid = _rapid_response() if ticket.priority == Priority.URGENT else None
    teams = dict.fromkeys(team for team in (rapid, own) if team is not None)
    return Way(tuple(teams), Needs(ticket.language, _skills(ticket, rule)), rule)


def rule_for(ticket: Ticket, at: datetime) -> RoutingRule | None:
    """The first active rule whose conditions the ticket meets."""
    rules = RoutingRule.objects.filter(is_active=True)
    return next(
        (rule for rule in rules if conditions.matches(conditions.parse(rule.conditions), ticket, at)), None
    )


def _rapid_response() -> int | None:
    return Team.objects.filter(is_rapid_response=True).values_list("pk", flat=True).first()


def _skills(ticket: Ticket, rule: RoutingRule | None) -> frozenset[str]:
    if rule is not None:
        return frozenset(rule.skills.values_list("code", flat=True))
    known = Placement.objects.filter(ticket=ticket).values_list("skills", flat=True).first()
    return frozenset(known or ())
