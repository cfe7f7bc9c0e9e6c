"""How chats find somebody by themselves: they ring, go on to the next, come back when somebody is gone.

Whoever gives a chat to a member by itself holds all members who take chats first, and then only chats that
nobody holds. So nobody waits in a circle, and nobody gets more at once than they said.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from channels.actions.chat_desk import put, set_available
from channels.actions.chat_row import locked, record, stop_ringing, store, wait_again
from channels.chat import hints, rules
from channels.chat.choosing import Wish, chosen
from channels.chat.desk import desk, hold
from channels.chat.states import Giving
from channels.models import ChatDuty, ChatGiving, ChatSession
from core import clock, events
from core.actors import SYSTEM, Actor
from core.errors import Refused
from tickets.choice import Candidate, Needs
from tickets.routing import way_of

BATCH = 50
"""So many chats find somebody while the desk is held; more wait for the next time."""


@transaction.atomic
def give(*, by: Actor) -> int:
    """Let every chat that waits ring for somebody who has room, or give it to them; returns how many."""
    giving = ChatGiving.current()
    if giving.way == Giving.BOARD or not ChatSession.objects.unoffered().exists():
        return 0
    hold()
    now = clock.now()
    there = desk(now)
    if not there.has_room():
        return 0
    waiting = ChatSession.objects.unoffered().select_for_update(of=("self",), skip_locked=True)
    given = 0
    for session in waiting.select_related("ticket")[:BATCH]:
        found = chosen(
            _wish(session, now),
            there,
            strategy=giving.strategy,
            widen=timedelta(seconds=giving.widen_seconds),
        )
        if isinstance(found, Candidate):
            _give(session, found.key, giving, by=by, at=now)
            there = there.with_one_more(found.key, now)
            given += 1
    return given


def _wish(session: ChatSession, at: datetime) -> Wish:
    """What a chat asks for: language, what the rules say of its ticket, nobody who let it ring just now."""
    ticket = session.ticket
    way = way_of(ticket, at, arriving=session.accepted_at is None)
    return Wish(
        needs=Needs(session.language, way.needs.skills),
        team=way.teams[0] if way.teams else None,
        assignee=ticket.assignee_id,
        passed=rules.passed(session.passed_by, session.offered_until, at),
        waited=at - session.waiting_since,
    )


def _give(session: ChatSession, key: int, giving: ChatGiving, *, by: Actor, at: datetime) -> None:
    member = User.objects.get(pk=key)
    ChatDuty.objects.filter(member=member).update(last_given_at=at)
    waited = int((at - session.waiting_since).total_seconds())
    if giving.way == Giving.DIRECT:
        put(session, to=member, by=by, at=at)
        record("chat.given", session, by=by, at=at, name=member.display_name, to=key, waited=waited)
    else:
        session.passed_by = sorted(rules.passed(session.passed_by, session.offered_until, at))
        session.offered_to, session.offered_until = member, at + timedelta(seconds=giving.ring_seconds)
        store(session)
        record("chat.offered", session, by=by, at=at, name=member.display_name, to=key, waited=waited)
    hints.rings(key)
    hints.changed(session)


@transaction.atomic
def decline(session: ChatSession, *, by: User) -> ChatSession:
    """Let a chat that rings for a member ring for somebody else. Twice, or too late, changes nothing."""
    session = locked(session)
    if session.offered_to_id != by.pk:
        return session
    now = clock.now()
    _pass_over(session, now)
    record("chat.declined", session, by=by, at=now)
    hints.changed(session)
    return session


@transaction.atomic
def miss(session: ChatSession, *, by: Actor) -> ChatSession:
    """Let a chat that rang long enough, or rings for who takes no more, ring for somebody else.

    Whoever misses several in a row is not there: they are taken off the desk until they say otherwise.
    """
    session = locked(session)
    now = clock.now()
    member = session.offered_to
    if member is None or not ChatSession.objects.unanswered(now).filter(pk=session.pk).exists():
        return session
    hold(member.pk)
    _pass_over(session, now)
    record("chat.missed", session, by=by, at=now, name=member.display_name, to=member.pk)
    _count_missed(member, by=by)
    hints.changed(session)
    return session


def _count_missed(member: User, *, by: Actor) -> None:
    duty = ChatDuty.objects.get(member=member)
    if not duty.is_available:
        return
    duty.missed += 1
    duty.save(update_fields=["missed"])
    if duty.missed >= ChatGiving.current().missed_at_most:
        set_available(member, on=False, by=by)


def _pass_over(session: ChatSession, at: datetime) -> None:
    session.passed_by = sorted({*session.passed_by, session.offered_to_id})
    stop_ringing(session)
    session.offered_until = at
    store(session)


@transaction.atomic
def take_back(session: ChatSession, *, by: Actor) -> ChatSession:
    """Let a chat whose agent is not there any more wait for a colleague, before all others."""
    session = locked(session)
    now = clock.now()
    if not ChatSession.objects.filter(pk=session.pk).left_alone(_gone_since(now)).exists():
        return session
    name = session.agent.display_name if session.agent else ""
    wait_again(session, now)
    store(session)
    record("chat.returned", session, by=by, at=now, name=name)
    hints.changed(session)
    return session


def _gone_since(at: datetime) -> datetime:
    return at - timedelta(seconds=ChatGiving.current().gone_seconds)


def look_after(at: datetime) -> int:
    """Everything that is due on the desk: rings that are over, chats left alone, chats that wait."""
    for session in ChatSession.objects.unanswered(at)[:BATCH]:
        miss(session, by=SYSTEM)
    for session in ChatSession.objects.left_alone(_gone_since(at))[:BATCH]:
        take_back(session, by=SYSTEM)
    return give(by=SYSTEM)


@transaction.atomic
def set_giving(*, by: User, **wanted: object) -> ChatGiving:
    """Change how chats find somebody; the same changes nothing. Refuses with chat.giving_out_of_range."""
    ChatGiving.objects.get_or_create(pk=1)
    giving = ChatGiving.objects.select_for_update().get(pk=1)
    changed = {name: value for name, value in wanted.items() if getattr(giving, name) != value}
    if not changed:
        return giving
    for name, value in changed.items():
        if name in rules.SECONDS and value not in rules.SECONDS[name]:
            raise Refused("chat.giving_out_of_range", field=name)
        setattr(giving, name, value)
    giving.save(update_fields=list(changed))
    events.record("chat.giving_changed", giving, by=by, changed=sorted(changed), way=giving.way)
    hints.desk_changed()
    return giving
