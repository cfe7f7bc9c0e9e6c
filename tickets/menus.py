"""What the menus of the desk offer: people, teams and macros, as values and the words that stand for them.

Every page of the inbox and every ticket asks for all three, so their statements are put together once.
"""

from typing import NamedTuple

from accounts.models import Team, User
from core import bilingual
from core.statements import Statement
from tickets.access import assignees
from tickets.macros.choosing import macros_for
from tickets.queues import READER


class _Person(NamedTuple):
    pk: int
    email: str
    name: str


class _Named(NamedTuple):
    pk: int
    code: str
    name_en: str
    name_zh: str


_people = Statement(lambda: assignees().defer(None).values_list(*_Person._fields), _Person._make)
_teams = Statement(lambda: Team.objects.values_list(*_Named._fields), _Named._make)
_macros = Statement(lambda: macros_for(READER).most_used_first().values_list(*_Named._fields), _Named._make)


def people() -> tuple[tuple[int, str], ...]:
    """Who may be given a ticket, by key, called as `User.display_name` has it."""
    return tuple((one.pk, one.name or one.email) for one in _people())


def teams() -> tuple[tuple[int, str, str], ...]:
    """Key, code and name in the reader's language of every team."""
    return tuple((team.pk, team.code, bilingual.pick(team, "name")) for team in _teams())


def macros(user: User) -> tuple[tuple[str, str], ...]:
    """The macros a member may use, the most used first, by code."""
    return tuple((one.code, bilingual.pick(one, "name")) for one in _macros(reader=user.pk))
