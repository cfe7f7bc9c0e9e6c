"""Two agents at one ticket, each in a browser of their own: they see each other and never collide."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from tests import build
from tests.background import Background
from tests.walks.web import Web
from tickets import actions
from tickets.defaults import ensure_promises
from tickets.models import HeldReply, ServiceCalendar, SlaPolicy, Ticket

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
LONG_ENOUGH = "300"  # seconds to take a reply back, so that the test decides when


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def address(surroundings: Background, eventually: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    """The real web server, on which replies wait to be taken back."""
    surroundings.environment["TEST_UNDO_SECONDS"] = LONG_ENOUGH
    web = Web(surroundings.environment, tmp_path / "web.log")
    eventually(web.answers)
    yield web.url
    web.stop()
    sys.stdout.write(web.said())  # shown when the test fails


@pytest.fixture
def ticket(transactional_db: None) -> Ticket:
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    ticket = build.ticket(subject="Lamp", language="en")
    for number in range(8):
        actions.receive(ticket, body=f"Line {number}", by=ticket.customer, channel="portal")
    return Ticket.objects.get(pk=ticket.pk)


def enter(visit: Callable[..., "Page"], address: str, member: User, ticket: Ticket, language: str) -> "Page":
    """The ticket in the browser of a member, its stream running."""
    client = Client()
    client.force_login(member)
    page = visit(viewport={"width": 1440, "height": 900})
    page.context.set_default_timeout(PATIENCE_MS)
    cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": language}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    page.goto(f"/console/tickets/{ticket.number}/#newest")
    page.wait_for_selector("html[data-live]")
    return page


def writes(name: str) -> str:
    return gettext("%(name)s is writing a reply") % {"name": name}


def test_they_see_each_other_and_never_collide(
    visit: Callable[..., "Page"], address: str, ticket: Ticket, language: str
) -> None:
    alice, lea = build.user("Alice", language=language), build.user("Lea", role="lead", language=language)
    hers = enter(visit, address, lea, ticket, language)
    mine = enter(visit, address, alice, ticket, language)
    for page, name in ((mine, "Lea"), (hers, "Alice")):
        page.get_by_text(gettext("%(name)s is here") % {"name": name}).wait_for()

    # What Lea types is hers; that she types is told, and what the customer writes arrives beside it.
    box = hers.locator("#reply-body")
    box.press_sequentially("Dear Carol")
    mine.get_by_text(writes("Lea")).wait_for()
    actions.receive(ticket, body="One more thing", by=ticket.customer, channel="portal")
    for page in (mine, hers):
        page.locator("#conversation").get_by_text("One more thing").wait_for()
    assert box.input_value() == "Dear Carol"

    # Far from the end a message is announced and moves nothing.
    mine.evaluate("window.scrollTo(0, 0)")
    place = mine.locator("#conversation article").first.bounding_box()
    actions.receive(ticket, body="And another", by=ticket.customer, channel="portal")
    pill = mine.get_by_role("button", name=gettext("1 new message"))
    pill.wait_for()
    assert mine.locator("#conversation article").first.bounding_box() == place
    pill.click()
    pill.wait_for(state="hidden")

    # Alice is quicker. Lea, who has not heard of it, is shown what came in between, and sends knowingly.
    hers.route("**/news/**", lambda route: route.fulfill(status=204))
    mine.locator("#reply-body").fill("I look after it.")
    mine.locator(".composing__reply [data-send]").click()
    mine.get_by_role("button", name=gettext("Send now")).click()
    mine.locator("#conversation").get_by_text("I look after it.").wait_for()
    hers.locator(".composing__reply [data-send]").click()
    hers.get_by_role("alert").get_by_text("I look after it.").wait_for()
    assert box.input_value() == "Dear Carol"
    hers.unroute("**/news/**")
    hers.locator(".composing__reply [data-send]").click()

    # She thinks again: nothing has left, and her words are back.
    hers.get_by_role("button", name=gettext("Take back")).click()
    hers.get_by_text(gettext("Taken back. Nothing was sent.")).wait_for()
    assert box.input_value() == "Dear Carol"
    assert not ticket.messages.filter(body="Dear Carol").exists()

    # Taking over asks while she writes; her page follows and keeps what she wrote.
    box.press_sequentially(" again")
    mine.get_by_text(writes("Lea")).wait_for()
    questions: list[str] = []

    def agree(dialog: Any) -> None:
        questions.append(dialog.message)
        dialog.accept()

    mine.once("dialog", agree)
    mine.locator("[data-takes-over] button").click()
    hers.wait_for_function(
        "name => document.querySelector('#ticket-settings [name=assignee]').selectedOptions[0].text === name",
        arg="Alice",
    )
    assert questions == [gettext("%(name)s is writing a reply. Take over all the same?") % {"name": "Lea"}]
    assert box.input_value() == "Dear Carol again"

    # A reload loses nothing.
    hers.wait_for_function("document.querySelector('.composing__reply [data-draft-state]').textContent")
    hers.reload()
    assert box.input_value() == "Dear Carol again"
    assert HeldReply.objects.count() == 2
