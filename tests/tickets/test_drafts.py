"""Words in the making: kept while they are written, seen by nobody else, gone when they are sent."""

import pytest
from django.test import Client

from accounts.models import User
from tickets import actions
from tickets.models import Draft, Ticket
from tickets.states import DraftKind


def here(ticket: Ticket, end: str = "") -> str:
    return f"/console/tickets/{ticket.number}/{end}"


def save(page: Client, ticket: Ticket, kind: str = "reply", **said: object) -> int:
    return page.post(here(ticket, "draft/"), {"kind": kind, "key": "k1", **said}).status_code


def test_a_draft_is_there_again_on_the_next_visit(page: Client, ticket: Ticket) -> None:
    assert save(page, ticket, body="Dear Carol,\n") == 204
    assert save(page, ticket, body="Difficult one", kind="note") == 204
    shown = page.get(here(ticket)).content.decode()
    assert "Dear Carol,\n</textarea>" in shown
    assert "Difficult one</textarea>" in shown
    assert 'name="key" value="k1"' in shown


def test_saving_again_replaces_and_nothing_written_keeps_nothing(page: Client, ticket: Ticket) -> None:
    save(page, ticket, body="One")
    save(page, ticket, body="Two")
    assert Draft.objects.get().body == "Two"
    save(page, ticket, body="  ")
    assert not Draft.objects.exists()


def test_nobody_else_sees_it(page: Client, ticket: Ticket, client: Client, lea: User) -> None:
    save(page, ticket, body="Secret thoughts")
    client.force_login(lea)
    assert "Secret thoughts" not in client.get(here(ticket)).content.decode()


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_it_is_gone_when_it_was_sent_and_late_savings_are_let_fall(
    page: Client, ticket: Ticket, kind: str
) -> None:
    save(page, ticket, kind, body="Hello")
    page.post(here(ticket, f"{kind}/"), {"body": "Hello", "key": "k1", "version": ticket.version})
    assert not Draft.objects.exists()
    if kind == "reply":
        save(page, ticket, kind, body="Hello")
        assert not Draft.objects.exists()


def test_a_reply_that_was_refused_keeps_its_draft(page: Client, ticket: Ticket) -> None:
    save(page, ticket, body="Hello")
    actions.receive(ticket, body="Wait!", by=ticket.customer, channel="portal")
    answer = page.post(here(ticket, "reply/"), {"body": "Hello", "key": "k1", "version": ticket.version})
    assert answer.status_code == 409
    assert Draft.objects.get().body == "Hello"


@pytest.mark.parametrize("wrong", [{"kind": "poem"}, {"key": ""}, {"body": "x" * 50_001}])
def test_what_is_no_draft_is_not_kept(page: Client, ticket: Ticket, wrong: dict[str, str]) -> None:
    assert (
        page.post(here(ticket, "draft/"), {"kind": "reply", "key": "k", "body": "x"} | wrong).status_code
        == 422
    )
    assert not Draft.objects.exists()


def test_solving_is_refused_when_the_customer_wrote_unseen(page: Client, ticket: Ticket) -> None:
    seen = page.get(here(ticket)).context["conversation"].seen
    actions.receive(ticket, body="It broke again", by=ticket.customer, channel="portal")
    answer = page.post(here(ticket, "solve/"), {"seen": seen}, follow=True)
    assert "The customer wrote on" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "new"
    page.post(here(ticket, "solve/"), {"seen": answer.context["conversation"].seen})
    ticket.refresh_from_db()
    assert ticket.status == "solved"


def test_drafts_of_two_members_stand_beside_each_other(ticket: Ticket, alice: User, lea: User) -> None:
    from tickets.actions.drafts import save_draft

    for member in (alice, lea):
        save_draft(ticket, kind=DraftKind.REPLY, body=member.name, key="k", by=member)
    assert Draft.objects.count() == 2
