"""The ladder of a clock as people read it: when which step comes, what it does, whether it was taken."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Team
from tickets import clocks
from tickets.ladder import Step
from tickets.models import Clock
from tickets.states import ClockKind, ClockState, Recipient


@dataclass(frozen=True)
class ShownStep:
    """`at` is None while a pause keeps it unknown; `pending`: it will come if nobody is quicker."""

    at: datetime | None
    words: str
    taken: bool
    pending: bool


def timetable(clock: Clock) -> list[ShownStep]:
    """Every step of the clock's ladder."""
    runs = clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    steps = clocks.timetable(clock)
    names = {team.code: str(team) for team in Team.objects.all()} if steps else {}
    return [
        ShownStep(at, step_words(step, names), place < clock.taken, runs and place >= clock.taken)
        for place, (step, at) in enumerate(steps)
    ]


def step_words(step: Step, teams: dict[str, str]) -> str:
    """What a step does: "Tells the assignee; hands over to Rapid response"."""
    said = []
    if step.notify:
        who = _(", ").join(str(Recipient(one).label) for one in step.notify)
        said.append(_("Tells: %s") % who)
    if step.reassign:
        said.append(_("Hands over to %s") % teams.get(step.reassign, step.reassign))
    if step.raise_priority:
        said.append(_("Raises the priority"))
    return _("; ").join(said)


def ladder_words(steps: Iterable[Step]) -> list[tuple[str, str, str]]:
    """A ladder in words: for each step the clock, when it comes, and what it does."""
    names = {team.code: str(team) for team in Team.objects.all()}
    return [(str(ClockKind(step.clock).label), offset_words(step), step_words(step, names)) for step in steps]


def offset_words(step: Step) -> str:
    """When a step comes: "30 min before", "2 h after", "at the deadline", in working time."""
    minutes = int(abs(step.offset).total_seconds()) // 60
    if not minutes:
        return _("at the deadline")
    hours, rest = divmod(minutes, 60)
    length = (
        ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
        if hours and not rest
        else ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    )
    return (_("%s before the deadline") if step.is_warning else _("%s after the deadline")) % length
