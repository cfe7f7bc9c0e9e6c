"""Whom a chat rings for next. No database, no clock: the same desk gives the same answer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from channels.chat.desk import Desk
from tickets.choice import Candidate, Needs, choose
from tickets.states import Unplaced


@dataclass(frozen=True)
class Wish:
    """What a chat asks of whoever takes it.

    `team` owns its ticket, `assignee` looks after it already; `passed` let it ring a moment ago; `waited` is
    how long it has waited.
    """

    needs: Needs
    team: int | None = None
    assignee: int | None = None
    passed: Collection[int] = ()
    waited: timedelta = timedelta()


def chosen(wish: Wish, desk: Desk, *, strategy: str, widen: timedelta) -> Candidate | Unplaced:
    """Who gets it, or why nobody does now.

    Asked is who fits best: the team with language and skills, then everybody with both, with the language,
    anybody. Where the best are there and only busy, the chat waits `widen` for them before others are asked.
    """
    reason = Unplaced.NO_MEMBERS
    for circle in _circles(wish, desk):
        found = choose(
            [one for one in circle if one.key not in wish.passed],
            wish.needs,
            strategy=strategy,
            first=() if wish.assignee is None else (wish.assignee,),
        )
        if isinstance(found, Candidate):
            return found
        if found == Unplaced.FULL and wish.waited < widen:
            return found
        reason = found
    return reason


def _circles(wish: Wish, desk: Desk) -> Iterator[Sequence[Candidate]]:
    """From those who fit best to everybody; whoever is in a wider one counts as fitting."""
    everybody, needs = desk.candidates, wish.needs
    yield [one for one in everybody if wish.team in desk.teams.get(one.key, ())]
    yield everybody
    yield [replace(one, skills=needs.skills) for one in everybody]
    yield [replace(one, skills=needs.skills, languages=frozenset({needs.language})) for one in everybody]
