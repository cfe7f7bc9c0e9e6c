"""Service clocks: promises that start, stand still, are met or missed.

Callers hold the ticket's lock. `live` locks its clocks too, so that a sweep and a verb never both note
the same missed deadline. Before anything else happens to a clock, what was due on it is noted, so that it
makes no difference whether the sweep came late.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import hours
from tickets import targets
from tickets.calendars import calendar_of
from tickets.clocks import advancing
from tickets.clocks.reading import explain, next_moment
from tickets.models import Clock, ClockEvent, ExternalPromise, PolicyVersion, Ticket
from tickets.states import ClockKind, ClockState

Kind = ClockEvent.Kind


def promised(
    ticket: Ticket, version: PolicyVersion | None, kinds: Iterable[ClockKind], at: datetime, turn: int = 1
) -> list[Clock]:
    """The clocks a policy promises for the ticket's present cycle, not stored yet; none without a policy."""
    if version is None:
        return []
    budgets = {kind: targets.budget(version.targets, kind, ticket.priority) for kind in kinds}
    return [
        _begun(
            Clock(
                ticket=ticket,
                kind=kind,
                cycle=ticket.cycle,
                turn=turn,
                policy_version=version,
                budget=budget,
                calendar=version.calendar.published,
                started_at=at,
            )
        )
        for kind, budget in budgets.items()
        if budget is not None
    ]


def external(ticket: Ticket, promise: ExternalPromise, at: datetime, *, turn: int, about: str) -> Clock:
    """The clock of a deadline somebody else sets, not stored yet; `about` is the number of its case."""
    return _begun(
        Clock(
            ticket=ticket,
            kind=ClockKind.EXTERNAL,
            cycle=ticket.cycle,
            turn=turn,
            external=promise,
            ladder=promise.ladder,
            about=about,
            budget=promise.budget,
            calendar=promise.calendar.published,
            started_at=at,
        )
    )


def _begun(clock: Clock) -> Clock:
    clock.due_at = hours.deadline(clock.started_at, clock.budget, calendar_of(clock.calendar))
    clock.next_at = next_moment(clock, ())
    return clock


def start(clocks: Sequence[Clock]) -> Sequence[Clock]:
    """Store promised clocks of a stored ticket; they run from the moment they were promised at."""
    if clocks:
        Clock.objects.bulk_create(clocks)
        _note_promise(clocks, Kind.ACTIVATED)
    return clocks


def live(ticket: Ticket, at: datetime) -> list[Clock]:
    """The ticket's clocks that are not over, locked; what was due on them by `at` is noted."""
    clocks = list(ticket.clocks.live().select_for_update().order_by("pk"))
    for clock in clocks:
        clock.ticket = ticket
    advancing.advance(clocks, at)
    return clocks


def pause(clocks: Iterable[Clock], kind: ClockKind, at: datetime) -> None:
    """Stop the running clock of a kind, remembering exactly what is left of its budget."""
    paused = [clock for clock in clocks if clock.kind == kind and clock.state == ClockState.RUNNING]
    for clock in paused:
        clock.left = _left(clock, at)
        clock.state, clock.paused_at, clock.next_at = ClockState.PAUSED, at, None
        clock.save(update_fields=["state", "left", "paused_at", "next_at"])
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
    _note(resumed, Kind.RESUMED, at)
    for clock in resumed:
        clock.next_at = next_moment(clock)
        clock.save(update_fields=["state", "left", "paused_at", "due_at", "next_at"])


def fulfil(clocks: Iterable[Clock], kind: ClockKind, at: datetime) -> None:
    """The promise has been kept, in time or late."""
    finish([clock for clock in clocks if clock.kind == kind], ClockState.FULFILLED, at)


def fulfil_external(clocks: Iterable[Clock], met_by: str, at: datetime, about: str = "") -> None:
    """What somebody else asked for has been done."""
    met = [clock for clock in clocks if clock.external and clock.external.met_by == met_by]
    finish([clock for clock in met if clock.about == about], ClockState.FULFILLED, at)


