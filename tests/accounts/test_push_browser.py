"""The script that shows notices, in a real browser; the push service of its maker is not asked."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests import build

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

pytestmark = pytest.mark.browser

GIVEN = {
    "endpoint": "https://push.example/1",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
SHOWN = """async () => {
    const worker = await navigator.serviceWorker.getRegistration("/console/");
    const shown = await worker.getNotifications();
    return shown.map(({ title, body, tag, lang, data }) => ({ title, body, tag, lang, path: data.path }));
}"""


@pytest.fixture
def desk(visit: Callable[..., "Page"], live_server: Any, db: None) -> "Page":
    """Alice's browser, which she lets notify her."""
    client = Client()
    client.force_login(build.user("Alice"))
    page = visit()
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.context.grant_permissions(["notifications"], origin=live_server.url)
    return page


def registration(session: "CDPSession", desk: "Page") -> str:
    """The worker as the browser's own tools know it."""
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    desk.wait_for_function("async () => (await navigator.serviceWorker.getRegistration('/console/'))?.active")
    while not known:
        desk.wait_for_timeout(20)
    return known[0]


def test_a_pushed_notice_is_shown_and_leads_to_its_page(desk: "Page", live_server: Any) -> None:
    desk.goto("/console/profile/")
    desk.evaluate("() => navigator.serviceWorker.register('/console/worker.js', { scope: '/console/' })")
    session = desk.context.new_cdp_session(desk)
    number = registration(session, desk)
    told = {
        "title": "T-1042 台灯不亮",
        "body": "Lea · Somebody mentions you in a note",
        "path": "/console/notifications/",
        "tag": "notice-1",
        "lang": "zh-hans",
    }
    for _twice in range(2):
        pushed = {"origin": live_server.url, "registrationId": number, "data": json.dumps(told)}
        session.send("ServiceWorker.deliverPushMessage", pushed)
    desk.wait_for_function(f"async () => (await ({SHOWN})()).length")
    assert desk.evaluate(SHOWN) == [told]


def test_clicking_leads_only_to_the_console(desk: "Page") -> None:
    desk.goto("/console/profile/")
    with desk.context.expect_event("serviceworker") as started:
        desk.evaluate("() => navigator.serviceWorker.register('/console/worker.js', { scope: '/console/' })")
    worker = started.value
    worker.evaluate(
        "() => { self.opened = []; self.clients.openWindow = async (to) => self.opened.push(to); }"
    )
    for path in ("https://evil.example/", "//evil.example/console/", "/accounts/logout/", "/console/"):
        worker.evaluate("(path) => open(path)", path)
    assert [address.partition("/console")[1] for address in worker.evaluate("self.opened")] == ["/console"]


def test_the_page_says_what_keeps_a_browser_from_it(desk: "Page", live_server: Any) -> None:
    desk.goto("/console/profile/")
    box = desk.locator("[data-push]")
    box.get_by_text("This browser does not notify you yet.").wait_for()
    desk.add_init_script(
        "PushManager.prototype.subscribe = () => Promise.reject(new DOMException('no', 'AbortError'))"
    )
    desk.reload()
    box.get_by_role("button", name="Notify me in this browser").click()
    box.get_by_text("could not be reached").wait_for()
    desk.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    desk.reload()
    box.get_by_text("are blocked in this browser").wait_for()
    desk.add_init_script("delete window.PushManager")
    desk.reload()
    box.get_by_text("cannot show notifications of sites").wait_for()


def test_turning_it_on_adds_the_browser(desk: "Page") -> None:
    desk.add_init_script(f"globalThis.given = {json.dumps(GIVEN)}")
    desk.add_init_script("PushManager.prototype.subscribe = async () => ({ toJSON: () => given })")
    desk.add_init_script("PushManager.prototype.getSubscription = async () => null")
    desk.goto("/console/profile/")
    desk.get_by_role("button", name="Notify me in this browser").click()
    desk.get_by_text("You are notified in this browser from now on.").wait_for()
    desk.locator("#browsers li").get_by_text("this one").wait_for()
    desk.locator("#browsers li").get_by_role("button", name="Remove").click()
    desk.get_by_text("You are not notified in that browser any more.").wait_for()
    assert desk.locator("#browsers li").count() == 0


ON_AN_IPHONE = """
delete window.PushManager;
Object.defineProperty(navigator, "standalone", { get: () => window.name === "app" });
"""


def test_an_iphone_is_told_that_only_an_installed_app_may_notify(desk: "Page") -> None:
    desk.add_init_script(ON_AN_IPHONE)
    desk.goto("/console/profile/")
    desk.get_by_text("Add to Home Screen").wait_for()
    desk.evaluate("window.name = 'app'")
    desk.reload()
    desk.get_by_text("This browser cannot show notifications").wait_for()
    assert desk.get_by_text("Add to Home Screen").is_hidden()
