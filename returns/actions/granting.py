"""A request is granted: what follows at once where nothing is missing."""

from datetime import datetime
from typing import Any

from core.actors import SYSTEM, Actor
from returns.actions import return_leg
from returns.actions.outbound import proceed
from returns.actions.steps import lines_of, record, take
from returns.centres import centre_for
from returns.models import Case
from returns.states import Transition, Verb, steps_from


def grant(
    case: Case,
    row: Transition,
    amount: int,
    *,
    by: Actor,
    at: datetime,
    rule: str = "",
    kind: str = "case.approved",
    **facts: Any,
) -> Case:
    """Approve all units and go on: instructions, dispatch or payment follow where nothing is missing."""
    lines = lines_of(case)
    for line in lines:
        line.quantity_approved = line.quantity_requested
    case = take(case, row, at, lines, approved_amount=amount, approved_at=at)
    record(
        kind,
        case,
        by=by,
        at=at,
        amount=amount,
        currency=case.currency,
        rule=rule,
        case_kind=case.kind,
        **facts,
    )
    if not steps_from(case.machine, case.status, Verb.INSTRUCT):
        return proceed(case, at=at)
    if centre := centre_for(case.order, case):
        case = return_leg.send_instructions(case, centre, by=SYSTEM, at=at)
    return case
