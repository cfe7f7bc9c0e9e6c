"""How a ticket finds somebody: by itself, by somebody who takes it, by being handed over or shared out.

Whoever gives to a team's members locks the teams first, then the members, then the ticket
(`tickets.roster.Roster`). `claim` and `hand_over` are decisions of people: they lock the ticket alone, and
may go beyond a capacity.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Absence, Team, User
from accounts.states import Strategy
from core import clock, events
from core.actors import Actor, System
from core.errors import Refused
from tickets.actions.conversation import add_note
from tickets.actions.row import change, locked
from tickets.actions.triage import give, require_not_closed, require_worker
from tickets.choice import Candidate, Needs
from tickets.models import Placement, Ticket, TicketQuerySet
from tickets.roster import Roster
from tickets.routing import Way, way_of
from tickets.states import ACTIVE, UNSOLVED, Unplaced

BATCH = 200
"""So many waiting tickets are placed while a team is held; more wait for the next sweep."""

MOST_AT_ONCE = 100
"""So many tickets a lead moves with one click."""


# --- by itself ---------------------------------------------------------------------------------------


@transaction.atomic
def place(ticket: Ticket, *, by: System, arriving: bool = False, hurry: bool = False) -> Ticket:
    """Find somebody for a ticket that nobody looks after, or whose assignee is out of office.

    `arriving`: routing rules choose the team. `hurry`: an urgent one moves to the rapid-response team even
    from its assignee, if somebody there can take it now. When nobody fits, it waits in the team's queue
    with the reason, and the sweep tries again.
    """
    now = clock.now()
    seen = Ticket.objects.get(pk=ticket.pk)
    way = way_of(seen, now, arriving=arriving)
    roster = Roster(way.teams, now)
    ticket = locked(ticket)
    if (ticket.team_id, ticket.priority) != (seen.team_id, seen.priority) or not way.teams:
        return ticket  # moved on meanwhile; whatever moved it looks for somebody itself
    if not _needs_somebody(ticket, now):
        return _hurried(ticket, way, roster, by=by, at=now) if hurry else ticket
    own = roster.teams[way.teams[0]]
    if own.strategy == Strategy.MANUAL:
        return _queued(ticket, own, None, way, by=by, at=now)
    reasons: list[Unplaced] = []
    for team in way.teams:
        if roster.teams[team].strategy == Strategy.MANUAL:
            continue
        found = roster.choose(team, way.needs, without=ticket.assignee_id)
        if isinstance(found, Candidate):
            return _placed(ticket, team, found, roster, way, by=by, at=now)
        reasons.append(found)
    return _queued(ticket, own, reasons[0], way, by=by, at=now)


def _hurried(ticket: Ticket, way: Way, roster: Roster, *, by: Actor, at: datetime) -> Ticket:
    """Move an urgent ticket that somebody looks after, if the rapid-response team can take it now."""
    rapid = roster.teams[way.teams[0]]
    if not rapid.is_rapid_response or rapid.strategy == Strategy.MANUAL or ticket.status not in ACTIVE:
        return ticket
    if any(one.key == ticket.assignee_id for one in roster.candidates(rapid.pk)):
        return ticket
    found = roster.choose(rapid.pk, way.needs)
    return (
        ticket if isinstance(found, Unplaced) else _placed(ticket, rapid.pk, found, roster, way, by=by, at=at)
    )


def _needs_somebody(ticket: Ticket, at: datetime) -> bool:
    """Whether it is unsolved, and nobody looks after it who is there.

    Off shift is not away: who comes back in the morning knows the case already.
    """
    if ticket.status not in UNSOLVED:
        return False
    if ticket.assignee is None:
        return True
    away = Absence.objects.current(at).filter(member=ticket.assignee)
    return not ticket.assignee.is_active or away.exists()


def _placed(
    ticket: Ticket, team: int, found: Candidate, roster: Roster, way: Way, *, by: Actor, at: datetime
) -> Ticket:
    """Give it to the chosen one, with the reason for the timeline."""
    held = roster.teams[team]
    why: dict[str, Any] = {"strategy": held.strategy, "load": found.load + 1, "capacity": found.capacity}
    if way.rule is not None:
        why |= {"rule_en": way.rule.name_en, "rule_zh": way.rule.name_zh}
    give(ticket, to=roster.members[found.key], team=held, by=by, at=at, automatic=why)
    roster.note(team, found.key, at, counts=ticket.status in ACTIVE)
    _remember(ticket, team, way.needs, "")
    return ticket


def _queued(
    ticket: Ticket, team: Team, reason: Unplaced | None, way: Way, *, by: Actor, at: datetime
) -> Ticket:
    """Let it wait in the team's queue; without a reason the team takes its tickets by hand.

    The timeline hears of it once, not at every attempt.
    """
    was = Placement.objects.filter(ticket=ticket).values_list("reason", flat=True).first() or ""
    moved = (ticket.team_id, ticket.assignee_id) != (team.pk, None)
    _remember(ticket, team.pk, way.needs, reason or "")
    if moved:
        change(ticket, at, assignee_id=None, team_id=team.pk)
    if moved or (reason and not was):
        events.record(
            "ticket.queued",
            ticket,
            by=by,
            at=at,
            team_en=team.name_en,
            team_zh=team.name_zh,
            reason=reason or "",
        )
    return ticket


def _remember(ticket: Ticket, team: int, needs: Needs, reason: str) -> None:
    """Keep what it needs and why it waits; a ticket that needs nothing and has somebody takes no row."""
    kept = {"team_id": team, "skills": sorted(needs.skills), "reason": reason, "language": needs.language}
    if reason or needs.skills:
        Placement.objects.update_or_create(ticket=ticket, defaults=kept)
    else:
        Placement.objects.filter(ticket=ticket).delete()


@transaction.atomic
def place_waiting(team: int, *, by: System) -> int:
    """Give out what waits in a team as far as there is room, the most urgent first; returns how many.

    Only what somebody could take now is looked at: tickets that wait for a language or a skill that is not
    there cost nothing, however many they are.
    """
    now = clock.now()
    roster = Roster([team], now)
    waiting = Placement.objects.placeable().filter(team=team)
    if team not in roster.teams or not any(
        one.is_on_duty and one.has_room for one in roster.candidates(team)
    ):
        return 0
    kinds = waiting.order_by().values_list("language", "skills").distinct()
    placed = 0
    for ticket, needs in _most_urgent(
        waiting, [Needs(lang, frozenset(skills)) for lang, skills in kinds], roster, team
    ):
        found = roster.choose(team, needs)
        if isinstance(found, Candidate):
            _placed(ticket, team, found, roster, Way((team,), needs), by=by, at=now)
            placed += 1
    return placed


def _most_urgent(
    waiting: QuerySet[Placement], kinds: list[Needs], roster: Roster, team: int
) -> list[tuple[Ticket, Needs]]:
    """Locked tickets of those kinds that somebody could take now; one in somebody else's hands is left."""
    found: list[tuple[Ticket, Needs]] = []
    for needs in kinds:
        if isinstance(roster.choose(team, needs), Unplaced):
            continue
        these = waiting.filter(language=needs.language, skills=sorted(needs.skills)).values("ticket")
        tickets = Ticket.objects.filter(pk__in=these).order_by("-priority", "queue_at", "pk")
        held = tickets.select_for_update(of=("self",), skip_locked=True)[:BATCH]
        found += [(ticket, needs) for ticket in held if ticket.assignee_id is None]
    return sorted(found, key=lambda pair: (-pair[0].priority, pair[0].queue_at, pair[0].pk))[:BATCH]


