"""A customer and an agent in two browsers, on the web server as it really runs, in both languages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, pgettext

from accounts.models import User
from accounts.rights import Role
from channels.actions.chat_desk import set_available
from channels.models import ChatSession
from tests import build
from tests.core import pictures
from tickets.defaults import ensure_promises
from tickets.models import ServiceCalendar, SlaPolicy

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., "Page"]
Eventually = Callable[..., Any]
PATIENCE_MS = 60_000


@pytest.fixture
def alice(transactional_db: None) -> User:
    ensure_promises(ServiceCalendar.objects, SlaPolicy.objects, year=2026)
    alice = build.user("Alice", role=Role.AGENT, speaks=["en", "zh-hans"])
    set_available(alice, on=True, by=alice)
    return alice


def sign_in(page: "Page", member: User, address: str) -> "Page":
    client = Client()
    client.force_login(member)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return page


def lines(page: "Page") -> list[str]:
    """What stands in the customer's window, in its order."""
    texts: list[str] = page.locator("[data-chat-lines] .chat__text").all_inner_texts()
    return texts


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_talking_to_each_other(
    language: str, alice: User, visit: Visit, address: str, eventually: Eventually
) -> None:
    chinese = language == "zh-hans"
    locale, dark = ("zh-CN", "dark") if chinese else ("en", "light")
    phone: Any = {"width": 390, "height": 844} if chinese else {"width": 1440, "height": 900}
    alice.language = language
    alice.save(update_fields=["language"])
    customer = visit(locale=locale, color_scheme=dark, viewport=phone)
    agent = sign_in(
        visit(locale=locale, color_scheme=dark, viewport={"width": 1440, "height": 900}), alice, address
    )
    for page in (customer, agent):
        page.set_default_timeout(PATIENCE_MS)
    with translation.override(language):
        _begin(customer)
        session = eventually(ChatSession.objects.first)
        _take(agent)
        _talk(customer, agent)
        _lose_the_connection(customer, agent, session, eventually)
        _leave(customer, session, eventually)


def _begin(customer: "Page") -> None:
    customer.goto("/help/")
    customer.locator("[data-chat-bubble]").click()
    customer.get_by_label(gettext("Your message")).fill("Where is my lamp? 我的台灯在哪里？")
    customer.get_by_role("button", name=gettext("Start the chat")).click()
    customer.get_by_text("Where is my lamp?").wait_for()


def _take(agent: "Page") -> None:
    agent.goto("/console/chats/")
    agent.get_by_text("Where is my lamp?").wait_for()
    agent.get_by_role("button", name=pgettext("verb", "Answer"), exact=True).click()
    agent.locator("#chat-answer:focus").wait_for()  # where its reader goes on


def _talk(customer: "Page", agent: "Page") -> None:
    customer.get_by_text(gettext("You talk to %(name)s.") % {"name": "Alice"}).wait_for()
    agent.locator("#chat-answer").press_sequentially("It left")
    customer.get_by_text(gettext("%(name)s is typing") % {"name": "Alice"}).wait_for()
    agent.locator("#chat-answer").press_sequentially(" today.")
    agent.locator("#chat-answer").press("Enter")
    customer.get_by_text("It left today.").wait_for()
    agent.locator("#conversation").get_by_text("It left today.").wait_for()
    customer.locator("#chat-body").press_sequentially("Thank you, 谢谢 😀 https://example.com/lamp")
    agent.get_by_text(gettext("The customer is typing")).wait_for()
    customer.locator("#chat-body").press("Enter")
    agent.locator("#conversation").get_by_text("Thank you, 谢谢 😀").wait_for()
    customer.locator(".chat__line--mine", has_text="Thank you").get_by_text(
        pgettext("chat message", "Read")
    ).wait_for()
    photo = pictures.image()
    customer.locator("[data-chat-composer] input[type=file]").set_input_files(
        {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    customer.get_by_role("button", name=gettext("Send"), exact=True).first.click()
    customer.locator("[data-chat-lines] img").wait_for()
    agent.locator("#conversation img").wait_for()


def _lose_the_connection(
    customer: "Page", agent: "Page", session: ChatSession, eventually: Eventually
) -> None:
    """Both go on writing while the customer has no connection; afterwards everything is there, once."""
    customer.context.set_offline(True)
    for number in range(3):
        customer.locator("#chat-body").fill(f"offline {number}")
        customer.locator("#chat-body").press("Enter")
        agent.locator("#chat-answer").fill(f"meanwhile {number}")
        agent.locator("#chat-answer").press("Enter")
    agent.locator("#conversation").get_by_text("meanwhile 2").wait_for()
    customer.get_by_text(gettext("Waiting for the connection")).first.wait_for()
    customer.context.set_offline(False)
    customer.get_by_text("meanwhile 2").wait_for()
    agent.locator("#conversation").get_by_text("offline 2").wait_for()
    said = list(session.ticket.messages.order_by("pk").values_list("body", flat=True))
    eventually(lambda: len(lines(customer)) == len([body for body in said if body]))
    assert lines(customer) == [body for body in said if body]
    assert sorted(body for body in said if "offline" in body or "meanwhile" in body) == [
        *(f"meanwhile {number}" for number in range(3)),
        *(f"offline {number}" for number in range(3)),
    ]


def _leave(customer: "Page", session: ChatSession, eventually: Eventually) -> None:
    """The next page has the chat too; ending it asks how it was."""
    customer.goto("/contact/")
    customer.get_by_text("It left today.").wait_for()
    customer.get_by_role("button", name=gettext("End the chat")).click()
    customer.get_by_text(gettext("How was it?")).wait_for()
    customer.locator(".stars__star").nth(3).click()
    customer.locator("[data-chat-form]").filter(has=customer.locator(".stars")).get_by_role("button").click()
    customer.get_by_text(gettext("Thank you for your answer.")).wait_for()
    eventually(lambda: ChatSession.objects.get(pk=session.pk).rating == 4)
    assert customer.evaluate("document.querySelector('[data-chat]').contains(document.activeElement)")
    customer.get_by_text(gettext("Send me what was said")).click()
    customer.locator("#chat-email").fill("lamps@example.com")
    customer.keyboard.press("Enter")
    customer.get_by_text(gettext("We write to you by mail.")).wait_for()


def test_without_scripts_it_is_a_page(alice: User, visit: Visit) -> None:
    page = visit(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/")
    page.get_by_role("link", name="Chat", exact=True).click()
    page.get_by_label("Your message").fill("No scripts here")
    page.get_by_role("button", name="Start the chat").click()
    page.get_by_text("No scripts here").wait_for()
    page.get_by_label("Your message").fill("Still none")
    page.get_by_role("button", name="Send", exact=True).first.click()
    page.get_by_text("Still none").wait_for()
    page.get_by_role("button", name="End the chat").click()
    page.get_by_text("How was it?").wait_for()
    assert ChatSession.objects.get().ticket.messages.count() == 2
