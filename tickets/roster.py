"""The members of teams as they are now: on duty or not, and how much they have to do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q

from accounts.models import Absence, Team, User
from accounts.rules import Duty, duty
from tickets.access import assignees
from tickets.choice import Candidate, Needs, choose
from tickets.models import Ticket, Turn
from tickets.queues import SOON
from tickets.states import ACTIVE, WAITING, Unplaced


@dataclass(frozen=True)
class Load:
    """What a member has: `open` counts against the capacity, what waits for somebody else does not."""

    open: int = 0
    waiting: int = 0
    late: int = 0
    soon: int = 0


def loads(members: Collection[int], at: datetime) -> dict[int, Load]:
    """The load of members by key, in one statement; whoever has nothing is not in it."""
    counted = (
        Ticket.objects.unsolved()
        .filter(assignee__in=members)
        .order_by()
        .values("assignee")
        .annotate(
            open=Count("pk", filter=Q(status__in=ACTIVE)),
            waiting=Count("pk", filter=Q(status__in=WAITING)),
            late=Count("pk", filter=Q(queue_at__lte=at)),
            soon=Count("pk", filter=Q(queue_at__gt=at, queue_at__lte=at + SOON)),
        )
    )
    return {row["assignee"]: Load(row["open"], row["waiting"], row["late"], row["soon"]) for row in counted}


def workers(at: datetime) -> "Prefetch[Any]":
    """Those of a team who work on tickets, with all that is needed to know whether they can take one."""
    people = (
        assignees()
        .defer(None)
        .prefetch_related(
            "skills",
            Prefetch(
                "absences",
                queryset=Absence.objects.not_over(at).select_related("cover"),
                to_attr="current_absences",
            ),
        )
    )
    return Prefetch("members", queryset=people.order_by("name", "pk"), to_attr="workers")


def duty_of(member: User, at: datetime) -> Duty:
    """Whether a member fetched by `workers` is on duty."""
    absences = [(one.starts_at, one.ends_at) for one in member.current_absences]  # type: ignore[attr-defined]
    return duty(member.shifts, member.time_zone, absences, at)


def capacity_of(member: User, team: Team) -> int:
    """How many open tickets the member can have at once."""
    return team.capacity if member.capacity is None else member.capacity


class Roster:
    """The candidates of some teams, held so that nobody else gives them anything meanwhile.

    Locks are taken in one order: teams by key, their members by key, and only then tickets. Verbs on a ticket
    lock that ticket alone and never ask for a team afterwards, so nobody waits in a circle. Members are
    locked as well as teams, because one member may be in two teams. `no_key`: opening a ticket only needs
    the team to exist, and must not wait for those who share tickets out.
    """

    def __init__(self, keys: Iterable[int], at: datetime) -> None:
        locked = Team.objects.select_for_update(no_key=True).filter(pk__in=list(keys)).order_by("pk")
        self.teams = {team.pk: team for team in locked}
        people = User.objects.filter(pk__in=User.objects.filter(teams__in=self.teams).values("pk"))
        list(people.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        self._fill(at)

    def _fill(self, at: datetime) -> None:
        """Read everything anew: what was read before the locks may be old."""
        teams = Team.objects.filter(pk__in=self.teams).prefetch_related(workers(at))
        members: dict[int, list[User]] = {team.pk: team.workers for team in teams}  # type: ignore[attr-defined]
        self.members = {member.pk: member for group in members.values() for member in group}
        load = {key: found.open for key, found in loads(self.members, at).items()}
        turns = {
            (team, member): moment
            for team, member, moment in Turn.objects.filter(team__in=self.teams).values_list(
                "team", "member", "at"
            )
        }
        self._candidates: Mapping[int, dict[int, Candidate]] = {
            team: {
                member.pk: Candidate(
                    key=member.pk,
                    is_on_duty=duty_of(member, at).is_on,
                    languages=member.languages,
                    skills=frozenset(skill.code for skill in member.skills.all()),
                    load=load.get(member.pk, 0),
                    capacity=capacity_of(member, self.teams[team]),
                    last_at=turns.get((team, member.pk)),
                )
                for member in group
            }
            for team, group in members.items()
        }

    def candidates(self, team: int, *, without: int | None = None) -> list[Candidate]:
        """The candidates of a team, one of them left out."""
        return [one for one in self._candidates.get(team, {}).values() if one.key != without]

    def choose(
        self, team: int, needs: Needs, *, without: int | None = None, first: Collection[int] = ()
    ) -> Candidate | Unplaced:
        """Who of a team gets the next ticket, or why nobody does."""
        strategy = self.teams[team].strategy
        return choose(self.candidates(team, without=without), needs, strategy=strategy, first=first)

    def note(self, team: int, key: int, at: datetime, *, counts: bool = True) -> None:
        """Remember that somebody got a ticket, here and in the database; `counts` against the capacity."""
        Turn.objects.update_or_create(team_id=team, member_id=key, defaults={"at": at})
        for code, group in self._candidates.items():
            if (one := group.get(key)) is not None:
                last = at if code == team else one.last_at
                group[key] = replace(one, load=one.load + counts, last_at=last)
