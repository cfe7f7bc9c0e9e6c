"""Who is named in a note, who follows, and what they are told."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts import notifying
from accounts.models import Notification, User
from accounts.states import NoticeKind
from core import dispatch
from core.errors import Refused
from core.models import Event, OutgoingMail
from tests import build
from tickets import actions, mentions
from tickets.models import Follow, Ticket

NAMES = {"Lea": 1, "Lea Lead": 2, "李雷": 3, "mara.m": 4}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Lea please look", [1]),
        ("@Lea Lead please look", [2]),
        ("@lea, and again @LEA", [1]),
        ("@Leander is somebody else", []),
        ("write to carol@lea.example", []),
        ("请@李雷看一下", [3]),
        ("＠李雷 和 @mara.m", [3, 4]),
        ("(@Lea)", [1]),
        ("@", []),
        ("nobody", []),
    ],
)
def test_names_after_an_at_sign(text: str, found: list[int]) -> None:
    assert mentions.named(text, NAMES) == found


@given(st.text(alphabet="@＠Lea 李雷x.\n", max_size=40))
def test_any_text_names_somebody_known_at_most_once(text: str) -> None:
    found = mentions.named(text, NAMES)
    assert len(found) == len(set(found))
    assert set(found) <= set(NAMES.values())


def told(member: User) -> list[str]:
    dispatch.drain()
    return list(Notification.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def test_whoever_is_named_is_told_once_and_follows(ticket: Ticket, alice: User, lea: User) -> None:
    actions.add_note(ticket, body="@Lea, what do you think? @Lea?", by=alice)
    assert told(lea) == [NoticeKind.MENTIONED]
    assert told(alice) == []
    assert Follow.objects.get(ticket=ticket).member == lea
    notice = Notification.objects.get(member=lea)
    assert notice.url.startswith(f"/console/tickets/{ticket.number}/#message-")
    assert notice.who == "Alice"


def test_whoever_follows_and_is_named_is_told_that_they_are_named(
    ticket: Ticket, alice: User, lea: User
) -> None:
    actions.follow(ticket, member=lea, by=lea)
    actions.add_note(ticket, body="@Lea see above", by=alice)
    assert told(lea) == [NoticeKind.MENTIONED]


def test_followers_hear_of_messages_and_the_end_but_not_of_their_own(
    ticket: Ticket, alice: User, lea: User
) -> None:
    actions.follow(ticket, member=lea, by=lea)
    actions.follow(ticket, member=lea, by=lea)
    actions.reply(ticket, body="Hello", by=alice)
    actions.add_note(ticket, body="Mine", by=lea)
    actions.solve(ticket, by=alice)
    assert told(lea) == [NoticeKind.FOLLOWED, NoticeKind.FOLLOWED]
    actions.unfollow(ticket, member=lea, by=lea)
    actions.unfollow(ticket, member=lea, by=lea)
    actions.add_note(ticket, body="Later", by=alice)
    assert len(told(lea)) == 2
    kinds = Event.objects.filter(kind__in=["ticket.followed", "ticket.unfollowed"])
    assert kinds.count() == 2


def test_assignees_hear_that_they_got_it_and_what_the_customer_writes(
    ticket: Ticket, alice: User, lea: User
) -> None:
    actions.assign(ticket, to=alice, by=lea)
    actions.receive(ticket, body="Hello?", by=ticket.customer, channel="portal")
    assert told(alice) == [NoticeKind.ASSIGNED, NoticeKind.ANSWERED]
    actions.assign(ticket, to=lea, by=lea)
    assert told(lea) == []


def test_everybody_is_told_in_the_way_they_chose(ticket: Ticket, alice: User, lea: User) -> None:
    notifying.choose_ways(lea, {"mentioned": "mail"})
    actions.add_note(ticket, body="@Lea", by=alice)
    assert told(lea) == ["mentioned"]
    assert OutgoingMail.objects.filter(to=lea.email, key__startswith="notice:").count() == 1
    notifying.choose_ways(lea, {"mentioned": "none", "followed": "none"})
    actions.add_note(ticket, body="@Lea again", by=alice)
    assert told(lea) == ["mentioned"]


def test_who_may_not_read_tickets_is_not_told(ticket: Ticket, alice: User, wei: User) -> None:
    actions.add_note(ticket, body="@Wei", by=alice)
    assert told(wei) == []
    with pytest.raises(Refused, match=r"ticket\.cannot_follow"):
        actions.follow(ticket, member=wei, by=alice)


def test_the_bell_counts_and_looking_reads(page: Client, ticket: Ticket, alice: User, lea: User) -> None:
    actions.add_note(ticket, body="@Alice look", by=lea)
    dispatch.drain()
    assert ">1</span>" in page.get("/console/notifications/bell/").content.decode()
    assert "look" in page.get("/console/notifications/").content.decode()
    page.post(f"/console/tickets/{ticket.number}/presence/", {"doing": "looking"})
    assert "bell__count" not in page.get("/console/notifications/bell/").content.decode()


def test_opening_a_notice_reads_it_and_leads_there(page: Client, ticket: Ticket, lea: User) -> None:
    actions.add_note(ticket, body="@Alice look", by=lea)
    dispatch.drain()
    notice = Notification.objects.get()
    answer = page.post(f"/console/notifications/{notice.pk}/open/")
    assert answer["Location"] == notice.url
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_notices_of_others_are_not_there(page: Client, ticket: Ticket, alice: User, lea: User) -> None:
    actions.add_note(ticket, body="@Lea", by=alice)
    dispatch.drain()
    assert page.post(f"/console/notifications/{Notification.objects.get().pk}/open/").status_code == 404


def test_ways_are_chosen_on_the_profile(page: Client, alice: User) -> None:
    ways = {
        "mentioned": "mail",
        "assigned": "page",
        "answered": "none",
        "followed": "page",
        "returned": "page",
    }
    page.post("/console/profile/notices/", ways)
    alice.refresh_from_db()
    assert alice.notices == {"mentioned": "mail", "answered": "none"}
    assert page.get("/console/profile/").status_code == 200


def test_notices_by_api(page: Client, token: dict[str, str], ticket: Ticket, lea: User) -> None:
    actions.add_note(ticket, body="@Alice look", by=lea)
    dispatch.drain()
    page.logout()
    listed = page.get("/api/v1/notifications/?unread=1", headers=token).json()["results"]
    assert [one["kind"] for one in listed] == ["mentioned"]
    done = page.post("/api/v1/notifications/read/", {}, headers=token, content_type="application/json")
    assert done.json() == {"read": 1}
    assert build.user("Fritz").notifications.count() == 0