# --- taken and handed over ---------------------------------------------------------------------------


@transaction.atomic
def claim(ticket: Ticket, *, by: User) -> Ticket:
    """Take a ticket that nobody looks after. The first gets it; the next hears who was first."""
    ticket = locked(ticket)
    if ticket.assignee_id == by.pk:
        return ticket
    require_not_closed(ticket, "ticket.cannot_assign")
    require_worker(by)
    if ticket.assignee is not None:
        raise Refused("ticket.already_taken", number=ticket.number, name=ticket.assignee.display_name)
    now = clock.now()
    change(ticket, now, assignee_id=by.pk)
    events.record("ticket.claimed", ticket, by=by, at=now, number=ticket.number, to=by.pk)
    return ticket


@transaction.atomic
def hand_over(
    ticket: Ticket, *, note: str, by: User, to: User | None = None, team: Team | None = None
) -> Ticket:
    """Give the ticket to a colleague or to another team, with a note that tells them what they need to know.

    To a team alone: nobody looks after it until the team finds somebody.
    """
    ticket = locked(ticket)
    require_not_closed(ticket, "ticket.cannot_assign")
    if to is None and team is None:
        raise Refused("ticket.hand_over_to_whom", number=ticket.number)
    if not note.strip():
        raise Refused("ticket.hand_over_needs_note", number=ticket.number)
    if to is not None:
        require_worker(to)
    receives = (to.pk if to else None, team.pk if team else ticket.team_id)
    if receives == (ticket.assignee_id, ticket.team_id):
        return ticket
    message = add_note(ticket, body=note, by=by)
    receiving: dict[str, Any] = {}
    if team is not None:
        receiving = {"team": team.code, "team_en": team.name_en, "team_zh": team.name_zh}
    ticket = locked(ticket)
    now = clock.now()
    change(ticket, now, assignee_id=receives[0], team_id=receives[1])
    events.record(
        "ticket.handed_over",
        ticket,
        by=by,
        at=now,
        number=ticket.number,
        note=message.pk,
        to=to.pk if to else None,
        name=to.display_name if to else "",
        **receiving,
    )
    return ticket


