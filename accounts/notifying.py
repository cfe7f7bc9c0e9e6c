"""Telling members of staff, in the page, on their devices and by mail, once for each cause (an event)."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from accounts import pushing
from accounts.models import Notification, User
from accounts.states import NoticeKind, NoticeWay
from core import clock, live, mail
from core.models import key_of

COUNTED = 99
"""Beyond this the bell says "99+"."""

SENTENCES = 200


class Notice(NamedTuple):
    """What there is to tell: who did it, what it is about, the words, and where it leads (a path)."""

    key: str
    who: str
    title: str
    about: str
    url: str
    excerpt: str = ""


@transaction.atomic
def notify(member: User, kind: NoticeKind, notice: Notice) -> Notification | None:
    """Tell a member in the way they chose; None when they want none of it, or were told already."""
    way = member.told(kind)
    if way == NoticeWay.NONE or not member.is_active:
        return None
    facts = notice._asdict() | {"excerpt": notice.excerpt[:SENTENCES], "title": notice.title[:250]}
    key = facts.pop("key")
    row, is_new = Notification.objects.get_or_create(
        member=member, key=key, defaults={**facts, "kind": kind, "at": clock.now()}
    )
    if not is_new:
        return None
    live.publish(key_of(member), "notified")
    if way.mails:
        _write(row)
    if way.pushes:
        pushing.queue(row)
    return row


def _write(row: Notification) -> None:
    mail.queue(
        key=f"notice:{row.pk}",
        to=row.member.email,
        language=row.member.language,
        template="accounts/mail/notification.txt",
        context={"notice": row, "member": row.member, "link": settings.PUBLIC_URL + row.url},
    )


def read(member: User, *, about: str = "", pk: int | None = None) -> int:
    """Note that a member has looked: at one notice, at all about a thread, or at all; returns at how many."""
    unread = member.notifications.unread()
    if about:
        unread = unread.filter(about=about)
    if pk is not None:
        unread = unread.filter(pk=pk)
    looked_at = unread.update(read_at=clock.now())
    if looked_at:
        live.publish(key_of(member), "notified")
    return looked_at


def unread_count(member: User) -> int:
    """How many a member has not looked at, counted up to `COUNTED` + 1."""
    return len(member.notifications.unread().values_list("pk")[: COUNTED + 1])


def ways(member: User) -> dict[str, str]:
    """How a member is told of each kind of thing."""
    return {kind.value: member.told(kind).value for kind in NoticeKind}


@transaction.atomic
def choose_ways(member: User, ways: dict[str, str]) -> User:
    """Store how a member wants to be told of each kind; what is as usual is not stored."""
    member = User.objects.select_for_update(no_key=True).get(pk=member.pk)
    member.notices = {kind: str(way) for kind, way in ways.items() if way != NoticeWay.PAGE}
    member.save(update_fields=["notices"])
    return member
