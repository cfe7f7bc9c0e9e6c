"""The load picture: the teams with their members, what each has to do, and what nobody has yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import Absence, Language, Team, User
from accounts.rules import Duty
from tickets import roster
from tickets.models import Ticket
from tickets.roster import Load
from tickets.states import ACTIVE, Unplaced


@dataclass(frozen=True)
class Place:
    """A member in a team: where they are, what they have and how much they can have."""

    member: User
    duty: Duty
    load: Load
    capacity: int

    @property
    def absence(self) -> Absence | None:
        """The absence that goes on or comes next."""
        return next(iter(self.member.current_absences), None)  # type: ignore[attr-defined]

    @property
    def total(self) -> int:
        """Everything the member looks after."""
        return self.load.open + self.load.waiting

    @property
    def languages(self) -> list[str]:
        """The languages the member answers in, as the list of languages calls them."""
        return [
            str(Language(code).label) for code in sorted(self.member.languages) if code in Language.values
        ]

    @property
    def tone(self) -> str:
        """The colour of the meter."""
        share = self.load.open / self.capacity if self.capacity else 1
        return "urgent" if share >= 1 else "attention" if share >= 0.8 else "good"


@dataclass(frozen=True)
class TeamLoad:
    """A team; `unassigned` counts tickets that nobody has, by why ("" where nothing looks for anybody)."""

    team: Team
    places: list[Place]
    unassigned: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """How many tickets nobody has."""
        return sum(self.unassigned.values())

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why, in words, the most frequent first; without those that nothing looks for anybody."""
        known = [(str(Unplaced(code).label), count) for code, count in self.unassigned.items() if code]
        return sorted(known, key=lambda reason: -reason[1])

    @property
    def open(self) -> int:
        return sum(place.load.open for place in self.places)

    @property
    def capacity(self) -> int:
        """Room for so many tickets: of those who are on duty."""
        return sum(place.capacity for place in self.places if place.duty.is_on)


def of_teams(at: datetime) -> list[TeamLoad]:
    """Every team as it is now, in as many statements however many there are."""
    teams = list(Team.objects.prefetch_related(roster.workers(at)))
    people = {member.pk for team in teams for member in team.workers}  # type: ignore[attr-defined]
    loads, unassigned = roster.loads(people, at), _unassigned()
    return [
        TeamLoad(
            team=team,
            places=[
                Place(
                    member=member,
                    duty=roster.duty_of(member, at),
                    load=loads.get(member.pk, Load()),
                    capacity=roster.capacity_of(member, team),
                )
                for member in team.workers  # type: ignore[attr-defined]
            ],
            unassigned=unassigned.get(team.pk, {}),
        )
        for team in teams
    ]


def _unassigned() -> dict[int | None, dict[str, int]]:
    counted = (
        Ticket.objects.unsolved()
        .filter(assignee=None, status__in=ACTIVE)
        .order_by()
        .values_list("team", "placement__reason")
        .annotate(count=Count("pk"))
    )
    found: dict[int | None, dict[str, int]] = {}
    for team, reason, count in counted:
        reasons = found.setdefault(team, {})
        reasons[reason or ""] = reasons.get(reason or "", 0) + count
    return found
