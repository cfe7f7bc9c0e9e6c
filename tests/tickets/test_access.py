"""Files on messages, and who may give tickets to whom."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core import files
from customers.models import Customer
from tests import build
from tests.tickets.test_portal_requests import sign_in
from tickets import actions
from tickets.access import assignees, may_assign
from tickets.models import Ticket


def status(client: Client, url: str) -> int:
    """How a file is answered; its content is read, as a browser would."""
    answer = client.get(url)
    b"".join(answer) if answer.streaming else answer.content
    return answer.status_code


def attached(ticket: Ticket, by: User | Customer, *, note: bool = False) -> str:
    """The address of a file on a new message."""
    file = files.store(SimpleUploadedFile("words.txt", b"words", "text/plain"), subject="draft:one", by=by)
    if note and isinstance(by, User):
        actions.add_note(ticket, body="x", by=by, attachments=[file])
    elif isinstance(by, User):
        actions.reply(ticket, body="x", by=by, attachments=[file])
    else:
        actions.receive(ticket, body="x", by=by, channel="portal", attachments=[file])
    return f"/files/{file.uuid}/"


def test_files_of_public_messages_are_for_staff_and_their_customer(
    ticket: Ticket, alice: User, carol: Customer, charlie: Customer, wei: User
) -> None:
    for url in (attached(ticket, alice), attached(ticket, carol)):
        staff = Client()
        staff.force_login(alice)
        assert status(staff, url) == 200
        assert status(sign_in(Client(), carol), url) == 200
        assert status(sign_in(Client(), charlie), url) == 404
        assert Client().get(url).status_code == 404
        warehouse = Client()
        warehouse.force_login(wei)
        assert warehouse.get(url).status_code == 404


def test_files_of_notes_are_for_staff_only(ticket: Ticket, alice: User, carol: Customer) -> None:
    url = attached(ticket, alice, note=True)
    staff = Client()
    staff.force_login(alice)
    assert status(staff, url) == 200
    assert status(sign_in(Client(), carol), url) == 404


@pytest.mark.parametrize(
    ("who", "whose", "to", "may"),
    [
        ("agent", None, "self", True),
        ("agent", "lead", "self", True),
        ("agent", "agent", "lead", True),
        ("agent", "agent", None, True),
        ("agent", "lead", None, False),
        ("agent", None, "lead", False),
        ("lead", "agent", None, True),
        ("lead", None, "agent", True),
        ("manager", None, "self", False),
        ("administrator", "agent", "lead", True),
    ],
)
def test_taking_handing_over_and_giving_away(
    promises: None, who: str, whose: str | None, to: str | None, may: bool
) -> None:
    people = {role: build.user(role, role=role) for role in {"agent", "lead", who}}
    ticket = build.ticket()
    ticket.assignee = people[whose] if whose else None
    target = people[who] if to == "self" else people[to] if to else None
    assert may_assign(people[who], ticket, target) is may


def test_tickets_are_given_to_people_who_work_on_them(db: None) -> None:
    build.user("Gone", is_active=False)
    build.user("Mara", role="manager")
    fitting = {
        build.user("Alice"),
        build.user("Lea", role="lead"),
        build.user("Root", role="manager", is_superuser=True),
    }
    assert set(assignees()) == fitting
