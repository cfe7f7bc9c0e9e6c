"""Two tickets become one: of each promise one clock goes on. And back, with nothing lost on the way.

A clock of the merged ticket either joins the survivor's clock of the same promise or is carried over with
its whole log; what no longer counts by itself is `merged` and points to the clock that counts for it. Of two,
a missed one goes on, so that a merge heals nothing, else the one that began first.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, QuerySet

from tickets.clocks.reading import next_moment
from tickets.models import Clock, ClockEvent, Ticket
from tickets.states import ClockState

Kind = ClockEvent.Kind
LIVE = (ClockState.RUNNING, ClockState.PAUSED)


def join(theirs: Iterable[Clock], ours: list[Clock], ticket: Ticket, at: datetime) -> None:
    """Let the clocks of a merged ticket go on at `ticket`, whose are `ours`; all of them are locked."""
    for clock in theirs:
        _join_one(clock, ours, ticket, at)


def part(merged: Ticket, ours: list[Clock], ticket: Ticket, at: datetime) -> list[Clock]:
    """Give a ticket that is taken out of `ticket` its own clocks back; returns them.

    A promise that was kept at the survivor meanwhile stays kept there; one that still runs there stops, and
    what it stood for runs again.
    """
    rows = Clock.objects.filter(ticket=merged, state=ClockState.MERGED, joined_into__ticket=ticket)
    rows = rows.select_related("calendar", "policy_version", "external")
    parted = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for clock in parted:
        clock.ticket = merged
        _let_go(clock, ours, ticket, at)
        _go_on_alone(clock, at)
    return parted


def drop(clocks: Iterable[Clock], at: datetime) -> None:
    """What they promise is owed, and counted, where it had been owed before."""
    for clock in clocks:
        _leave(clock, None, at)


def _join_one(clock: Clock, ours: list[Clock], ticket: Ticket, at: datetime) -> None:
    own = next((one for one in ours if one.state in LIVE and _promise(one) == _promise(clock)), None)
    if own is not None and _precedence(own) <= _precedence(clock):
        _leave(clock, own, at)
        return
    carried = _carry(clock, ticket)
    _leave(clock, carried, at)
    if own is not None:
        _leave(own, carried, at)
        ours.remove(own)
    ours.append(carried)


def _promise(clock: Clock) -> tuple[str, int | None, str]:
    return clock.kind, clock.external_id, clock.about


def _precedence(clock: Clock) -> tuple[bool, datetime]:
    """Sorts the clock that goes on before the one that does not."""
    return clock.breached_at is None, clock.started_at


def _carry(clock: Clock, ticket: Ticket) -> Clock:
    """The same promise on another ticket, with everything that happened to it."""
    turns = ticket.clocks.filter(kind=clock.kind, cycle=ticket.cycle).aggregate(last=Max("turn"))
    log = list(clock.events.order_by("pk"))
    if clock.state == ClockState.MERGED:
        log.pop()
    copied = ("kind", "policy_version", "external", "ladder", "about", "budget", "calendar")
    ran = ("started_at", "due_at", "paused_at", "left", "breached_at", "taken")
    carried = Clock(
        ticket=ticket,
        cycle=ticket.cycle,
        turn=(turns["last"] or 0) + 1,
        carried_from=clock,
        **{name: getattr(clock, name) for name in (*copied, *ran)},
    )
    _run(carried)
    carried.next_at = None
    carried.save(force_insert=True)
    for event in log:
        event.pk, event.clock = None, carried
    ClockEvent.objects.bulk_create(log)
    _look_ahead(carried)
    carried.save(update_fields=["next_at"])
    return carried


def _run(clock: Clock) -> None:
    clock.state = ClockState.PAUSED if clock.paused_at else ClockState.RUNNING


def _look_ahead(clock: Clock) -> None:
    clock.next_at = next_moment(clock) if clock.state == ClockState.RUNNING else None


def _leave(clock: Clock, into: Clock | None, at: datetime) -> None:
    """From here on `into` counts for the clock; None for one whose promise is owed elsewhere again."""
    was, clock.state = clock.state, ClockState.MERGED
    clock.next_at, clock.joined_into = None, into
    clock.save(update_fields=["state", "next_at", "joined_into"])
    if was != ClockState.MERGED:
        ClockEvent.objects.create(clock=clock, kind=Kind.MERGED, at=at, due_at=clock.due_at)


def _go_on_alone(clock: Clock, at: datetime) -> None:
    clock.joined_into = None
    _run(clock)
    _look_ahead(clock)
    clock.save(update_fields=["state", "next_at", "joined_into"])
    ClockEvent.objects.create(clock=clock, kind=Kind.PARTED, at=at, due_at=clock.due_at)


def _let_go(clock: Clock, ours: list[Clock], ticket: Ticket, at: datetime) -> None:
    """Undo what the clock did to the clocks of the survivor."""
    stood = clock.joined_into
    if stood is None or stood.carried_from_id != clock.pk:
        return
    others = list(_standing_behind(stood).exclude(pk=clock.pk))
    if stood.state == ClockState.MERGED:
        _hang_on(others, stood.joined_into)
        _leave(stood, None, at)
    elif stood.state in LIVE:
        stood = next((one for one in ours if one.pk == stood.pk), stood)
        ours[:] = [one for one in ours if one.pk != stood.pk]
        _leave(stood, None, at)
        _count_again(others, ours, ticket, at)


def _standing_behind(clock: Clock) -> QuerySet[Clock]:
    rows = Clock.objects.filter(joined_into=clock, state=ClockState.MERGED)
    return rows.select_related("calendar", "policy_version", "external").order_by("pk")


def _hang_on(clocks: Iterable[Clock], into: Clock | None) -> None:
    for clock in clocks:
        clock.joined_into = into
        clock.save(update_fields=["joined_into"])


def _count_again(others: Iterable[Clock], ours: list[Clock], ticket: Ticket, at: datetime) -> None:
    """What stood behind a clock that is gone: the ticket's own runs again, that of others joins it."""
    for clock in others:
        if clock.ticket_id == ticket.pk:
            clock.ticket = ticket
            _go_on_alone(clock, at)
            ours.append(clock)
    for clock in others:
        if clock.ticket_id != ticket.pk:
            _join_one(clock, ours, ticket, at)


def foreseen(theirs: Iterable[Clock], ours: Iterable[Clock]) -> list[Clock]:
    """The clocks that would go on if tickets with these became one."""
    going_on: dict[tuple[str, int | None, str], Clock] = {}
    for clock in (*ours, *theirs):
        known = going_on.setdefault(_promise(clock), clock)
        if _precedence(clock) < _precedence(known):
            going_on[_promise(clock)] = clock
    return list(going_on.values())
