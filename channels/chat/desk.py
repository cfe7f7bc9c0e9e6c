"""Who takes chats now, and how many each has."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from accounts.models import Absence, User
from channels.chat import rules
from channels.chat.states import ChatState
from channels.models import ChatDuty, ChatGiving, ChatSession
from tickets.access import assignees
from tickets.choice import Candidate
from tickets.roster import duty_of


@dataclass(frozen=True)
class Desk:
    """Everybody who has said that they take chats; `teams` are the keys of the teams of each."""

    candidates: Sequence[Candidate]
    teams: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def is_open(self) -> bool:
        """Whether anybody takes chats who is there; how busy they are does not matter."""
        return any(one.is_on_duty for one in self.candidates)

    def has_room(self) -> bool:
        """Whether somebody who is there can take one more now."""
        return any(one.is_on_duty and one.has_room for one in self.candidates)

    def has_room_for(self, key: int | None) -> bool:
        """Whether that member is there and can take one more now."""
        return any(one.key == key and one.is_on_duty and one.has_room for one in self.candidates)

    @property
    def places(self) -> int:
        """How many chats those who are there talk in at most."""
        return sum(one.capacity for one in self.candidates if one.is_on_duty)

    def with_one_more(self, key: int, at: datetime) -> "Desk":
        """The same desk after a member was given a chat."""
        return replace(
            self,
            candidates=[
                replace(one, load=one.load + 1, last_at=at) if one.key == key else one
                for one in self.candidates
            ],
        )


def desk(at: datetime) -> Desk:
    """The desk as it is at an instant: there is who is on shift, not away, and has a page of ours open."""
    people = list(
        assignees()
        .defer(None)
        .filter(chat_duty__is_available=True)
        .select_related("chat_duty")
        .prefetch_related(
            "skills",
            "teams",
            Prefetch("absences", queryset=Absence.objects.not_over(at), to_attr="current_absences"),
        )
    )
    talking = loads([member.pk for member in people])
    gone = timedelta(seconds=ChatGiving.current().gone_seconds)
    return Desk(
        [_candidate(member, talking[member.pk], gone, at) for member in people],
        {member.pk: frozenset(team.pk for team in member.teams.all()) for member in people},
    )


def _candidate(member: User, load: int, gone: timedelta, at: datetime) -> Candidate:
    duty = member.chat_duty
    return Candidate(
        key=member.pk,
        is_on_duty=duty_of(member, at).is_on and rules.is_online(duty.seen_at, gone, at),
        languages=member.languages,
        skills=frozenset(skill.code for skill in member.skills.all()),
        load=load,
        capacity=duty.capacity,
        last_at=duty.last_given_at,
    )


def loads(members: Sequence[int]) -> Counter[int]:
    """In how many chats each of the members is, with those that ring for them."""
    held: Counter[int] = Counter()
    mine = Q(state=ChatState.ACTIVE, agent__in=members) | Q(offered_to__in=members)
    for agent, offered_to in ChatSession.objects.filter(mine).values_list("agent", "offered_to"):
        held[offered_to or agent] += 1
    return held


def hold(*members: int) -> None:
    """Let nobody else give chats to these members meanwhile; all who take chats when none is named.

    Held after the chat and before its ticket. Whoever holds members first takes only chats that nobody holds.
    """
    duties = (
        ChatDuty.objects.filter(member__in=members) if members else ChatDuty.objects.filter(is_available=True)
    )
    list(duties.order_by("member").select_for_update(no_key=True).values_list("pk"))


def note_alive(member: User, at: datetime) -> None:
    """Note a sign of life of a member's pages, every now and then."""
    noted = Q(seen_at=None) | Q(seen_at__lte=at - rules.NOTED_EVERY)
    ChatDuty.objects.filter(noted, member=member).update(seen_at=at)


def place_in_line(session: ChatSession) -> int:
    """How many wait before a chat, and itself."""
    earlier = Q(waiting_since__lt=session.waiting_since) | Q(
        waiting_since=session.waiting_since, pk__lte=session.pk
    )
    before = Q(is_returned=session.is_returned) & earlier
    if not session.is_returned:
        before |= Q(is_returned=True)
    return ChatSession.objects.waiting().filter(before).count()
