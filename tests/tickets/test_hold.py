"""Sending with a moment to think again: exactly one of taking back and leaving wins."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import Event, OutgoingMail
from tests import build
from tickets import actions, sweeps
from tickets.actions import holding
from tickets.actions.drafts import save_draft
from tickets.models import Clock, Draft, HeldReply, Message, Ticket
from tickets.states import ClockKind, ClockState, DraftKind, HeldState, TicketStatus

TEN = timedelta(seconds=10)


@pytest.fixture(autouse=True)
def ten_seconds(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 10


@pytest.fixture
def held(ticket: Ticket, alice: User) -> HeldReply:
    return holding.hold(ticket, body="On its way.", by=alice, key="one", version=ticket.version)


def replies(ticket: Ticket) -> list[str]:
    return list(ticket.messages.filter(actor_kind="user").values_list("body", flat=True))


def first_response(ticket: Ticket) -> Clock:
    return ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE)


def test_nothing_leaves_and_no_clock_stops_before_its_time(held: HeldReply, ticket: Ticket) -> None:
    assert sweeps.send_held(held.due_at - timedelta(seconds=1)) == 0
    assert replies(ticket) == []
    assert first_response(ticket).state == ClockState.RUNNING
    assert not Event.objects.filter(kind="message.sent").exists()


def test_when_its_time_has_come_it_leaves_once(
    held: HeldReply, ticket: Ticket, monday: time_machine.Traveller
) -> None:
    monday.shift(TEN)
    assert sweeps.send_held(held.due_at) == 1
    assert sweeps.send_held(held.due_at) == 0
    held.refresh_from_db()
    assert replies(ticket) == ["On its way."]
    assert held.state == HeldState.SENT
    assert first_response(ticket).fulfilled_at == held.due_at


def test_taken_back_it_is_a_draft_again_and_never_leaves(
    held: HeldReply, ticket: Ticket, alice: User
) -> None:
    holding.undo(held, by=alice)
    holding.undo(held, by=alice)
    assert sweeps.send_held(held.due_at) == 0
    assert replies(ticket) == []
    assert Draft.objects.get(user=alice, ticket=ticket).body == "On its way."
    assert Event.objects.filter(kind="reply.undone").count() == 1


def test_what_was_begun_meanwhile_is_kept_below(held: HeldReply, ticket: Ticket, alice: User) -> None:
    save_draft(ticket, kind=DraftKind.REPLY, body="And one more thing", key="two", by=alice)
    draft = holding.undo(held, by=alice)
    assert draft is not None
    assert draft.body == "On its way.\n\nAnd one more thing"


def test_once_it_has_left_it_cannot_be_taken_back(held: HeldReply, alice: User) -> None:
    sweeps.send_held(held.due_at)
    with pytest.raises(Refused, match=r"reply\.already_sent"):
        holding.undo(held, by=alice)


def test_taken_back_and_sent_again_it_is_one_reply(held: HeldReply, ticket: Ticket, alice: User) -> None:
    holding.undo(held, by=alice)
    again = holding.hold(ticket, body="On its way now.", by=alice, key="one")
    assert again.pk == held.pk
    sweeps.send_held(again.due_at)
    assert replies(ticket) == ["On its way now."]


def test_the_same_form_twice_is_one_reply(held: HeldReply, ticket: Ticket, alice: User) -> None:
    assert holding.hold(ticket, body="On its way.", by=alice, key="one") == held
    sweeps.send_held(held.due_at)
    assert holding.hold(ticket, body="On its way.", by=alice, key="one") == held
    assert replies(ticket) == ["On its way."]


def test_a_colleague_who_writes_at_the_same_time_is_told(held: HeldReply, ticket: Ticket, lea: User) -> None:
    with pytest.raises(Refused, match=r"ticket\.changed_meanwhile"):
        holding.hold(ticket, body="Me too", by=lea, key="lea", version=ticket.version)


def test_what_happens_with_the_ticket_happens_when_it_leaves(ticket: Ticket, alice: User) -> None:
    held = holding.hold(ticket, body="Done.", by=alice, key="k", then="solve")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW
    sweeps.send_held(held.due_at)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.SOLVED
    assert Event.objects.get(kind="ticket.solved").data["message"] == ticket.messages.last().pk  # type: ignore[union-attr]


def test_closed_meanwhile_it_comes_back(held: HeldReply, ticket: Ticket, alice: User, lea: User) -> None:
    actions.solve(ticket, by=lea)
    actions.close(ticket, by=lea)
    assert sweeps.send_held(held.due_at) == 0
    held.refresh_from_db()
    assert held.state == HeldState.RETURNED
    assert Draft.objects.get(user=alice, ticket=ticket).body == "On its way."
    assert Event.objects.get(kind="reply.returned").data["code"] == "ticket.cannot_reply"


def test_one_that_breaks_is_tried_again_and_comes_back_in_the_end(
    held: HeldReply, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_facts: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr("tickets.macros.using.reply_with", broken)
    for _ in range(holding.MOST_ATTEMPTS):
        held.refresh_from_db()
        assert held.state == HeldState.HELD
        sweeps.send_held(held.due_at)
    held.refresh_from_db()
    assert held.state == HeldState.RETURNED
    assert Draft.objects.filter(user=alice).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_taking_back_and_leaving_at_once_exactly_one_wins(
    together: Callable[..., list[Any]], promises: None, alice: User, _round: int
) -> None:
    ticket = build.ticket()
    held = holding.hold(ticket, body="Oops", by=alice, key="one")
    sent, *undone = together(
        lambda: sweeps.send_held(held.due_at),
        lambda: holding.undo(held, by=alice),
        lambda: holding.undo(held, by=alice),
    )
    held.refresh_from_db()
    was_sent = Message.objects.filter(ticket=ticket, actor_kind="user").count()
    assert was_sent == (held.state == HeldState.SENT)
    assert Draft.objects.filter(ticket=ticket).count() == (held.state == HeldState.UNDONE)
    assert sent == was_sent
    assert all(isinstance(one, Refused) for one in undone) == (held.state == HeldState.SENT)


def test_several_workers_send_each_reply_once(
    together: Callable[..., list[Any]], promises: None, alice: User
) -> None:
    tickets = [build.ticket() for _ in range(6)]
    helds = [holding.hold(ticket, body="Hello", by=alice, key="k") for ticket in tickets]
    at = max(held.due_at for held in helds)
    counts = together(*[lambda: sweeps.send_held(at)] * 3)
    assert sum(counts) == 6
    assert Message.objects.filter(actor_kind="user").count() == 6


def test_the_page_holds_it_and_takes_it_back(page: Client, ticket: Ticket) -> None:
    here = f"/console/tickets/{ticket.number}/"
    form = {"body": "Hello", "key": "abc", "version": ticket.version}
    page.post(f"{here}reply/", form)
    held = HeldReply.objects.get()
    assert "Take back" in page.get(here).content.decode()
    assert OutgoingMail.objects.count() == 0
    page.post(f"{here}reply/{held.pk}/undo/")
    again = page.get(here).content.decode()
    assert ">Hello</textarea>" in again
    assert "Take back" not in again


def test_who_is_in_a_hurry_sends_it_now(page: Client, ticket: Ticket) -> None:
    here = f"/console/tickets/{ticket.number}/"
    page.post(f"{here}reply/", {"body": "Hello", "key": "abc", "version": ticket.version})
    page.post(f"{here}reply/{HeldReply.objects.get().pk}/now/")
    assert replies(ticket) == ["Hello"]


def test_only_the_author_takes_it_back(held: HeldReply, ticket: Ticket, client: Client, lea: User) -> None:
    client.force_login(lea)
    assert client.post(f"/console/tickets/{ticket.number}/reply/{held.pk}/undo/").status_code == 404
