"""Notes among colleagues."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import events
from tests import build
from tickets import actions
from tickets.models import Ticket
from tickets.states import TicketStatus, Visibility


def test_a_note_is_internal_and_moves_nothing(ticket: Ticket, alice: User) -> None:
    note = actions.add_note(ticket, body="He called twice.", by=alice)
    assert note.visibility == Visibility.INTERNAL
    before = (ticket.status, ticket.due_at, ticket.last_message_preview)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.due_at, ticket.last_message_preview) == before
    assert list(events.timeline(ticket, public_only=True).values_list("kind", flat=True)) == ["ticket.opened"]


def test_a_note_is_something_colleagues_must_know_of(ticket: Ticket, alice: User) -> None:
    actions.add_note(ticket, body="He called twice.", by=alice)
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version + 1


@pytest.mark.parametrize("status", TicketStatus)
def test_every_ticket_takes_a_note(promises: None, alice: User, status: TicketStatus) -> None:
    ticket = build.ticket(status=status)
    actions.add_note(ticket, body="For the record", by=alice)
    assert Ticket.objects.get(pk=ticket.pk).status == status


# --- written against a version -----------------------------------------------------------------------


def note(page: Client, ticket: Ticket, **said: object) -> Any:
    form = {"body": "He called twice.", "version": ticket.version, "seen": 1, "key": "k1"}
    return page.post(f"/console/tickets/{ticket.number}/note/", {**form, **said})


def test_a_stale_note_shows_what_came_between_and_keeps_what_was_typed(
    page: Client, ticket: Ticket, lea: User
) -> None:
    actions.add_note(ticket, body="I have him on the phone", by=lea)
    stale = note(page, ticket)
    shown = stale.content.decode()
    assert stale.status_code == 409
    assert "While you were writing:" in shown
    assert "I have him on the phone" in shown
    assert "He called twice.</textarea>" in shown
    assert not ticket.messages.filter(body="He called twice.").exists()
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert f'name="version" value="{fresh.version}" id="note-version"' in shown
    assert note(page, fresh).status_code == 302
    assert ticket.messages.filter(body="He called twice.").count() == 1


def test_the_same_form_again_is_one_note(page: Client, ticket: Ticket) -> None:
    assert [note(page, ticket).status_code for _twice in range(2)] == [302, 302]
    assert ticket.messages.filter(body="He called twice.").count() == 1


def test_a_note_on_a_ticket_that_was_merged_meanwhile_is_asked_about_once(
    page: Client, ticket: Ticket, lea: User
) -> None:
    other = build.ticket(customer=ticket.customer)
    actions.merge(ticket, into=other, by=lea)
    assert note(page, ticket).status_code == 409
    assert note(page, Ticket.objects.get(pk=ticket.pk)).status_code == 302
    assert other.messages.filter(body="He called twice.").exists()


def test_by_api_a_version_is_looked_at_when_it_is_said(
    client: Client, token: dict[str, str], ticket: Ticket
) -> None:
    def send(**said: object) -> int:
        path = f"/api/v1/tickets/{ticket.number}/notes/"
        return client.post(path, said, headers=token, content_type="application/json").status_code

    assert send(body="One", version=ticket.version) == 201
    assert send(body="Two", version=ticket.version) == 409
    assert send(body="Three") == 201
