"""One step of a case: the row locked, the table asked, and everything that follows from the new status.

Locks are always taken in this order: case, order, payments, order lines; rows of one kind by primary key.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core import events
from core.actors import Actor
from core.errors import Refused
from core.models import Event
from returns.actions import timers
from returns.models import Case, CaseLine
from returns.states import FINAL, HOLDS, CaseStatus, Transition, Units, Verb, steps_from


def locked(case: Case, version: int | None = None) -> Case:
    """The fresh row, locked; case.changed_meanwhile when it is not the `version` that was read."""
    fresh = (
        Case.objects.select_for_update(of=("self",))
        .select_related("order__shop", "order__customer", "ticket", "customer", "reason")
        .get(pk=case.pk)
    )
    if version is not None and fresh.version != version:
        raise Refused("case.changed_meanwhile", number=fresh.number)
    return fresh


def lines_of(case: Case) -> list[CaseLine]:
    """The lines of a case in the order in which their order lines are locked."""
    return list(
        CaseLine.objects.filter(case=case).select_related("order_line", "reason").order_by("order_line_id")
    )


def step(
    case: Case, verb: Verb, *, by: Actor, to: CaseStatus | Iterable[CaseStatus] | None = None
) -> Transition:
    """The row of the table that `by` may take now; `to` chooses where the outcome decides.

    Refuses with case.cannot_<verb> where the status forbids it, case.not_allowed where the actor may not.
    """
    rows = steps_from(case.machine, case.status, verb)
    if not rows:
        raise Refused(f"case.cannot_{verb.value}", number=case.number, status=case.status)
    mine = [row for row in rows if row.open_to(by)]
    if not mine:
        raise Refused("case.not_allowed", number=case.number, verb=verb.value)
    if to is None:
        return mine[0]
    wanted = [to] if isinstance(to, CaseStatus) else list(to)
    return next(row for row in mine if row.target in wanted)


def take(
    case: Case, row: Transition, at: datetime, lines: Iterable[CaseLine] | None = None, **changes: Any
) -> Case:
    """Go the step: status and `changes`, the units held in the new status, timers and due date."""
    was, case.status = case.status, row.target
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.updated_at = at
    case.finished_at = at if row.target in FINAL else None
    if was != row.target or lines is not None:
        hold(case, lines_of(case) if lines is None else lines)
    case.due_at = timers.follow(case, row, at)
    fields = {"status", "version", "updated_at", "finished_at", "due_at", *changes}
    case.save(update_fields=sorted(fields))
    return case


def hold(case: Case, lines: Iterable[CaseLine]) -> None:
    """Write the lines with what they hold of the order in this status (domain Q1, Q3)."""
    held = HOLDS[case.machine][case.status]
    for line in lines:
        line.quantity_open = {
            Units.REQUESTED: line.quantity_requested,
            Units.CLAIMED: line.quantity_approved or line.quantity_requested,
            Units.APPROVED: line.quantity_approved,
            Units.ACCEPTED: line.quantity_accepted,
        }.get(held, 0)
        line.quantity_returned = {
            Units.TAKEN_BACK: line.quantity_accepted,
            Units.SETTLED: line.quantity_approved,
        }.get(held, 0)
        line.save()


def record(kind: str, case: Case, *, by: Actor, at: datetime, public: bool = True, **data: Any) -> Event:
    """Write the event of a step to the timeline of the case's ticket."""
    return events.record(
        kind,
        case,
        by=by,
        thread=case.ticket,
        public=public,
        at=at,
        number=case.number,
        status=case.status,
        **data,
    )
