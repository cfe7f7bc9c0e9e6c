"""The session ends while somebody writes: nothing that was typed is lost."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests import build
from tickets.models import Message, Ticket

if TYPE_CHECKING:
    from playwright.sync_api import Page

SIGN_IN = "/accounts/login/"
OURS = {"origin": "http://testserver", "referer": "http://testserver/console/tickets/T-1/?queue=mine"}


def reply_address(ticket: Ticket) -> str:
    return reverse("console:ticket-reply", args=[ticket.number])


def written(ticket: Ticket) -> dict[str, Any]:
    return {"body": "It leaves <today>.\nPromised!", "key": "k1", "version": ticket.version, "then": "solve"}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_reply_without_a_session_is_shown_again_and_can_be_sent_after_signing_in(
    client: Client, ticket: Ticket, alice: User
) -> None:
    answer = client.post(reply_address(ticket), written(ticket), headers=OURS)
    shown = text(answer)
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store"
    assert "You have been signed out" in shown
    assert "It leaves &lt;today&gt;." in shown
    assert f'href="{SIGN_IN}?next=%2Fconsole%2Ftickets%2FT-1%2F%3Fqueue%3Dmine"' in shown
    client.force_login(alice)
    client.post(reply_address(ticket), written(ticket))
    assert ticket.messages.filter(body="It leaves <today>.\nPromised!").exists()


def test_a_button_leads_back_to_the_page_it_stood_on(client: Client, ticket: Ticket) -> None:
    claim = reverse("console:ticket-claim", args=[ticket.number])
    answer = client.post(claim, headers=OURS)
    assert answer["Location"] == f"{SIGN_IN}?next=%2Fconsole%2Ftickets%2FT-1%2F%3Fqueue%3Dmine"
    assert client.post(claim)["Location"] == SIGN_IN
    foreign = {"referer": "https://evil.example/console/"}
    assert client.post(claim, headers=foreign)["Location"] == SIGN_IN


def test_a_script_that_saves_is_led_to_the_sign_in(client: Client, ticket: Ticket) -> None:
    draft = reverse("console:ticket-draft", args=[ticket.number])
    answer = client.post(draft, {"body": "Half a line"}, headers={**OURS, "sec-fetch-mode": "cors"})
    assert answer["Location"].startswith(SIGN_IN)


def test_a_customer_keeps_their_words_too(client: Client, ticket: Ticket) -> None:
    answer = client.post(f"/requests/{ticket.number}/reply/", {"body": "Still waiting here."})
    assert answer.status_code == 403
    assert "Still waiting here." in text(answer)


def test_secrets_are_not_shown_again(client: Client) -> None:
    answer = client.post(reverse("console:mailbox-new"), {"name": "Our shop", "secret": "hush-hush"})
    assert "Our shop" in text(answer)
    assert "hush-hush" not in text(answer)
    assert "add them again" in text(answer)


def test_a_page_with_an_old_token_is_shown_again_with_a_new_one(ticket: Ticket, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post(
        reply_address(ticket), written(ticket) | {"csrfmiddlewaretoken": "old"}, headers=OURS
    )
    assert answer.status_code == 403
    assert "It leaves &lt;today&gt;." in text(answer)
    fresh = {**written(ticket), "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    client.post(reply_address(ticket), fresh, headers=OURS)
    assert ticket.messages.filter(actor_kind="user").exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_what_another_site_sends_is_not_offered_to_be_sent(ticket: Ticket, alice: User, origin: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    headers = {"origin": origin} if origin else {}
    answer = client.post(reply_address(ticket), written(ticket), headers=headers)
    assert answer.status_code == 403
    assert "It leaves" not in text(answer)


# --- in a browser ------------------------------------------------------------------------------------


@pytest.fixture
def desk(visit: Callable[..., "Page"], live_server: Any, promises: None) -> "Page":
    """Alice's browser."""
    page = visit()
    _sign_in(page, build.user("Alice"), live_server.url)
    return page


def _sign_in(page: "Page", user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])


@pytest.mark.browser
def test_a_page_that_is_written_on_stays_and_goes_on_after_signing_in(desk: "Page", live_server: Any) -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    Session.objects.all().delete()
    desk.context.clear_cookies(name="sessionid")
    desk.locator("#reply-body").fill("Half a sentence")
    notice = desk.get_by_role("alert").get_by_text("You have been signed out")
    notice.wait_for()
    desk.evaluate("htmx.trigger('#poller', 'fetch')")
    assert desk.locator("#reply-body").input_value() == "Half a sentence"
    _sign_in(desk, User.objects.get(name="Alice"), live_server.url)
    desk.locator("#reply-body").press_sequentially(", and its end.")
    notice.wait_for(state="hidden")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("Your reply is on its way.").wait_for()
    assert Message.objects.filter(body="Half a sentence, and its end.").exists()


@pytest.mark.browser
def test_what_the_server_did_not_get_is_there_again_when_the_page_is_opened_anew(desk: "Page") -> None:
    ticket = build.ticket()
    desk.goto(f"/console/tickets/{ticket.number}/")
    desk.route("**/draft/", lambda route: route.fulfill(status=422))
    desk.locator("#reply-body").fill("Nobody has this yet")
    desk.get_by_text("Draft not saved yet").wait_for()
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto("/console/?queue=all")
    desk.unroute("**/draft/")
    desk.goto(f"/console/tickets/{ticket.number}/")
    assert desk.locator("#reply-body").input_value() == "Nobody has this yet"
    desk.get_by_text("Draft saved").first.wait_for()
    desk.keyboard.press("r")
    desk.keyboard.press("Control+Enter")
    desk.get_by_text("Your reply is on its way.").wait_for()
    assert desk.locator("#reply-body").input_value() == ""
