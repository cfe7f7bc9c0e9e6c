"""What happens when a deadline passes. Each timer fires once per cycle, and late is as good as on time."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from core import clock
from core.actors import SYSTEM
from returns.actions import conversion, decisions, outbound, workshop
from returns.actions.return_leg import assume_receipt
from returns.actions.steps import locked, record, step, take
from returns.models import Case, Timer
from returns.states import CaseStatus, TimerKind, Verb, steps_from

log = logging.getLogger(__name__)


def sweep(*, limit: int = 500) -> int:
    """Fire the timers that are due, each in its own transaction; one that fails holds up no other."""
    due = list(Timer.objects.due(clock.now()).select_related("case")[:limit])
    return sum(_attempt(timer) for timer in due)


def _attempt(timer: Timer) -> bool:
    try:
        return time_out(timer)
    except Exception:  # whatever it is, the other deadlines of the house must not wait for it
        log.exception("timer %s did not fire", timer.pk)
        return False


@transaction.atomic
def time_out(timer: Timer) -> bool:
    """Fire one timer; False when it is not due (any more) or somebody else holds its case."""
    held = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=timer.case_id).exists()
    if not held:
        return False
    case, at = locked(timer.case), clock.now()
    fresh = Timer.objects.due(at).filter(pk=timer.pk).select_for_update().first()
    if fresh is None:
        return False
    fresh.fired_at = at
    fresh.save(update_fields=["fired_at"])
    OUTCOMES[TimerKind(fresh.kind)](case, at)
    return True


def _review_is_late(case: Case, at: datetime) -> None:
    decides = steps_from(case.machine, case.status, Verb.TIME_OUT)
    if case.terms.approve_on_timeout and decides:
        decisions.approve_late(case, at)
    else:
        _note(case, at, "case.review_overdue")


def _close(case: Case, at: datetime) -> None:
    waited_for = case.status
    row = step(case, Verb.TIME_OUT, by=SYSTEM, to=CaseStatus.CLOSED_TIMEOUT)
    case = take(case, row, at)
    record("case.closed_by_timeout", case, by=SYSTEM, at=at, waited_for=waited_for)


def _not_sent_back(case: Case, at: datetime) -> None:
    if case.advance:
        outbound.charge_for_kept_goods(case, at)
    else:
        _close(case, at)


def _payment_is_late(case: Case, at: datetime) -> None:
    """An exchange nobody pays the rest of becomes a return; kept goods stay owed, and the desk is told."""
    if case.advance:
        _note(case, at, "case.payment_overdue")
    else:
        conversion.refund_instead(case, at)


def _refund_is_late(case: Case, at: datetime) -> None:
    _note(case, at, "case.refund_overdue")


def _dispatch_is_late(case: Case, at: datetime) -> None:
    _note(case, at, "case.dispatch_overdue")


def _note(case: Case, at: datetime, kind: str) -> None:
    """A promise of ours is broken: staff see it, the deadline stays where it was."""
    record(kind, case, by=SYSTEM, at=at, public=False, due_at=case.due_at.isoformat() if case.due_at else "")


OUTCOMES: Mapping[TimerKind, Callable[[Case, datetime], object]] = {
    TimerKind.REVIEW: _review_is_late,
    TimerKind.INFO: _close,
    TimerKind.SHIP_BACK: _not_sent_back,
    TimerKind.RECEIPT: assume_receipt,
    TimerKind.REFUND: _refund_is_late,
    TimerKind.ESCALATE: decisions.settle_refusal,
    TimerKind.QUOTE: workshop.expire_quote,
    TimerKind.DISPATCH: _dispatch_is_late,
    TimerKind.ACCEPTANCE: outbound.assume_acceptance,
    TimerKind.OFFER: _close,
    TimerKind.PAYMENT: _payment_is_late,
}
