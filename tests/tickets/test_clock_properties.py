"""Clocks in random weeks: the log alone tells the deadline, and a late sweep tells the same steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.hours import Calendar, Pause, deadline, working_time
from tests.core.week import MINUTE, WEEK, Walk, budgets, random_walks
from tickets.clocks import advancing, reading, replaying
from tickets.models import CalendarVersion, Clock, ClockEvent, PolicyVersion
from tickets.states import ClockKind, ClockState

Kind = ClockEvent.Kind
LATE = timedelta(days=400)

offsets = st.integers(-48 * 60, 96 * 60).map(lambda minutes: minutes * 60)
ladders = st.lists(
    offsets.map(lambda offset: {"clock": "resolution", "offset": offset, "notify": ["leads"]}), max_size=6
)


def stored(calendar: Calendar) -> CalendarVersion:
    """A calendar as a version of it stands in the database."""
    return CalendarVersion(
        zone=calendar.zone,
        weekly={str(day): [list(span) for span in hours] for day, hours in calendar.weekly.items()},
        holidays={day.isoformat(): {"en": "Holiday", "zh": "假日"} for day in calendar.holidays},
        extra_days={
            day.isoformat(): [list(span) for span in hours] for day, hours in calendar.extra_days.items()
        },
    )


def standstills(minutes: Sequence[int], walk: Walk) -> list[Pause]:
    """Pauses one after the other; with an odd number of instants the last one is still open."""
    instants = [walk.at(minute) for minute in sorted(minutes)]
    return list(zip(instants[::2], [*instants[1::2], None], strict=False))


def missed_by(start: datetime, budget: timedelta, calendar: Calendar, pauses: Sequence[Pause]) -> int | None:
    """The place of the first pause that began when the deadline had passed; None when there is none."""
    for place, (stop, _resume) in enumerate(pauses):
        if deadline(start, budget, calendar, pauses[:place]) <= stop:
            return place
    return None


def log_of(walk: Walk, budget: timedelta, pauses: Sequence[Pause]) -> list[ClockEvent]:
    """What the verbs would write: a start, pauses, and a missed deadline before the pause after it."""
    start, missed = walk.at(0), missed_by(walk.at(0), budget, walk.calendar, pauses)
    log = [ClockEvent(kind=Kind.ACTIVATED, at=start, budget=budget, calendar=stored(walk.calendar))]
    for place, (stop, resume) in enumerate(pauses):
        if place == missed:
            due = deadline(start, budget, walk.calendar, pauses[:place])
            log.append(ClockEvent(kind=Kind.BREACHED, at=due))
        log.append(ClockEvent(kind=Kind.PAUSED, at=stop))
        if resume is not None:
            log.append(ClockEvent(kind=Kind.RESUMED, at=resume))
    return log


@settings(max_examples=400)
@given(random_walks, budgets, st.lists(st.integers(0, WEEK - 1), max_size=7))
def test_whatever_the_pauses_the_log_tells_the_deadline(
    walk: Walk, budget: timedelta, minutes: list[int]
) -> None:
    pauses, start = standstills(minutes, walk), walk.at(0)
    clock = replaying.replay(Clock(kind=ClockKind.RESOLUTION), log_of(walk, budget, pauses))
    missed = missed_by(start, budget, walk.calendar, pauses)
    if missed is not None:
        assert clock.due_at == clock.breached_at == deadline(start, budget, walk.calendar, pauses[:missed])
    elif pauses and pauses[-1][1] is None:
        worked = working_time(start, pauses[-1][0], walk.calendar, pauses)
        assert (clock.state, clock.left) == (ClockState.PAUSED, budget - worked)
    else:
        assert clock.due_at == deadline(start, budget, walk.calendar, pauses)


def running(walk: Walk, budget: timedelta, ladder: list[dict[str, object]]) -> Clock:
    """A clock that runs since the week began, with a ladder."""
    clock = Clock(
        pk=1,
        ticket_id=1,
        kind=ClockKind.RESOLUTION,
        policy_version=PolicyVersion(ladder=ladder),
        calendar=stored(walk.calendar),
        budget=budget,
        started_at=walk.at(0),
        due_at=deadline(walk.at(0), budget, walk.calendar, walk.pauses),
    )
    clock.next_at = reading.next_moment(clock, walk.pauses)
    return clock


def swept(
    clock: Clock, pauses: Sequence[Pause], sweeps: Sequence[datetime]
) -> list[tuple[str, datetime, int | None]]:
    """What sweeps at these instants note on it."""
    noted = [one for at in sweeps for one in advancing._advanced(clock, pauses, at)]
    return [(one.kind, one.at, one.step) for one in noted]


@settings(max_examples=400)
@given(random_walks, budgets, ladders, st.lists(st.integers(0, 40 * 24 * 60), max_size=6).map(sorted))
def test_sweeps_that_come_late_note_what_sweeps_in_time_would_have(
    walk: Walk, budget: timedelta, ladder: list[dict[str, object]], minutes: list[int]
) -> None:
    end = walk.at(0) + LATE
    often = [*(walk.at(0) + minute * MINUTE for minute in minutes), end]
    once = swept(running(walk, budget, ladder), walk.pauses, [end])
    assert swept(running(walk, budget, ladder), walk.pauses, often) == once
    assert [step for _kind, _at, step in once if step is not None] == list(range(len(ladder)))
    assert [kind for kind, _at, _step in once].count(Kind.BREACHED) == 1
    for (_, earlier, _), (_, later, _) in pairwise(once):
        assert earlier <= later
