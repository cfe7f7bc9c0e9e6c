"""Deadlines of a case follow its status: they start with a step, stand still, go on, or end."""

from datetime import datetime, timedelta

from core.hours import day_add
from returns.models import Case, Timer
from returns.states import PAUSED_IN, RUNS_IN, TimerKind, Transition


def follow(case: Case, row: Transition, at: datetime) -> datetime | None:
    """Bring the timers of a case in line with its new status; returns the nearest deadline, missed or not."""
    open_timers = Timer.objects.select_for_update().filter(case=case, stopped_at=None)
    live = {timer.kind: timer for timer in open_timers}
    for timer in live.values():
        _adapt(timer, case.status, at)
    for kind in row.starts:
        if kind not in live or live[kind].stopped_at:
            live[kind] = start(case, kind, at)
    return min(
        (timer.due_at for timer in live.values() if not (timer.stopped_at or timer.paused_at)), default=None
    )


def start(case: Case, kind: TimerKind, at: datetime) -> Timer:
    """Begin a new cycle of a deadline."""
    cycle = Timer.objects.filter(case=case, kind=kind).count() + 1
    return Timer.objects.create(case=case, kind=kind, cycle=cycle, started_at=at, due_at=due(case, kind, at))


def due(case: Case, kind: TimerKind, at: datetime) -> datetime:
    """When a deadline that starts now ends, by the frozen terms of the case."""
    terms = case.terms
    if kind == TimerKind.REVIEW:
        return at + timedelta(hours=terms.review_hours)
    days = {
        TimerKind.INFO: terms.info_days,
        TimerKind.SHIP_BACK: terms.ship_back_days,
        TimerKind.RECEIPT: terms.receipt_days,
        TimerKind.REFUND: terms.refund_days,
        TimerKind.ESCALATE: terms.escalate_days,
        TimerKind.QUOTE: terms.quote_days,
        TimerKind.DISPATCH: terms.dispatch_days,
        TimerKind.ACCEPTANCE: terms.acceptance_days,
        TimerKind.OFFER: terms.offer_days,
        TimerKind.PAYMENT: terms.offer_days,
    }
    # A refund is counted from the day the goods were back, however long the inspection took.
    since = case.received_at or at if kind == TimerKind.REFUND else at
    return day_add(since, days[kind], terms.zone)


def _adapt(timer: Timer, status: str, at: datetime) -> None:
    if status in PAUSED_IN.get(timer.kind, ()):
        if timer.paused_at is None:
            timer.paused_at, timer.left = at, max(timer.due_at - at, timedelta())
    elif status not in RUNS_IN[timer.kind]:
        timer.stopped_at = at
    elif timer.left is not None:
        timer.due_at, timer.paused_at, timer.left = at + timer.left, None, None
    else:
        return
    timer.save(update_fields=["due_at", "paused_at", "left", "stopped_at"])
