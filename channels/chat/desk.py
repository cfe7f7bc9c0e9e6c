"""Who takes chats now, and how many each has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q

from accounts.models import Absence
from channels.chat.states import ChatState
from channels.models import ChatSession
from tickets.access import assignees
from tickets.choice import Candidate
from tickets.roster import duty_of


@dataclass(frozen=True)
class Desk:
    """Everybody who has said that they take chats."""

    candidates: Sequence[Candidate]

    def is_open(self) -> bool:
        """Whether anybody takes chats who is on duty; how busy they are does not matter."""
        return any(one.is_on_duty for one in self.candidates)

    def has_room(self) -> bool:
        """Whether somebody on duty can take one more now."""
        return any(one.is_on_duty and one.has_room for one in self.candidates)


def desk(at: datetime) -> Desk:
    """The desk as it is at an instant."""
    absences = Absence.objects.not_over(at)
    people = (
        assignees()
        .defer(None)
        .filter(chat_duty__is_available=True)
        .select_related("chat_duty")
        .annotate(talking=Count("chats", filter=Q(chats__state=ChatState.ACTIVE)))
        .prefetch_related(Prefetch("absences", queryset=absences, to_attr="current_absences"))
    )
    return Desk(
        [
            Candidate(
                key=member.pk,
                is_on_duty=duty_of(member, at).is_on,
                languages=member.languages,
                load=member.talking,
                capacity=member.chat_duty.capacity,
            )
            for member in people
        ]
    )


def place_in_line(session: ChatSession) -> int:
    """How many wait before a chat, and itself."""
    before = Q(waiting_since__lt=session.waiting_since) | Q(
        waiting_since=session.waiting_since, pk__lte=session.pk
    )
    return ChatSession.objects.waiting().filter(before).count()
