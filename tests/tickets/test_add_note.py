"""Notes among colleagues."""

import pytest

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
