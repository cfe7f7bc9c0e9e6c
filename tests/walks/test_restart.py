"""The web server dies while an agent writes, and comes back: nothing is lost, the page is live by itself."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests import build
from tests.background import Background
from tests.walks.web import Web
from tickets import actions
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
NO_CONNECTION = "No connection. Nothing was lost; please try again."


@pytest.fixture
def web(surroundings: Background, eventually: Callable[..., Any], tmp_path: Path) -> Iterator[Web]:
    web = Web(surroundings.environment, tmp_path / "web.log")
    eventually(web.answers)
    yield web
    web.stop()


@pytest.fixture
def address(web: Web) -> str:
    return web.url


def test_a_reply_outlives_the_server(
    visit: Callable[..., "Page"], web: Web, eventually: Callable[..., Any], transactional_db: None
) -> None:
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    ticket = build.ticket(subject="Lamp", language="en")
    client = Client()
    client.force_login(build.user("Alice"))
    page = visit()
    page.set_default_timeout(PATIENCE_MS)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": web.url}])
    page.goto(f"/console/tickets/{ticket.number}/")
    page.wait_for_selector("html[data-live]")

    web.kill()
    page.wait_for_selector("html:not([data-live])")
    box = page.locator("#reply-body")
    box.fill("It left today.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text(NO_CONNECTION).wait_for()
    assert box.input_value() == "It left today."

    web.start()
    eventually(web.answers)
    page.wait_for_selector("html[data-live]")
    page.get_by_text(NO_CONNECTION).wait_for(state="detached")
    page.get_by_text("Draft saved").first.wait_for()
    actions.receive(ticket, body="Where is it?", by=ticket.customer, channel="portal")
    page.locator("#conversation").get_by_text("Where is it?").wait_for()
    page.get_by_role("button", name="Send reply").click()
    page.get_by_role("alert").get_by_text("Where is it?").wait_for()  # it came in between
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Your reply is on its way.").wait_for()
    assert ticket.messages.filter(body="It left today.").count() == 1
