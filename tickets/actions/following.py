"""Hearing of a ticket that somebody else looks after: by choice, or because one was mentioned."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.rights import ROLE_RIGHTS, Right
from core import clock, events
from core.actors import Actor
from core.errors import Refused
from tickets import mentions
from tickets.models import Follow, Message, Ticket

MOST_MENTIONED = 20


@transaction.atomic
def follow(ticket: Ticket, *, member: User, by: Actor) -> Follow:
    """Hear of a ticket from now on; a second time changes nothing."""
    if not member.may(Right.READ_TICKETS):
        raise Refused("ticket.cannot_follow", name=member.display_name)
    row, is_new = Follow.objects.get_or_create(ticket=ticket, member=member, defaults={"since": clock.now()})
    if is_new:
        events.record("ticket.followed", ticket, by=by, member=member.pk, name=member.display_name)
    return row


@transaction.atomic
def unfollow(ticket: Ticket, *, member: User, by: Actor) -> None:
    """Hear of it no longer; whoever does not follow it stays so."""
    gone, _by_model = Follow.objects.filter(ticket=ticket, member=member).delete()
    if gone:
        events.record("ticket.unfollowed", ticket, by=by, member=member.pk, name=member.display_name)


def mention_all(ticket: Ticket, message: Message, *, by: Actor) -> list[User]:
    """Tell the house whom a note names; they follow the ticket. Part of the verb that wrote the note."""
    if not any(at in message.body for at in mentions.AT):
        return []
    readers = {member.pk: member for member in _readers()}
    names = {name: pk for pk, member in readers.items() for name in _names(member)}
    found = [readers[pk] for pk in mentions.named(message.body, names) if pk != by.pk][:MOST_MENTIONED]
    for member in found:
        facts: dict[str, Any] = {"member": member.pk, "name": member.display_name, "message": message.pk}
        events.record("member.mentioned", member, by=by, thread=ticket, number=ticket.number, **facts)
        follow(ticket, member=member, by=by)
    return found


def _readers() -> list[User]:
    roles = [role for role, rights in ROLE_RIGHTS.items() if Right.READ_TICKETS in rights]
    may_read = User.objects.filter(Q(role__in=roles) | Q(is_superuser=True), is_active=True)
    return list(may_read.only("name", "email", "role", "is_active", "is_superuser"))


def _names(member: User) -> list[str]:
    return [name for name in (member.name, member.email.partition("@")[0]) if name]
