"""What the pages do in a real browser: nothing the security policy refuses, and every behaviour once."""

import os
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from django.test import Client
from django.utils import translation
from playwright.sync_api import expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from core import durations
from tests import build
from tests.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# The component page shows one thing twice, side by side; on a real page these would be mistakes.
TWICE_ON_PURPOSE = {"landmark-unique", "region", "page-has-heading-one"}


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker):
    """One server and one signed-in administrator for all walks: (address, session cookie)."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread
    with django_db_blocker.unblock():
        server, client = LiveServer("localhost"), Client()
        ada = build.user("Ada", role="administrator")
        client.force_login(ada)
        yield server.url, client.cookies["sessionid"].value
        server.stop()
        client.session.flush()
        ada.delete()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def browser(site):
    """Chromium; it leaves before the server does, so that no request is left open."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium())
        yield running
        running.close()
        connections.close_all()  # those of this thread while Playwright's loop was running in it


def visit(browser, site, **options):
    address, session = site
    context = browser.new_context(base_url=address, timezone_id="Asia/Shanghai", locale="en-GB", **options)
    cookies = {"sessionid": session, "django_language": "en"}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context.new_page()


@pytest.fixture
def page(browser, site):
    """A page of the administrator; the test fails when the browser complained about anything."""
    page = visit(browser, site)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    page.context.close()
    assert not complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_component_page_is_free_of_barriers(browser, site, scheme):
    page = visit(browser, site, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page.goto("/components/")
    found = Axe().run(page).response["violations"]
    barriers = [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in found
        for node in violation["nodes"]
        if violation["id"] not in TWICE_ON_PURPOSE
    ]
    page.context.close()
    assert not barriers


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/components/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_theme_changes_at_once_and_stays(page):
    page.goto("/components/")
    with page.expect_response("**/i18n/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_language_changes_by_a_plain_form(page):
    page.goto("/components/")
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", name="组件")).to_be_visible()


def test_good_news_leaves_and_bad_news_stays(page):
    page.clock.install()
    page.goto("/components/")
    toasts = page.locator("[data-toasts] > [data-toast]")
    expect(toasts).to_have_count(2)
    page.clock.run_for(7000)
    expect(toasts).to_have_count(1)
    toasts.get_by_role("button").click()
    expect(toasts).to_have_count(0)


def test_deadlines_stay_true_while_the_page_is_open(page):
    page.clock.install()
    page.goto("/components/")
    soon = page.locator(".deadline--soon").first
    expect(soon).to_have_text("due in 38 min")
    page.clock.run_for(2 * 60 * 1000)
    expect(soon).to_have_text("due in 36 min")
    page.clock.run_for(40 * 60 * 1000)
    expect(page.locator(".deadline--late", has_text="3 min late").first).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_script_and_server_round_alike(page, site, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": site[0]}])
    page.goto("/components/")
    seconds = [0, 59, 60, 2339, 3599, 3600, 4860, 14399, 14400, 172799, 172800, 400000, 86400 * 40]
    told = page.evaluate(
        """async (seconds) => {
            const { length } = await import("/static/js/deadlines.js");
            const words = document.getElementById("time-words").dataset;
            return seconds.map((each) => length(each, words));
        }""",
        seconds,
    )
    with translation.override(language):
        assert told == [durations.words(timedelta(seconds=each)) for each in seconds]


def test_rows_are_walked_by_keys(page):
    page.goto("/components/")
    current = page.locator("[data-row-current]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(current).to_contain_text("R-10041")
    page.keyboard.press("k")
    expect(current).to_contain_text("R-10042")
    expect(current).to_have_count(1)
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("#main$"))


def test_keys_are_letters_while_somebody_types(page):
    page.goto("/components/")
    page.locator("#light-reply").fill("")
    page.locator("#light-reply").press_sequentially("jk?")
    expect(page.locator("#light-reply")).to_have_value("jk?")
    expect(page.locator("[data-row-current]")).to_have_count(0)


def test_help_lists_the_keys(page):
    page.goto("/accounts/2fa/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_chord_leads_to_its_page(page):
    page.goto("/accounts/2fa/")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/admin/**")


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(page):
    page.goto("/accounts/2fa/")
    menu = page.locator(".bar details[data-menu]")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    page.get_by_role("heading").first.click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_whole_menu_is_at_hand_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/accounts/2fa/")
    page.locator(".rail__more summary").click()
    expect(page.locator(".rail__more a", has_text="Settings")).to_be_in_viewport()


def test_a_menu_longer_than_the_screen_moves_closer_together_and_scrolls(page):
    page.set_viewport_size({"width": 1440, "height": 1400})
    page.goto("/console/texts/")
    links = page.locator(".rail__list .rail__link")
    roomy = links.first.bounding_box()["height"]
    page.set_viewport_size({"width": 1440, "height": 800})
    assert 36 <= links.first.bounding_box()["height"] < roomy
    page.set_viewport_size({"width": 1440, "height": 500})
    page.reload()
    expect(page.locator(".rail__list [aria-current]")).to_be_in_viewport(ratio=1)  # near the end
    page.locator(".rail__brand").focus()
    for _ in range(links.count()):
        page.keyboard.press("Tab")
        expect(page.locator(".rail__list :focus")).to_be_in_viewport(ratio=1)
    attachment = page.locator(".rail").evaluate("rail => getComputedStyle(rail).backgroundAttachment")
    assert {"local", "scroll"} <= set(attachment.split(", "))  # shade where it goes on, covered at its ends


def test_chosen_files_show_themselves(page):
    page.goto("/components/")
    page.locator("#id_photos").set_input_files(
        [{"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}]
    )
    expect(page.locator("[data-dropzone-files]").first).to_contain_text("receipt.pdf")
    expect(page.locator("[data-dropzone-files]").first).to_contain_text("PDF")


def test_typed_words_are_not_left_unasked(page):
    page.goto("/components/")
    page.locator("#light-reply").press_sequentially("not sent yet")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/accounts/2fa/")
    assert asked == ["beforeunload"]


def test_a_form_is_sent_once(page):
    page.goto("/components/")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.route("**/i18n/language/", lambda route: route.fulfill(status=204))
    page.evaluate(
        """() => {
            const form = document.querySelector("form[action='/i18n/language/']");
            form.requestSubmit();
            form.requestSubmit();
        }"""
    )
    expect(page.locator("form[data-sent]")).to_have_count(1)
    assert len(sent) == 1


@pytest.mark.parametrize("address", ["/components/", "/accounts/2fa/", "/nowhere/"])
def test_pages_stand_without_a_script(browser, site, address):
    page = visit(browser, site, java_script_enabled=False)
    page.goto(address)
    expect(page.locator("h1").first).to_be_visible()
    page.context.close()