def cancel(clocks: Iterable[Clock], at: datetime) -> None:
    """What is not over yet is not owed any longer."""
    finish(list(clocks), ClockState.CANCELLED, at)


def finish(clocks: Sequence[Clock], state: ClockState, at: datetime) -> None:
    """End clocks that are not over, as met or as no longer owed."""
    ending = [clock for clock in clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    for clock in ending:
        clock.state, clock.next_at = state, None
        clock.fulfilled_at = at if state == ClockState.FULFILLED else None
        clock.save(update_fields=["state", "fulfilled_at", "next_at"])
    _note(ending, Kind.FULFILLED if state == ClockState.FULFILLED else Kind.CANCELLED, at)


def change_promise(clocks: list[Clock], ticket: Ticket, version: PolicyVersion, at: datetime) -> None:
    """Hold the policy's clocks to another version or priority, counted from their start.

    A missed deadline stays missed. What is no longer promised is cancelled; what is owed and was not promised
    before starts now, and joins `clocks`.
    """
    bound = [clock for clock in clocks if clock.kind != ClockKind.EXTERNAL and clock.breached_at is None]
    for clock in bound:
        budget = targets.budget(version.targets, clock.kind, ticket.priority)
        if budget is None:
            finish([clock], ClockState.CANCELLED, at)
        elif not _keeps(clock, version, budget):
            _move(clock, version, budget, at)
    clocks.extend(start(promised(ticket, version, _owed_anew(ticket, clocks), at)))


def _owed_anew(ticket: Ticket, clocks: Iterable[Clock]) -> list[ClockKind]:
    """What every ticket is owed but this one was never promised in its present cycle."""
    owed = (
        {ClockKind.RESOLUTION}
        if ticket.first_response_at
        else {ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION}
    )
    known = ticket.clocks.filter(cycle=ticket.cycle, kind__in=owed).values_list("kind", flat=True)
    return sorted(owed - {ClockKind(kind) for kind in known})


def _keeps(clock: Clock, version: PolicyVersion, budget: timedelta) -> bool:
    same_hours = clock.calendar_id == version.calendar.current_id
    return clock.budget == budget and same_hours and clock.policy_version_id == version.pk


def _move(clock: Clock, version: PolicyVersion, budget: timedelta, at: datetime) -> None:
    clock.policy_version, clock.budget, clock.calendar = version, budget, version.calendar.published
    counted, runs = explain(clock), clock.state == ClockState.RUNNING
    clock.due_at = counted.due or clock.due_at
    clock.left = None if runs else counted.left
    clock.taken = advancing.taken_by(clock, at)
    clock.next_at = next_moment(clock) if runs else None
    clock.save(update_fields=["policy_version", "budget", "calendar", "due_at", "left", "taken", "next_at"])
    _note_promise([clock], Kind.CHANGED, at)
    if counted.due is not None and not runs:
        advancing.miss(clock, at)


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """The nearest deadline of clocks that run."""
    return min((clock.due_at for clock in clocks if clock.state == ClockState.RUNNING), default=None)


def _note(clocks: Sequence[Clock], kind: ClockEvent.Kind, at: datetime, **facts: Any) -> None:
    if clocks:
        ClockEvent.objects.bulk_create(
            ClockEvent(clock=clock, kind=kind, at=at, due_at=clock.due_at, **facts) for clock in clocks
        )


def _note_promise(clocks: Sequence[Clock], kind: ClockEvent.Kind, at: datetime | None = None) -> None:
    """Note what is promised from here on: all that a clock can be rebuilt from."""
    ClockEvent.objects.bulk_create(
        ClockEvent(
            clock=clock,
            kind=kind,
            at=at or clock.started_at,
            due_at=clock.due_at,
            budget=clock.budget,
            calendar=clock.calendar,
            policy_version=clock.policy_version,
        )
        for clock in clocks
    )
