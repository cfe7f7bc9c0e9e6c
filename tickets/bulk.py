"""A verb for many tickets: the ticked ones at once, all that match in a worker, each in its own savepoint."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict

from accounts.models import User
from core import clock, events, live
from core.errors import Refused
from core.models import key_of
from tickets import actions
from tickets.access import assignees, may_assign
from tickets.listing import listing
from tickets.macros import using
from tickets.macros.choosing import macros_for
from tickets.models import BulkRun, Ticket
from tickets.states import Priority, RunState, TicketType

MOST = 10_000
"""So many tickets one run works on at most."""

STEP = 25


class Refusal(NamedTuple):
    """A ticket that was not done, and why."""

    number: str
    refused: Refused


def assign(ticket: Ticket, facts: Mapping[str, Any], by: User) -> None:
    """Give it to the member with the key `assignee`, to nobody for None."""
    to = assignees().filter(pk=facts["assignee"]).first() if facts.get("assignee") else None
    if not may_assign(by, ticket, to):
        raise Refused("ticket.not_yours", number=ticket.number)
    actions.assign(ticket, to=to, by=by)


def solve(ticket: Ticket, facts: Mapping[str, Any], by: User) -> None:
    actions.solve(ticket, by=by)


def set_priority(ticket: Ticket, facts: Mapping[str, Any], by: User) -> None:
    actions.set_priority(ticket, priority=Priority(facts["priority"]), by=by)


def set_type(ticket: Ticket, facts: Mapping[str, Any], by: User) -> None:
    actions.set_type(ticket, type=TicketType(facts["type"]), by=by)


def use_macro(ticket: Ticket, facts: Mapping[str, Any], by: User) -> None:
    """Use the macro with the code `macro`; where its text would have a gap it refuses."""
    macro = macros_for(by).filter(code=facts["macro"]).first()
    if macro is None:
        raise Refused("macro.not_yours", macro=facts["macro"])
    using.apply(macro, ticket, by=by)


VERBS: Mapping[str, Callable[[Ticket, Mapping[str, Any], User], None]] = {
    "assign": assign,
    "solve": solve,
    "priority": set_priority,
    "type": set_type,
    "macro": use_macro,
}


def each(
    tickets: Iterable[Ticket], verb: str, facts: Mapping[str, Any], *, by: User
) -> tuple[int, list[Refusal]]:
    """Do a verb to each ticket; those that refuse are named, the others are done."""
    done, refused = 0, []
    for ticket in tickets:
        try:
            with transaction.atomic():
                VERBS[verb](ticket, facts, by)
            done += 1
        except Refused as refusal:
            refused.append(Refusal(ticket.number, refusal))
    return done, refused


# --- all that match ----------------------------------------------------------------------------------


@transaction.atomic
def begin(verb: str, facts: Mapping[str, Any], query: str, *, by: User) -> BulkRun:
    """Let a worker do a verb to all tickets a list matches now; more than `MOST` are refused."""
    rows = listing(by, QueryDict(query)).rows.order_by()
    total = len(rows.values_list("pk")[: MOST + 1])
    if total > MOST:
        raise Refused("bulk.too_many", most=MOST)
    if not total:
        raise Refused("bulk.nothing")
    run = BulkRun.objects.create(
        member=by,
        verb=verb,
        facts=dict(facts),
        query=query,
        total=total,
        until=rows.aggregate(newest=Max("pk"))["newest"],
        created_at=clock.now(),
    )
    events.record("bulk.begun", run, by=by, verb=verb, total=total)
    return run


def work(*, limit: int = 200) -> int:
    """Take up to `limit` steps of open runs; returns how many. A step and the note of it commit together."""
    steps = 0
    while steps < limit and _step():
        steps += 1
    return steps


@transaction.atomic
def _step() -> bool:
    rows = BulkRun.objects.open().select_for_update(of=("self",), skip_locked=True)
    run = rows.select_related("member").first()
    if run is None:
        return False
    matching = listing(run.member, QueryDict(run.query)).rows
    batch = list(matching.filter(pk__gt=run.last, pk__lte=run.until).order_by("pk")[:STEP])
    done, refused = each(batch, run.verb, run.facts, by=run.member)
    run.done += done
    run.refused += [
        {"number": number, "code": refusal.code, "facts": refusal.facts} for number, refusal in refused
    ]
    run.last = batch[-1].pk if batch else run.until
    run.state = RunState.RUNNING
    if len(batch) < STEP:
        run.state, run.finished_at = RunState.DONE, clock.now()
        events.record("bulk.done", run, by=run.member, verb=run.verb, done=run.done, refused=len(run.refused))
    run.save()
    live.publish(key_of(run.member), "run", run=run.pk)
    return True
