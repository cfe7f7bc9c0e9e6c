"""What a rule would do, without doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.actors import SYSTEM
from core.errors import Refused
from tickets import conditions
from tickets.automation.running import due
from tickets.automation.steps import Step, perform
from tickets.conditions import Condition, Leaf
from tickets.models import Ticket, TicketQuerySet
from tickets.states import Trigger

SHOWN = 50
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Preview:
    """The newest tickets that meet the conditions now; `count` stops at MOST_COUNTED, `more` says so."""

    tickets: Sequence[Ticket]
    count: int
    more: bool


@dataclass(frozen=True)
class Rehearsal:
    """What the rule would do to one ticket, and why.

    `answers` are the questions of the conditions. `changing` are the steps that would change something;
    `refused` is why none would be taken.
    """

    holds: bool
    answers: Sequence[tuple[Leaf, bool]]
    changing: Sequence[Step] = ()
    refused: Refused | None = None


def preview(trigger: str, condition: Condition, tickets: TicketQuerySet, at: datetime) -> Preview:
    """Which of `tickets` (those the reader may see) meet the conditions at an instant."""
    found = tickets.filter(conditions.to_q(condition, at))
    if trigger == Trigger.TIME:
        found = found & due(condition, at)
    count = found[: MOST_COUNTED + 1].count()
    shown = found.select_related("customer", "assignee").order_by("-pk")[:SHOWN]
    return Preview(list(shown), min(count, MOST_COUNTED), count > MOST_COUNTED)


def rehearse(condition: Condition, steps: Sequence[Step], ticket: Ticket, at: datetime) -> Rehearsal:
    """Take the steps for real and undo them: what a verb would refuse is refused here too."""
    answers = list(conditions.reasons(condition, ticket, at))
    if not conditions.matches(condition, ticket, at):
        return Rehearsal(False, answers)
    with transaction.atomic():
        try:
            changing, refused = perform(steps, ticket, by=SYSTEM), None
        except Refused as error:
            changing, refused = (), error
        transaction.set_rollback(True)
    return Rehearsal(True, answers, changing, refused)
