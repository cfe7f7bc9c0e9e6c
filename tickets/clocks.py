"""Service clocks: promises that start, stand still, are met or missed.

Callers hold the ticket's lock. `live` locks its clocks too, so that a sweep and a verb never both
note the same missed deadline. Before anything else happens to a clock its missed deadline is
noted, so that it makes no difference whether the sweep came late.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from core import events, hours
from core.actors import SYSTEM
from tickets.calendars import calendar_of
from tickets.models import Clock, ClockEvent, SlaPolicy, Ticket
from tickets.states import ClockKind, ClockState

Kind = ClockEvent.Kind


def promised(
    ticket: Ticket, policy: SlaPolicy | None, kinds: Iterable[ClockKind], at: datetime
) -> list[Clock]:
    """The clocks a policy promises for the ticket's present cycle, not stored yet; none without a policy."""
    if policy is None:
        return []
    counted = calendar_of(policy.calendar)
    budgets = {kind: budget_of(policy, kind) for kind in kinds}
    return [
        Clock(
            ticket=ticket,
            kind=kind,
            cycle=ticket.cycle,
            budget=budget,
            calendar=policy.calendar,
            started_at=at,
            due_at=hours.deadline(at, budget, counted),
        )
        for kind, budget in budgets.items()
    ]


def start(clocks: Sequence[Clock], at: datetime) -> Sequence[Clock]:
    """Store promised clocks of a stored ticket; they run."""
    if clocks:
        Clock.objects.bulk_create(clocks)
        _note(clocks, Kind.ACTIVATED, at)
    return clocks


def budget_of(policy: SlaPolicy, kind: str) -> timedelta:
    """The working time a policy gives to a kind of clock."""
    return policy.first_response if kind == ClockKind.FIRST_RESPONSE else policy.resolution


def live(ticket: Ticket, at: datetime) -> list[Clock]:
    """The ticket's clocks that are not over, locked, deadlines missed by `at` noted."""
    clocks = list(
        ticket.clocks.live().select_related("calendar").select_for_update(of=("self",)).order_by("pk")
    )
    breach([clock for clock in clocks if _is_missed(clock, at)], at)
    return clocks


def _is_missed(clock: Clock, at: datetime) -> bool:
    return clock.state == ClockState.RUNNING and clock.breached_at is None and clock.due_at <= at


def pause(clocks: Iterable[Clock], kind: ClockKind, at: datetime) -> None:
    """Stop the running clock of a kind, remembering exactly what is left of its budget."""
    paused = [clock for clock in clocks if clock.kind == kind and clock.state == ClockState.RUNNING]
    for clock in paused:
        clock.left = _left(clock, at)
        clock.state, clock.paused_at = ClockState.PAUSED, at
        clock.save(update_fields=["state", "left", "paused_at"])
    _note(paused, Kind.PAUSED, at)


def _left(clock: Clock, at: datetime) -> timedelta:
    if clock.due_at <= at:
        return timedelta()
    return hours.working_time(at, clock.due_at, calendar_of(clock.calendar))


def resume(clocks: Iterable[Clock], at: datetime) -> None:
    """Let paused clocks run on with what was left. A deadline that was missed stays where it was."""
    resumed = [clock for clock in clocks if clock.state == ClockState.PAUSED]
    for clock in resumed:
        if clock.breached_at is None:
            clock.due_at = hours.deadline(at, clock.left or timedelta(), calendar_of(clock.calendar))
        clock.state, clock.paused_at, clock.left = ClockState.RUNNING, None, None
        clock.save(update_fields=["state", "left", "paused_at", "due_at"])
    _note(resumed, Kind.RESUMED, at)


def fulfil(clocks: Iterable[Clock], kind: ClockKind, at: datetime) -> None:
    """The promise has been kept, in time or late."""
    _finish([clock for clock in clocks if clock.kind == kind], ClockState.FULFILLED, Kind.FULFILLED, at)


def cancel(clocks: Iterable[Clock], at: datetime) -> None:
    """What is not over yet is not owed any longer."""
    _finish(list(clocks), ClockState.CANCELLED, Kind.CANCELLED, at)


def _finish(clocks: Sequence[Clock], state: ClockState, kind: ClockEvent.Kind, at: datetime) -> None:
    ending = [clock for clock in clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    for clock in ending:
        clock.state = state
        clock.fulfilled_at = at if state == ClockState.FULFILLED else None
        clock.save(update_fields=["state", "fulfilled_at"])
    _note(ending, kind, at)


def breach(clocks: Sequence[Clock], at: datetime) -> None:
    """Note missed deadlines of locked clocks, once each, and tell the house. The clocks run on."""
    if not clocks:
        return
    for clock in clocks:
        clock.breached_at = clock.due_at
    Clock.objects.filter(pk__in=[clock.pk for clock in clocks]).update(breached_at=F("due_at"))
    ClockEvent.objects.bulk_create(
        ClockEvent(clock=clock, kind=Kind.BREACHED, at=clock.due_at, due_at=clock.due_at) for clock in clocks
    )
    events.record_all(
        events.build(
            "clock.breached",
            clock,
            by=SYSTEM,
            thread=clock.ticket,
            at=at,
            clock=clock.kind,
            cycle=clock.cycle,
            due_at=clock.due_at.isoformat(),
        )
        for clock in clocks
    )


def change_promise(clocks: Iterable[Clock], policy: SlaPolicy, at: datetime) -> None:
    """Hold the clocks to another policy, counted from their start. A missed deadline stays missed."""
    moved = [clock for clock in clocks if clock.breached_at is None and not _keeps(clock, policy)]
    for clock in moved:
        clock.budget, clock.calendar = budget_of(policy, clock.kind), policy.calendar
        counted = explain(clock)
        if counted.due is None:
            clock.left = counted.left
        else:
            clock.due_at = counted.due
        clock.save(update_fields=["budget", "calendar", "due_at", "left"])
    _note(moved, Kind.CHANGED, at)


def _keeps(clock: Clock, policy: SlaPolicy) -> bool:
    same_budget = clock.budget == budget_of(policy, clock.kind)
    return same_budget and clock.calendar_id == policy.calendar_id


def pauses_of(clock: Clock) -> list[hours.Pause]:
    """When the clock stood still, from its event log; the last pause may be open."""
    pauses: list[hours.Pause] = []
    for event in clock.events.filter(kind__in=(Kind.PAUSED, Kind.RESUMED)).order_by("pk"):
        if event.kind == Kind.PAUSED:
            pauses.append((event.at, None))
        elif pauses:
            pauses[-1] = pauses[-1][0], event.at
    return pauses


def explain(clock: Clock) -> hours.Explanation:
    """How the clock's deadline came about: working segments, pauses, what is left."""
    return hours.explain(clock.started_at, clock.budget, calendar_of(clock.calendar), pauses_of(clock))


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """The nearest deadline of clocks that run."""
    return min((clock.due_at for clock in clocks if clock.state == ClockState.RUNNING), default=None)


def _note(clocks: Sequence[Clock], kind: ClockEvent.Kind, at: datetime) -> None:
    if clocks:
        ClockEvent.objects.bulk_create(
            ClockEvent(clock=clock, kind=kind, at=at, due_at=clock.due_at) for clock in clocks
        )
