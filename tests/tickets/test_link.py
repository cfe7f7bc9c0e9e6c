"""Tickets that belong together, and those that may be the same request."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from core import dispatch, events
from core.actors import SYSTEM
from core.errors import Refused
from customers.models import Customer
from tests import build
from tests.returns import shop
from tests.tickets.test_merge import fresh
from tickets import actions, linked
from tickets.models import Ticket, TicketLink
from tickets.states import Channel, LinkKind, Suspicion


def between(one: Ticket, other: Ticket) -> TicketLink | None:
    return TicketLink.objects.between(one, other).first()


@pytest.fixture
def pair(carol: Customer, promises: None) -> tuple[Ticket, Ticket]:
    return build.ticket(customer=carol, body="One"), build.ticket(customer=carol, body="Two")


def test_a_link_is_seen_from_both_and_told_on_both(pair: tuple[Ticket, Ticket], alice: User) -> None:
    one, other = pair
    row = actions.link(one, other=other, by=alice)
    assert actions.link(other, other=one, by=alice) == row
    for here, there in (pair, reversed(pair)):
        assert [near.other for near in linked.neighbours(here)] == [there]
        assert [event.kind for event in events.timeline(here)].count("ticket.linked") == 1
    actions.unlink(other, other=one, by=alice)
    actions.unlink(other, other=one, by=alice)
    assert between(one, other) is None


def test_a_parent_gathers_children_and_the_sides_can_be_changed(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    one, other = pair
    actions.link(one, other=other, kind=LinkKind.PARENT, by=alice)
    actions.link(other, other=one, kind=LinkKind.PARENT, by=alice)
    (near,) = linked.neighbours(one)
    assert (near.is_parent, near.is_child) == (True, False)
    assert TicketLink.objects.count() == 1
    with pytest.raises(Refused, match="cannot_link"):
        actions.link(one, other=one, by=alice)


def test_a_suspicion_found_wrong_is_not_raised_again(pair: tuple[Ticket, Ticket], alice: User) -> None:
    one, other = pair
    actions.suspect_duplicate(one, other=other, reason=Suspicion.TEXT, by=SYSTEM)
    actions.unlink(one, other=other, by=alice)
    again = actions.suspect_duplicate(other, other=one, reason=Suspicion.ORDER, by=SYSTEM)
    assert again is not None
    assert again.dismissed_at
    assert not linked.neighbours(one)


def test_two_that_are_one_already_are_not_suspected(pair: tuple[Ticket, Ticket], alice: User) -> None:
    one, other = pair
    actions.merge(other, into=one, by=alice)
    assert actions.suspect_duplicate(other, other=one, reason=Suspicion.TEXT, by=SYSTEM) is None


# --- found at intake ---------------------------------------------------------------------------------


def arrived(customer: Customer, **fields: Any) -> Ticket:
    ticket = build.ticket(customer=customer, **fields)
    dispatch.drain()
    return ticket


def test_the_same_order_through_another_channel_is_suspected(promises: None, carol: Customer) -> None:
    order = build.order(customer=carol)
    first = arrived(carol, order=order, body="Where is it?", channel=Channel.PORTAL)
    same = arrived(carol, order=order, body="I want it now", channel=Channel.PORTAL)
    other = arrived(carol, order=order, body="Parcel?", channel=Channel.EMAIL)
    assert between(first, same) is None
    found = between(first, other)
    assert found is not None
    assert (found.kind, found.reason) == (LinkKind.DUPLICATE, Suspicion.ORDER)


def test_the_same_words_are_suspected_however_they_are_written(
    promises: None, carol: Customer, charlie: Customer
) -> None:
    first = arrived(carol, body="Where is my lamp?")
    other = arrived(carol, body="where is  MY lamp", channel=Channel.CHAT)
    strange = arrived(charlie, body="Where is my lamp?")
    found = between(other, first)
    assert found is not None
    assert found.reason == Suspicion.TEXT
    assert between(strange, first) is None


def test_what_is_long_ago_is_not_suspected(promises: None, carol: Customer, monday: Traveller) -> None:
    first = arrived(carol, body="Where is my lamp?")
    monday.shift(timedelta(days=8))
    assert between(arrived(carol, body="Where is my lamp?"), first) is None


@time_machine.travel(shop.DELIVERED, tick=False)
def test_two_cases_for_the_same_item_are_suspected(promises: None) -> None:
    order = shop.order(shop.line("Lamp", quantity=2))
    one = shop.case(order, quantity=1, description="Broken")
    other = shop.case(order, quantity=1, description="The other too")
    dispatch.drain()
    assert one.ticket_id != other.ticket_id
    found = between(one.ticket, other.ticket)
    assert found is not None
    assert found.kind == LinkKind.DUPLICATE


# --- pages and API -----------------------------------------------------------------------------------


def test_the_banner_merges_or_dismisses_with_one_click(page: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, other = pair
    actions.suspect_duplicate(other, other=one, reason=Suspicion.TEXT, by=SYSTEM)
    shown = page.get(reverse("console:ticket", args=[other.number])).content.decode()
    assert "Possibly the same request" in shown
    assert f"Merge into {one.number}" in shown
    page.post(reverse("console:ticket-unlink", args=[other.number]), {"other": one.number})
    shown = page.get(reverse("console:ticket", args=[other.number])).content.decode()
    assert "Possibly the same request" not in shown.split('id="conversation"')[0]


def test_an_open_request_is_never_merged_into_one_that_is_done(
    pair: tuple[Ticket, Ticket], alice: User
) -> None:
    one, other = pair
    actions.suspect_duplicate(other, other=one, reason=Suspicion.TEXT, by=SYSTEM)
    (near,) = linked.neighbours(other)
    assert near.pair == (other, one)
    actions.solve(one, by=alice)
    (near,) = linked.neighbours(fresh(other))
    assert near.pair == (one, other)


def test_the_panel_links_and_says_what_is_wrong(page: Client, pair: tuple[Ticket, Ticket]) -> None:
    one, other = pair
    url = reverse("console:ticket-link", args=[one.number])
    wrong = page.post(url, {"other": "T-1", "kind": "related"})
    assert wrong.status_code == 422
    assert 'value="T-1"' in wrong.content.decode()
    page.post(url, {"other": other.number.lower(), "kind": "child"})
    assert "belongs to this" in page.get(reverse("console:ticket-links", args=[one.number])).content.decode()


def test_the_api_links_lists_and_unlinks(
    pair: tuple[Ticket, Ticket], client: Client, token: dict[str, str]
) -> None:
    one, other = pair
    url = f"/api/v1/tickets/{one.number}"
    json: dict[str, Any] = {"content_type": "application/json", "headers": token}
    done = client.post(f"{url}/links/", {"other": other.number, "kind": "child"}, **json)
    assert done.status_code == 201
    assert [(row["number"], row["kind"]) for row in done.json()] == [(other.number, "child")]
    seen = client.get(f"/api/v1/tickets/{other.number}/links/", headers=token).json()
    assert [(row["number"], row["kind"]) for row in seen] == [(one.number, "parent")]
    client.post(f"{url}/unlink/", {"other": other.number}, **json)
    assert client.get(f"{url}/links/", headers=token).json() == []
    assert client.post(f"{url}/links/", {"other": "T-1"}, **json).status_code == 400


def test_not_the_same_is_taken_back_on_the_panel_and_by_api(
    pair: tuple[Ticket, Ticket], alice: User, client: Client, token: dict[str, str]
) -> None:
    one, other = pair
    actions.suspect_duplicate(one, other=other, reason=Suspicion.TEXT, by=SYSTEM)
    actions.unlink(one, other=other, by=alice)
    client.force_login(alice)
    links = f"/console/tickets/{one.number}/links/"
    assert "not the same" in client.get(links).content.decode()
    client.post(f"/console/tickets/{one.number}/suspect-again/", {"other": other.number})
    assert [near.is_suspect for near in linked.neighbours(one)] == [True]
    assert "not the same" not in client.get(links).content.decode()
    assert events.timeline(other).last().kind == "ticket.suspected"  # type: ignore[union-attr]
    assert actions.suspect_again(one, other=other, by=alice) is None
    actions.unlink(one, other=other, by=alice)
    client.logout()
    path = f"/api/v1/tickets/{one.number}/suspect-again/"
    body = {"other": other.number}
    assert client.post(path, body, headers=token, content_type="application/json").status_code == 200
    assert between(one, other) in TicketLink.objects.of(one)
