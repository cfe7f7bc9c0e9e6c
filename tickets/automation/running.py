"""Running rules on tickets: after an event, and as time passes.

Each rule sees the ticket as the ones before left it, and stands alone: what one does is undone as a whole
when a step of it is refused or fails, and the next one is asked all the same.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef

from core import clock, events
from core.actors import SYSTEM, System
from core.errors import Refused
from core.models import Event
from tickets import conditions
from tickets.automation.steps import StepBroken, parse_steps, perform, steps_of
from tickets.models import AutomationRule, RuleRun, Ticket, TicketQuerySet
from tickets.states import RunOutcome, TicketStatus, Trigger

log = logging.getLogger(__name__)

DEEPEST = 5
"""So many rules may set each other off, one after the other."""

MOST_FAILURES = 5
"""After so many failures in a row a rule is switched off."""

BATCH = 200
"""So many tickets a rule gets in one sweep; the next sweep goes on."""


@dataclass(frozen=True)
class Cause:
    """Why rules are asked: an event with the chain it stands in, or time."""

    event: Event | None = None
    root: int | None = None
    depth: int = 0

    def actor(self, rule: AutomationRule) -> System:
        """In whose name the steps are taken; the events they cause carry the chain on."""
        origin = {"rule": rule.pk, "depth": self.depth + 1, "name_en": rule.name_en, "name_zh": rule.name_zh}
        return System(origin=origin if self.root is None else {**origin, "root": self.root})


def cause_of(event: Event) -> Cause:
    """An event as a cause: it goes on with the chain in which it stands, or begins one."""
    origin = event.data.get("origin", {})
    return Cause(event, origin.get("root") or event.pk, origin.get("depth", 0))


# --- after an event ----------------------------------------------------------------------------------


def after(event: Event) -> None:
    """Ask every rule that waits for this kind of event; the ticket is held until all are through."""
    rules = list(AutomationRule.objects.live().filter(trigger=event.kind))
    if not rules:
        return
    cause = cause_of(event)
    pk, now = int(event.thread.partition(":")[2]), clock.now()
    for rule in rules:
        ticket = _held().get(pk=pk)
        if not RuleRun.objects.filter(rule=rule, ticket=ticket, root=cause.root).exists():
            run(rule, ticket, cause, now)


# --- as time passes ----------------------------------------------------------------------------------


def sweep(at: datetime) -> int:
    """Run the rules that wait for time on the tickets whose turn has come; returns how many runs."""
    return sum(_sweep_rule(rule, at) for rule in AutomationRule.objects.live().filter(trigger=Trigger.TIME))


def due(condition: conditions.Condition, at: datetime) -> TicketQuerySet:
    """Tickets that a rule on time may work on: all that meet its conditions but the closed ones."""
    return Ticket.objects.exclude(status=TicketStatus.CLOSED).filter(conditions.to_q(condition, at))


def _sweep_rule(rule: AutomationRule, at: datetime) -> int:
    try:
        found = due(conditions.parse(rule.conditions), at)
    except ValueError as error:
        _count_failure(rule, at, str(error))
        return 0
    before = RuleRun.objects.filter(rule=rule, ticket=OuterRef("pk"), cycle=OuterRef("cycle"), root=None)
    pks = list(found.filter(~Exists(before)).order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_run_once(rule, pk, at) for pk in pks if _is_live(rule))


@transaction.atomic
def _run_once(rule: AutomationRule, pk: int, at: datetime) -> bool:
    """Run it on a ticket that nobody else holds and on which it has not run in this cycle."""
    ticket = _held(skip_locked=True).filter(pk=pk).first()
    if ticket is None:
        return False
    before = RuleRun.objects.filter(rule=rule, ticket=ticket, cycle=ticket.cycle, root=None)
    return not before.exists() and run(rule, ticket, Cause(), at) is not None


def _is_live(rule: AutomationRule) -> bool:
    """Whether it still is: it may have failed too often in the middle of a batch, or been changed."""
    return AutomationRule.objects.live().filter(pk=rule.pk).exists()


# --- one rule on one ticket --------------------------------------------------------------------------


def run(rule: AutomationRule, ticket: Ticket, cause: Cause, at: datetime) -> RuleRun | None:
    """Take the rule's steps if the held ticket meets its conditions, and log it; None when it does not."""
    entry = RuleRun(
        rule=rule,
        ticket=ticket,
        event=cause.event,
        root=cause.root,
        depth=cause.depth,
        cycle=ticket.cycle,
        at=at,
    )
    try:
        with transaction.atomic():
            if not _met(entry):
                return None
            _act(entry, cause)
    except OperationalError:  # the database, not the rule: the whole event is tried again
        raise
    except StepBroken as broken:
        _note(entry, RunOutcome.FAILED, code=broken.code, facts=broken.facts)
    except Refused as refused:
        _note(entry, RunOutcome.REFUSED, code=refused.code, facts=refused.facts)
    except Exception as error:  # whatever a step raises must not stop the other rules
        log.exception("rule %s failed on ticket %s", rule.pk, ticket.number)
        _note(entry, RunOutcome.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
    entry.save(force_insert=True)
    _count(entry)
    return entry


def answers(condition: conditions.Condition, ticket: Ticket, at: datetime) -> list[dict[str, Any]]:
    """Each question of a condition as JSON, and whether it holds for the ticket."""
    asked = conditions.reasons(condition, ticket, at)
    return [{**conditions.tree_of(leaf), "held": held} for leaf, held in asked]


def _met(entry: RuleRun) -> bool:
    condition = conditions.parse(entry.rule.conditions)
    if not conditions.matches(condition, entry.ticket, entry.at):
        return False
    entry.held = answers(condition, entry.ticket, entry.at)
    return True


def _act(entry: RuleRun, cause: Cause) -> None:
    if cause.depth >= DEEPEST:
        entry.outcome = RunOutcome.STOPPED
        return
    steps = parse_steps(entry.rule.steps, stored=True)
    taken = perform(steps, entry.ticket, by=cause.actor(entry.rule))
    entry.taken = steps_of(taken)
    entry.outcome = RunOutcome.DONE if taken else RunOutcome.NOTHING


def _note(entry: RuleRun, outcome: RunOutcome, **said: Any) -> None:
    entry.outcome, entry.taken, entry.said = outcome, [], said


def _count(entry: RuleRun) -> None:
    """Failures in a row switch a rule off; anything else but a stop begins anew."""
    if entry.outcome == RunOutcome.FAILED:
        _count_failure(entry.rule, entry.at, entry.said.get("error") or entry.said["code"])
    elif entry.outcome != RunOutcome.STOPPED:
        AutomationRule.objects.filter(pk=entry.rule_id, failures__gt=0).update(failures=0)


@transaction.atomic
def _count_failure(rule: AutomationRule, at: datetime, because: str) -> None:
    row = AutomationRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    row.failures += 1
    if row.is_active and row.failures >= MOST_FAILURES:
        row.is_active, row.switched_off_at, row.switched_off_because = False, at, because
        facts: dict[str, Any] = {"name_en": row.name_en, "name_zh": row.name_zh, "failures": row.failures}
        events.record("rule.switched_off", row, by=SYSTEM, at=at, because=because, **facts)
    row.save(update_fields=["failures", "is_active", "switched_off_at", "switched_off_because"])


def _held(*, skip_locked: bool = False) -> TicketQuerySet:
    rows = Ticket.objects.select_related("customer__tier", "order__shop", "team", "assignee")
    return rows.select_for_update(of=("self",), skip_locked=skip_locked)
