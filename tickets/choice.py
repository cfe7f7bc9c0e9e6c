"""Who gets the next ticket of a team. No database, no clock: the same candidates give the same answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.states import Strategy
from tickets.states import Unplaced

NEVER_YET = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """A member of the team as they are now; `load` counts new and open tickets, `last_at` the last turn."""

    key: int
    is_on_duty: bool = True
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    load: int = 0
    capacity: int = 20
    last_at: datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more ticket stays within the capacity."""
        return self.load < self.capacity


@dataclass(frozen=True)
class Needs:
    """What a ticket asks of whoever takes it: a language, and skills by their codes."""

    language: str
    skills: frozenset[str] = frozenset()


def fitting(candidates: Iterable[Candidate], needs: Needs) -> list[Candidate] | Unplaced:
    """Everybody who could take the ticket now, or what left nobody."""
    left = list(candidates)
    if not left:
        return Unplaced.NO_MEMBERS
    for reason, fits in (
        (Unplaced.OFF_DUTY, lambda one: one.is_on_duty),
        (Unplaced.LANGUAGE, lambda one: needs.language in one.languages),
        (Unplaced.SKILLS, lambda one: needs.skills <= one.skills),
        (Unplaced.FULL, lambda one: one.has_room),
    ):
        left = [one for one in left if fits(one)]
        if not left:
            return reason
    return left


def choose(
    candidates: Iterable[Candidate], needs: Needs, *, strategy: str, first: Collection[int] = ()
) -> Candidate | Unplaced:
    """The one who gets it, or why nobody does.

    In turn: whoever got none for longest. Least busy: whoever has the fewest, of equals the one who got none
    for longest. `first` are keys of those who get it before all others if they can take it.
    """
    left = fitting(candidates, needs)
    if isinstance(left, Unplaced):
        return left
    in_turn = strategy == Strategy.ROUND_ROBIN

    def rank(one: Candidate) -> tuple[bool, int, datetime, int]:
        return one.key not in first, 0 if in_turn else one.load, one.last_at or NEVER_YET, one.key

    return min(left, key=rank)
