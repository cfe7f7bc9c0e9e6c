"""Mail is called for and pushed in: kept first, and only then marked where it came from."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from channels import sweeps
from channels.actions import mailboxes as acting
from channels.actions.mailboxes import fetch_next, save_mailbox, secret_of, try_mailbox
from channels.email import fetching
from channels.email.fetching import folder_name
from channels.email.states import Fetching, Security
from channels.models import IncomingMail, Mailbox
from core import clock, signatures
from core.errors import Refused
from tests.channels.mails import raw
from tests.channels.post_offices import Imap, Pop, PostOffice
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def imap() -> Iterator[PostOffice]:
    office = PostOffice(Imap)
    yield office
    office.stop()


@pytest.fixture
def pop() -> Iterator[PostOffice]:
    office = PostOffice(Pop)
    yield office
    office.stop()


def mailbox(office: PostOffice | None, by: User, **given: Any) -> Mailbox:
    fields = {
        "name": "Service",
        "address": "service@lamps.example",
        "fetching": Fetching.IMAP,
        "host": "127.0.0.1",
        "port": office.port if office else None,
        "security": Security.NONE,
        "username": "service",
        **given,
    }
    return save_mailbox(Mailbox(**fields), secret=office.password if office else "", by=by)


def later(minutes: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(minutes=minutes), tick=False)


def test_what_waits_is_fetched_and_marked(imap: PostOffice, ada: User) -> None:
    first, second = imap.put(raw("One")), imap.put(raw("Two"))
    box = mailbox(imap, ada)
    assert sweeps.fetch_mail(clock.now()) == 2
    assert sorted(Ticket.objects.values_list("messages__body", flat=True)) == ["One", "Two"]
    assert imap.flags == {first: {"\\Seen"}, second: {"\\Seen"}}
    box.refresh_from_db()
    assert (box.last_error, box.failures, box.last_success_at is not None) == ("", 0, True)
    assert set(IncomingMail.objects.values_list("mailbox", "source")) == {(box.pk, "imap")}


def test_a_mailbox_has_its_turn_once_a_minute(imap: PostOffice, ada: User) -> None:
    mailbox(imap, ada)
    assert fetch_next(clock.now()) == 0
    assert fetch_next(clock.now()) is None
    with later(2):
        assert fetch_next(clock.now()) == 0


def test_what_was_fetched_may_be_deleted(imap: PostOffice, ada: User) -> None:
    imap.put(raw("One"))
    mailbox(imap, ada, deletes=True)
    sweeps.fetch_mail(clock.now())
    assert imap.mails == {}
    assert Ticket.objects.count() == 1


def test_the_server_is_told_who_calls(imap: PostOffice, ada: User) -> None:
    mailbox(imap, ada)
    sweeps.fetch_mail(clock.now())
    assert any(line.startswith('ID ("name"') for line in imap.commands)


@pytest.mark.parametrize("where", ["UID STORE", "UID FETCH 2"])
def test_a_line_that_breaks_loses_and_doubles_nothing(imap: PostOffice, ada: User, where: str) -> None:
    imap.put(raw("One"))
    imap.put(raw("Two"))
    box = mailbox(imap, ada)
    imap.fails_at = where
    sweeps.fetch_mail(clock.now())
    box.refresh_from_db()
    assert (box.failures, bool(box.last_error)) == (1, True)
    with later(3):
        sweeps.fetch_mail(clock.now())
    assert sorted(Ticket.objects.values_list("messages__body", flat=True)) == ["One", "Two"]
    assert all(flags == {"\\Seen"} for flags in imap.flags.values())


def test_a_mailbox_that_fails_waits_longer_each_time(imap: PostOffice, ada: User) -> None:
    box = mailbox(imap, ada)
    imap.password = "changed"
    waits = []
    for _turn in range(9):
        box.refresh_from_db()
        with time_machine.travel(box.next_poll_at, tick=False):
            assert fetch_next(clock.now()) == 0
            box.refresh_from_db()
            waits.append(box.next_poll_at - clock.now())
    assert waits == sorted(waits)
    assert waits[-1] == acting.LONGEST_WAIT
    assert "wrong password" in box.last_error
    imap.password = "lamp-keeper"
    with time_machine.travel(box.next_poll_at, tick=False):
        fetch_next(clock.now())
    box.refresh_from_db()
    assert (box.failures, box.last_error) == (0, "")


def test_a_server_that_is_not_there_stops_nobody_else(imap: PostOffice, ada: User) -> None:
    imap.put(raw("One"))
    mailbox(imap, ada)
    mailbox(None, ada, address="gone@lamps.example", port=1)
    assert sweeps.fetch_mail(clock.now()) == 1


def test_pop_deletes_what_is_kept(pop: PostOffice, ada: User) -> None:
    pop.put(raw("One\n.dotted\n"))
    mailbox(pop, ada, fetching=Fetching.POP)
    assert sweeps.fetch_mail(clock.now()) == 1
    assert pop.mails == {}
    assert ".dotted" in Ticket.objects.get().messages.get().body


def test_pop_loses_nothing_when_the_line_breaks(pop: PostOffice, ada: User) -> None:
    pop.put(raw("One"))
    mailbox(pop, ada, fetching=Fetching.POP)
    pop.fails_at = "QUIT"
    sweeps.fetch_mail(clock.now())
    assert len(pop.mails) == 1
    with later(3):
        sweeps.fetch_mail(clock.now())
    assert (pop.mails, Ticket.objects.count()) == ({}, 1)


def test_a_mailbox_can_be_tried_without_taking_anything(imap: PostOffice, ada: User) -> None:
    imap.put(raw("One"))
    box = mailbox(imap, ada)
    assert try_mailbox(box).waiting == 1
    assert imap.flags == {1: set()}
    imap.password = "changed"
    with pytest.raises(Refused, match=r"mailbox\.unreachable"):
        try_mailbox(box)
    with pytest.raises(Refused, match=r"mailbox\.not_fetched"):
        try_mailbox(mailbox(None, ada, address="x@lamps.example", fetching=Fetching.PIPE))


def test_the_password_is_kept_sealed(imap: PostOffice, ada: User) -> None:
    box = mailbox(imap, ada)
    assert imap.password not in box.sealed_secret
    assert secret_of(box) == imap.password
    assert secret_of(save_mailbox(box, secret="", by=ada)) == imap.password


@pytest.mark.parametrize(
    ("name", "written"), [("INBOX", "INBOX"), ("台北", "&U,BTFw-"), ("A & B", "A &- B"), ('a"b', 'a\\"b')]
)
def test_folders_are_named_as_the_protocol_has_it(name: str, written: str) -> None:
    assert folder_name(name) == written


# --- pushed ------------------------------------------------------------------------------------------


@pytest.fixture
def pushed(ada: User) -> Mailbox:
    return mailbox(None, ada, fetching=Fetching.WEBHOOK)


def push(box: Mailbox, content: bytes, **changed: str) -> Any:
    signed = signatures.headers("", secret_of(box), content, clock.now()) | changed
    return Client().post(
        f"/api/v1/mailboxes/{box.uuid}/mail/", content, content_type="message/rfc822", headers=signed
    )


def test_a_signed_push_is_taken_in_once(pushed: Mailbox) -> None:
    content = raw("Pushed")
    answer, again = push(pushed, content), push(pushed, content)
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer.json()) == (
        200,
        {"outcome": "created", "ticket": ticket.number, "reason": ""},
    )
    assert again.json()["outcome"] == "duplicate"


def test_a_push_that_is_not_signed_keeps_nothing(pushed: Mailbox) -> None:
    content = raw()
    stale = signatures.headers("", secret_of(pushed), content, clock.now() - timedelta(minutes=6))
    for changed in ({"X-Signature": "0" * 64}, {"X-Timestamp": "1"}, {"X-Signature": ""}, stale):
        assert push(pushed, content, **changed).status_code == 403
    assert not IncomingMail.objects.exists()


def test_nobody_pushes_to_other_mailboxes(pushed: Mailbox, ada: User) -> None:
    content = raw()
    other = mailbox(None, ada, address="b@lamps.example", fetching=Fetching.PIPE)
    assert push(other, content).status_code == 404
    Mailbox.objects.filter(pk=pushed.pk).update(is_active=False)
    assert push(pushed, content).status_code == 404


def test_a_large_mail_can_be_pushed(pushed: Mailbox) -> None:
    content = raw("x" * 6_000_000)
    assert push(pushed, content).json()["outcome"] == "created"


def test_the_mailbox_says_to_which_team_its_mail_goes(pushed: Mailbox, ada: User) -> None:
    from tests import build

    team = build.team("lamps", is_default=False)
    Mailbox.objects.filter(pk=pushed.pk).update(team=team, language="zh-hans")
    push(pushed, raw("123", subject="456"))
    ticket = Ticket.objects.get()
    assert (ticket.team, ticket.language) == (team, "zh-hans")


# --- what a server cannot hand over ------------------------------------------------------------------


def test_a_mail_the_server_cannot_hand_over_holds_nothing_up(imap: PostOffice, ada: User) -> None:
    """Some servers cannot turn a mail of theirs into one of the network, today or ever."""
    broken, good = imap.put(raw("One")), imap.put(raw("Two"))
    imap.broken.add(broken)
    box = mailbox(imap, ada)
    assert sweeps.fetch_mail(clock.now()) == 1
    assert Ticket.objects.get().messages.get().body == "Two"
    assert imap.flags == {broken: set(), good: {"\\Seen"}}
    box.refresh_from_db()
    assert (box.failures, box.last_success_at is not None) == (0, True)
    assert "cannot be converted" in box.last_error
    imap.broken.clear()
    with later(2):
        assert sweeps.fetch_mail(clock.now()) == 1
    box.refresh_from_db()
    assert box.last_error == ""


def test_so_many_of_them_hold_nothing_up_either(
    imap: PostOffice, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BATCH", 3)
    imap.broken |= {imap.put(raw(f"{number}")) for number in range(5)}
    imap.put(raw("Good"))
    mailbox(imap, ada)
    assert sweeps.fetch_mail(clock.now()) == 1


def test_by_pop_neither(pop: PostOffice, ada: User) -> None:
    broken = pop.put(raw("One"))
    pop.put(raw("Two"))
    pop.broken.add(broken)
    mailbox(pop, ada, fetching=Fetching.POP)
    assert sweeps.fetch_mail(clock.now()) == 1
    assert set(pop.mails) == {broken}
