"""Who sees what of merged tickets: the customer all of it, under the old address too, and nobody else any."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from time_machine import Traveller

from accounts.models import User
from core import files
from customers.models import Customer
from tests import build
from tests.core import pictures
from tests.tickets.test_merge import fresh
from tickets import actions
from tickets.access import link_token
from tickets.models import Ticket
from tickets.states import Channel


@pytest.fixture
def pair(carol: Customer, monday: Traveller, promises: None, alice: User) -> tuple[Ticket, Ticket]:
    """Two tickets of Carol's about different orders; the second is merged into the first."""
    first = build.ticket(customer=carol, order=build.order(customer=carol), body="The lamp is broken")
    second = build.ticket(customer=carol, order=build.order(customer=carol), body="My secret address")
    actions.merge(second, into=first, by=alice)
    return fresh(first), fresh(second)


def page(client: Client, ticket: Ticket) -> Any:
    return client.get(reverse("portal:request", args=[ticket.number]))


def sign_in(client: Client, customer: Customer) -> None:
    session = client.session
    session["portal_customer"] = customer.pk
    session.save()


def admit(client: Client, ticket: Ticket, monday: Traveller) -> None:
    """Let a guest in with the number of the order of a ticket, as the door does."""
    session = client.session
    session["portal_orders"] = {str(ticket.order_id): 9e9}
    session.save()


def test_the_old_address_leads_to_where_the_request_goes_on(
    client: Client, pair: tuple[Ticket, Ticket]
) -> None:
    first, second = pair
    sign_in(client, first.customer)
    assert page(client, second).url == reverse("portal:request", args=[first.number])
    shown = page(client, first).content.decode()
    assert "The lamp is broken" in shown
    assert "My secret address" in shown
    listed = client.get(reverse("portal:requests")).content.decode()
    assert first.number in listed
    assert second.number not in listed


@pytest.mark.parametrize("which", [0, 1])
def test_an_old_link_in_a_mail_opens_the_whole_request(
    client: Client, pair: tuple[Ticket, Ticket], which: int
) -> None:
    first, _second = pair
    opened = client.get(reverse("portal:request-link", args=[link_token(pair[which])]), follow=True)
    assert opened.request["PATH_INFO"] == reverse("portal:request", args=[first.number])
    assert "My secret address" in opened.content.decode()


def test_a_stranger_sees_neither(client: Client, pair: tuple[Ticket, Ticket], charlie: Customer) -> None:
    sign_in(client, charlie)
    assert [page(client, ticket).status_code for ticket in pair] == [404, 404]


def test_whoever_knows_one_order_sees_nothing_of_the_other(
    client: Client, pair: tuple[Ticket, Ticket], monday: Traveller
) -> None:
    first, second = pair
    admit(client, first, monday)
    assert "My secret address" not in page(client, first).content.decode()
    assert page(client, second).status_code == 404


def test_whoever_knows_the_order_of_the_merged_one_is_told_and_can_write(
    client: Client, pair: tuple[Ticket, Ticket], monday: Traveller
) -> None:
    first, second = pair
    admit(client, second, monday)
    shown = page(client, second)
    assert shown.status_code == 200
    assert f"goes on in {first.number}" in shown.content.decode()
    sent = client.post(reverse("portal:request-reply", args=[second.number]), {"body": "Any news?"})
    assert sent.headers["Location"] == reverse("portal:request", args=[second.number])
    assert first.messages.filter(body="Any news?").exists()
    assert page(client, first).status_code == 404


def test_a_signed_in_reply_to_the_old_address_arrives_and_leads_on(
    client: Client, pair: tuple[Ticket, Ticket]
) -> None:
    first, second = pair
    sign_in(client, first.customer)
    sent = client.post(
        reverse("portal:request-reply", args=[second.number]), {"body": "Any news?"}, follow=True
    )
    assert sent.request["PATH_INFO"] == reverse("portal:request", args=[first.number])


def test_a_photo_on_the_merged_ticket_opens_for_who_may_see_the_request(
    client: Client, carol: Customer, charlie: Customer, promises: None, alice: User
) -> None:
    photo = files.store(pictures.upload(pictures.image(), "photo.jpg"), subject="draft:photo", by=carol)
    first = build.ticket(customer=carol)
    second = build.ticket(customer=carol, attachments=[photo])
    actions.merge(second, into=first, by=alice)
    client.get(reverse("portal:request-link", args=[link_token(first)]))
    url = reverse("file", args=[photo.uuid])
    assert b"".join(client.get(url))
    sign_in(other := Client(), charlie)
    assert other.get(url).status_code == 404


def test_the_page_of_a_merged_ticket_offers_to_undo_it(page: Client, pair: tuple[Ticket, Ticket]) -> None:
    first, second = pair
    shown = page.get(reverse("console:ticket", args=[second.number])).content.decode()
    assert first.number in shown
    assert reverse("console:ticket-unmerge", args=[second.number]) in shown
    page.post(reverse("console:ticket-unmerge", args=[second.number]))
    assert fresh(second).merged_into is None


def test_merging_from_the_page_shows_first_what_will_happen(
    page: Client, carol: Customer, charlie: Customer, promises: None
) -> None:
    first, second = build.ticket(customer=carol), build.ticket(customer=carol)
    strange = build.ticket(customer=charlie)
    url = reverse("console:ticket-merge", args=[second.number])
    shown = page.get(url, {"into": first.number}).content.decode()
    assert "1 message is read there too." in shown
    assert strange.number not in shown
    assert page.post(url, {}).status_code == 422
    wrong = page.post(url, {"into": strange.number, "note": "Kept"})
    assert wrong.status_code == 409
    assert "two customers" in wrong.content.decode()
    assert "Kept" in wrong.content.decode()
    assert page.post(url, {"into": first.number}).status_code == 302
    assert fresh(second).merged_into == first


def test_ticked_tickets_become_one(page: Client, carol: Customer, promises: None) -> None:
    tickets = [build.ticket(customer=carol) for _ in range(3)]
    url = reverse("console:inbox-merge")
    page.post(url, {"tickets": [tickets[0].number]})
    assert not Ticket.objects.exclude(merged_into=None).exists()
    page.post(url, {"tickets": [ticket.number for ticket in tickets]})
    assert {fresh(ticket).merged_into for ticket in tickets} == {None, tickets[0]}


def test_a_case_of_a_merged_ticket_is_found_on_the_one_that_goes_on(
    page: Client, pair: tuple[Ticket, Ticket], carol: Customer
) -> None:
    first, second = pair
    actions.receive(second, body="Hello", by=carol, channel=Channel.EMAIL)
    for name in ("console:ticket-cases", "console:ticket-visits", "console:ticket-links"):
        assert page.get(reverse(name, args=[first.number])).status_code == 200
