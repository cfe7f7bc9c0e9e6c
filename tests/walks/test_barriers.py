"""The main pages in a browser: nothing shuts people out, by day or night; nothing is wider than a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Language
from accounts.rights import Role
from tests.house.addresses import addresses
from tests.house.estate import NOW, Estate, build_estate
from tests.house.visitors import client_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

MAIN_PAGES = {
    "nobody": ["account_login", "portal:home", "portal:find-order", "portal:help-article", "portal:survey"],
    "carol": ["portal:orders", "portal:order", "portal:request", "portal:request-new", "portal:contact"],
    Role.LEAD: [
        *("console:inbox", "console:ticket", "console:case", "console:customer", "console:order"),
        *("console:visit", "dashboards:overview", "dashboards:kpi"),
    ],
    Role.WAREHOUSE: ["console:warehouse", "console:warehouse-case"],
    Role.FINANCE: ["console:refunds", "console:refund-pay"],
    Role.ADMINISTRATOR: ["console:order-import", "console:outbox"],
}
GRAVE = {"serious", "critical"}
DAY: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
NIGHT = DAY | {"runOnly": ["color-contrast"]}
NIGHT_HAS_FALLEN = """new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))
    .then(() => Promise.allSettled(document.getAnimations().map((each) => each.finished)))"""
"""The colours change with the next picture that is drawn, and what glides has come to rest."""
WIDE: Any = {"width": 1440, "height": 900}
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture
def estate(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Estate]:
    with time_machine.travel(NOW, tick=False):
        yield build_estate(Language.ENGLISH, Path(settings.MEDIA_ROOT))


def test_the_main_pages_shut_nobody_out(estate: Estate, visit: Callable[..., "Page"], address: str) -> None:
    paths = {address.name: address.path(estate.things) for address in addresses()}
    found = []
    for visitor, names in MAIN_PAGES.items():
        # The measuring puts styles into the page, which its policy would refuse.
        page = visit(viewport=WIDE, reduced_motion="reduce", bypass_csp=True)
        page.context.add_cookies(_session(visitor, estate, address))
        found += [what for name in names for what in _barriers(page, name, paths[name])]
    assert not found, "\n" + "\n".join(found)


def _session(visitor: str, estate: Estate, url: str) -> Any:
    cookies = client_of(visitor, estate).cookies.values()
    return [{"name": cookie.key, "value": cookie.value, "url": url} for cookie in cookies]


def _barriers(page: "Page", name: str, path: str) -> Iterator[str]:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    page.goto(path)
    page.wait_for_function("!document.querySelector('[aria-busy=true]')")  # its slots are filled
    yield from _violations(page, f"{name} by day", DAY)
    page.emulate_media(color_scheme="dark")
    page.evaluate(NIGHT_HAS_FALLEN)
    yield from _violations(page, f"{name} by night", NIGHT)
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > PHONE["width"]:
        yield f"{name} is {width} wide on a phone"


def _violations(page: "Page", where: str, options: dict[str, Any]) -> Iterator[str]:
    for violation in Axe().run(page, options=options).response["violations"]:
        if violation["impact"] in GRAVE:
            for node in violation["nodes"]:
                yield f"{where}: {violation['id']} {node['target']} {node['failureSummary']}"
