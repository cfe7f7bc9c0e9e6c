"""Which leg a case takes when its goods are with us and judged."""

from collections.abc import Sequence

from core.actors import Actor
from returns import exchanges
from returns.actions.steps import step
from returns.models import Case, CaseLine
from returns.states import CaseKind, CaseStatus, Transition, Verb


def difference_of(case: Case, lines: Sequence[CaseLine]) -> int:
    """What an exchange costs the customer more for the units that were accepted; below 0 it costs less.

    An agreed deduction for lost value is the customer's to bear here, too.
    """
    counts = [line.quantity_accepted for line in lines]
    return sum(exchanges.differences(lines, counts)) + (case.deduction or 0)


def next_leg(case: Case, lines: Sequence[CaseLine]) -> CaseStatus:
    """Where accepted goods lead: to the refund, to the replacement, or first to settling its price."""
    if case.advance:
        return CaseStatus.AWAITING_PAYMENT if case.deduction else CaseStatus.COMPLETED
    if case.kind != CaseKind.EXCHANGE:
        return CaseStatus.AWAITING_REFUND
    difference = difference_of(case, lines)
    if difference > 0:
        return CaseStatus.AWAITING_PAYMENT
    return CaseStatus.AWAITING_REFUND if difference < 0 else CaseStatus.AWAITING_DISPATCH


def onward(case: Case, verb: Verb, lines: Sequence[CaseLine], *, by: Actor) -> Transition:
    """The row of `verb` that takes inspected goods to the next leg of their case."""
    return step(case, verb, by=by, to=next_leg(case, lines))


def after_payout(case: Case) -> CaseStatus:
    """What follows once the money is back with the customer."""
    return CaseStatus.AWAITING_DISPATCH if case.kind == CaseKind.EXCHANGE else CaseStatus.COMPLETED