# --- shared out by a lead ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Shared:
    """What became of tickets that a lead shared out: so many have somebody new, so many wait or stayed."""

    moved: int
    left: int


@transaction.atomic
def rebalance(
    member: User,
    *,
    how_many: int,
    by: User,
    to: User | None = None,
    team: Team | None = None,
    oldest: bool = False,
) -> Shared:
    """Move open tickets of a member to a colleague, or to whoever of a team can take them.

    The most urgent first, or the `oldest`. It ends when nobody has room: what is left stays where it is.
    """
    if to is None and team is None:
        raise Refused("ticket.hand_over_to_whom", number="")
    if to is not None:
        require_worker(to)
    if to == member:
        return Shared(0, 0)
    now = clock.now()
    teams = [team.pk] if team else list(to.teams.values_list("pk", flat=True)) if to else []
    roster = Roster(teams, now)
    order = ("created_at", "pk") if oldest else ("-priority", "queue_at", "pk")
    batch = _held(Ticket.objects.filter(assignee=member, status__in=ACTIVE).order_by(*order), how_many)
    room = _room(to, roster, now) if to else 0
    moved = 0
    for ticket in batch:
        if to is not None:
            if moved >= room:
                break
            give(ticket, to=to, team=team, by=by, at=now, shared="rebalanced")
            moved += 1
        elif team is not None:
            moved += _shared(ticket, team.pk, roster, without=member, by=by, at=now, how="rebalanced")
    return Shared(moved, len(batch) - moved)


def _room(member: User, roster: Roster, at: datetime) -> int:
    """How many more the member can take: by the team that allows the most."""
    free = [
        one.capacity - one.load
        for team in roster.teams
        for one in roster.candidates(team)
        if one.key == member.pk
    ]
    return max(free, default=MOST_AT_ONCE)


@transaction.atomic
def spread(member: User, *, by: User) -> Shared:
    """Share out everything a member looks after, for somebody who is ill: whoever covers gets it first.

    A ticket that nobody can take now waits in its team's queue for the sweep, the most urgent first. Of
    somebody who is not away it is refused with `ticket.cannot_spread`: the tickets would come back.
    """
    now = clock.now()
    if member.is_active and not Absence.objects.current(now).filter(member=member).exists():
        raise Refused("ticket.cannot_spread", name=member.display_name)
    own = list(member.teams.values_list("pk", flat=True))
    mine = Ticket.objects.unsolved().filter(assignee=member)
    theirs = mine.exclude(team=None).order_by().values_list("team", flat=True).distinct()
    roster = Roster({*own, *theirs}, now)
    cover = Absence.objects.current(now).filter(member=member).values_list("cover", flat=True)
    first = [key for key in cover if key]
    batch = _held(mine.order_by("-priority", "queue_at", "pk"), None)
    moved = 0
    for ticket in batch:
        team = ticket.team_id if ticket.team_id in roster.teams else next(iter(own), None)
        if team is not None and _shared(
            ticket, team, roster, without=member, by=by, at=now, how="spread", first=first
        ):
            moved += 1
        else:
            _let_go(ticket, team, roster, without=member, by=by, at=now)
    return Shared(moved, len(batch) - moved)


def _held(tickets: TicketQuerySet, how_many: int | None) -> list[Ticket]:
    held = tickets.select_for_update(of=("self",))
    return list(held if how_many is None else held[: min(how_many, MOST_AT_ONCE)])


def _shared(
    ticket: Ticket,
    team: int,
    roster: Roster,
    *,
    without: User,
    by: Actor,
    at: datetime,
    how: str,
    first: Any = (),
) -> bool:
    """Give it to whoever of the team can take it; False when nobody can."""
    found = roster.choose(team, _needs(ticket), without=without.pk, first=first)
    if isinstance(found, Unplaced):
        return False
    give(ticket, to=roster.members[found.key], team=roster.teams[team], by=by, at=at, shared=how)
    roster.note(team, found.key, at, counts=ticket.status in ACTIVE)
    return True


def _let_go(
    ticket: Ticket, team: int | None, roster: Roster, *, without: User, by: Actor, at: datetime
) -> None:
    give(ticket, to=None, team=roster.teams[team] if team else None, by=by, at=at, shared="spread")
    if team is None or roster.teams[team].strategy == Strategy.MANUAL:
        return
    needs = _needs(ticket)
    found = roster.choose(team, needs, without=without.pk)
    _remember(ticket, team, needs, found if isinstance(found, Unplaced) else "")


def _needs(ticket: Ticket) -> Needs:
    known = Placement.objects.filter(ticket=ticket).values_list("skills", flat=True).first()
    return Needs(ticket.language, frozenset(known or ()))
